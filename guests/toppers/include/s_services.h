/* What a driver includes. */
#ifndef S_SERVICES_H
#define S_SERVICES_H
#include "t_stddef.h"
#include "sil.h"
#include "t_config.h"
#endif
