/* Plays calls that the host has made up: whoever runs makes the next one. The objects are those of guests/toppers/model. */
#ifndef SEQUENCES_H
#define SEQUENCES_H

#include "t_services.h"

#define STACK_SIZE 8192
/* TMU4 of RP1, above every mask that chg_ipm can set. */
#define IDLE_INHNO 0x480
#define IDLE_LEVEL 15
#define TRAP_EXCNO 0x160

#ifndef _MACRO_ONLY
extern void player(VP_INT exinf);
extern void routine(TEXPTN pattern, VP_INT exinf);
extern void cycle(VP_INT exinf);
extern void idle_handler(void);
extern void trap_handler(VP p_excinf);
extern void start_clock(VP_INT exinf);
#endif
#endif
