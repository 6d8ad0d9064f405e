/* Cyclic handlers of many periods and phases, each of which knows at which tick it must run. */
#ifndef PHASES_H
#define PHASES_H

#include "t_services.h"

#define STACK_SIZE 2048
#define JUDGE_PRIORITY 8
#define STARTER_PRIORITY 6

#ifndef _MACRO_ONLY
extern void judge(VP_INT exinf);
extern void starter(VP_INT exinf);
extern void run(VP_INT exinf);
extern void started(VP_INT exinf);
#endif
#endif
