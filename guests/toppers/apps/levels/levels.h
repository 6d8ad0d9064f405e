/* Handlers that interrupt each other by level: the tick at 12, and TMU4 of RP1 at 10. */
#ifndef LEVELS_H
#define LEVELS_H

#include "t_services.h"

#define LOWER_INHNO 0x480
#define LOWER_LEVEL 10
#define UPPER_LEVEL 12
#define STACK_SIZE 2048
#define JUDGE_PRIORITY 8
#define HIGH 4
#define TRAP_EXCNO 0x160

#ifndef _MACRO_ONLY
extern void judge(VP_INT exinf);
extern void high(VP_INT exinf);
extern void upper(VP_INT exinf);
extern void lower(void);
extern void trap(VP p_excinf);
extern void exception(TEXPTN pattern, VP_INT exinf);
#endif
#endif
