/* The compiler's own, for drivers. */
#ifndef TOOL_CONFIG_H
#define TOOL_CONFIG_H
#include "tool_defs.h"
#endif
