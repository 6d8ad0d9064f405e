/* The log task. */
#ifndef LOGTASK_H
#define LOGTASK_H
#include "t_stddef.h"
#define LOGTASK_PRIORITY 3
#define LOGTASK_STACK_SIZE 1024
#ifndef _MACRO_ONLY
#ifdef __cplusplus
extern "C" {
#endif
extern void logtask(VP_INT exinf);
#ifdef __cplusplus
}
#endif
#endif
#endif
