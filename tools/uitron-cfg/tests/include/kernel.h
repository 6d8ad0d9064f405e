/* The words of the uITRON interface that configurations use, for tests on the host. */
#ifndef TEST_KERNEL_H
#define TEST_KERNEL_H
#define TA_HLNG 0x00u
#define TA_TFIFO 0x00u
#define TA_TPRI 0x01u
#define TA_MPRI 0x02u
#define TA_ACT 0x02u
#define TA_WSGL 0x00u
#define TA_CLR 0x04u
#define TA_STA 0x02u
#ifndef _MACRO_ONLY
#include <stddef.h>
typedef void *VP;
typedef void *VP_INT;
typedef unsigned int TEXPTN;
#endif
#endif
