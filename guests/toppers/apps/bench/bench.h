/* What `cargo xtask bench rtos` watches from outside: functions that only mark a place. */
#ifndef BENCH_H
#define BENCH_H

#include "t_services.h"

/* TMU4 of RP1. */
#define BENCH_INHNO 0x480
#define BENCH_LEVEL 10

#ifndef _MACRO_ONLY
extern void bench_task(VP_INT exinf);
extern void high_task(VP_INT exinf);
extern void low_task(VP_INT exinf);
extern void bench_start(VP_INT exinf);
extern void bench_handler(void);
#endif
#endif
