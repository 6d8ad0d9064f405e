/* The processor's own, for drivers. */
#ifndef CPU_CONFIG_H
#define CPU_CONFIG_H
#include "cpu_defs.h"
#endif
