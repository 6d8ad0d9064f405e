/* The system clock driver. */
#ifndef TIMER_H
#define TIMER_H
#include "t_stddef.h"
#ifndef _MACRO_ONLY
#ifdef __cplusplus
extern "C" {
#endif
extern void timer_initialize(VP_INT exinf);
extern void timer_terminate(VP_INT exinf);
extern void timer_handler(void);
#ifdef __cplusplus
}
#endif
#endif
#endif
