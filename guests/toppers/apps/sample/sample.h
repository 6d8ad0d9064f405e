/* The sample: one main task that takes commands, three tasks that they act on, one cyclic handler. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "t_services.h"

#define MAIN_PRIORITY 5
#define HIGH_PRIORITY 9
#define MID_PRIORITY 10
#define LOW_PRIORITY 11
#define STACK_SIZE 2048
#define CYCLE 500

/* Address error on read. */
#define FAULT_EXCNO 0x0e0

#ifndef _MACRO_ONLY
extern void main_task(VP_INT exinf);
extern void worker(VP_INT exinf);
extern void worker_exception(TEXPTN pattern, VP_INT exinf);
extern void turn(VP_INT exinf);
extern void fault_handler(VP p_excinf);
#endif
#endif
