/* The serial driver with a host at the other end that obeys, commands and floods. */
#ifndef LINE_H
#define LINE_H

#include "t_services.h"

#define STACK_SIZE 2048
#define JUDGE_PRIORITY 5
#define WRITER_PRIORITY 8

#ifndef _MACRO_ONLY
extern void judge(VP_INT exinf);
extern void writer(VP_INT exinf);
#endif
#endif
