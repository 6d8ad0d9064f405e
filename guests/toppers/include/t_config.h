/* What depends on compiler, board and processor, for drivers. */
#ifndef T_CONFIG_H
#define T_CONFIG_H
#include "sys_config.h"
#include "cpu_config.h"
#include "tool_config.h"
#endif
