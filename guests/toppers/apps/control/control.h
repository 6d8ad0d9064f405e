/* A control loop at 1 kHz: a cyclic handler releases the controller, which simulates its plant and steers it. */
#ifndef CONTROL_H
#define CONTROL_H

#include "t_services.h"

#define CONTROL_PRIORITY 2
#define SHOW_PRIORITY 8
#define STACK_SIZE 2048
/* Milliseconds. */
#define PERIOD 1

#ifndef _MACRO_ONLY
extern void controller(VP_INT exinf);
extern void show(VP_INT exinf);
extern void release(VP_INT exinf);
#endif
#endif
