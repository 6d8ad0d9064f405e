#ifndef OVERFLOW_H
#define OVERFLOW_H
#include "t_services.h"
#ifndef _MACRO_ONLY
extern void good(VP_INT exinf);
extern void deep(VP_INT exinf);
#endif
#endif
