#ifndef FAULT_H
#define FAULT_H
#include "t_services.h"
#ifndef _MACRO_ONLY
extern void faulty(VP_INT exinf);
extern void handler(VP_INT exinf);
#endif
#endif
