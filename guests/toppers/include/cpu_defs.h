/* The processor's own. */
#ifndef CPU_DEFS_H
#define CPU_DEFS_H

#define SH4
#define SH4A

#ifndef _MACRO_ONLY
#include "itron.h"
typedef UINT INHNO; /* INTEVT code */
typedef UINT EXCNO; /* EXPEVT code */
typedef INT IPM;    /* 0 to MAX_IPM - 1 */
typedef UD SYSUTIM; /* microseconds */
#endif

#endif
