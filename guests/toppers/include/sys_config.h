/* The board's own, for drivers. */
#ifndef SYS_CONFIG_H
#define SYS_CONFIG_H
#include "sys_defs.h"
#endif
