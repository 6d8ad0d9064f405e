/* A task in every state, and what the guest says about each. */
#ifndef STATES_H
#define STATES_H

#include "t_services.h"

#define STACK_SIZE 1024
#define JUDGE_PRIORITY 8
#define HIGH 4
#define LOW 12

#ifndef _MACRO_ONLY
extern void judge(VP_INT exinf);
extern void sleeper(VP_INT exinf);
extern void delayed(VP_INT exinf);
extern void at_semaphore(VP_INT exinf);
extern void at_flag(VP_INT exinf);
extern void sender(VP_INT exinf);
extern void receiver(VP_INT exinf);
extern void at_mailbox(VP_INT exinf);
extern void at_pool(VP_INT exinf);
extern void idler(VP_INT exinf);
extern void exception(TEXPTN pattern, VP_INT exinf);
#endif
#endif
