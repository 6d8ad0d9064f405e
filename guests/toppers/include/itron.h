/* Types, constants and error codes that are common to the ITRON specifications (uITRON4.0, sections 3.1 and 5.1). */
#ifndef ITRON_H
#define ITRON_H

#ifdef __cplusplus
extern "C" {
#endif

#ifndef _MACRO_ONLY
#include <stddef.h>

typedef signed char B;
typedef unsigned char UB;
typedef signed short H;
typedef unsigned short UH;
typedef signed int W;
typedef unsigned int UW;
typedef signed long long D;
typedef unsigned long long UD;
typedef char VB;
typedef short VH;
typedef int VW;
typedef long long VD;
typedef void *VP;
typedef void (*FP)();

typedef signed int INT;
typedef unsigned int UINT;
typedef signed int BOOL;
typedef signed int FN;
typedef signed int ER;
typedef signed int ID;
typedef unsigned int ATR;
typedef unsigned int STAT;
typedef unsigned int MODE;
typedef signed int PRI;
typedef size_t SIZE;
typedef signed int TMO;
typedef unsigned int RELTIM;
typedef UW SYSTIM;
typedef void *VP_INT;
typedef signed int ER_BOOL;
typedef signed int ER_ID;
typedef signed int ER_UINT;
#endif

#ifndef NULL
#define NULL 0
#endif
#define TRUE 1
#define FALSE 0

#define E_OK 0
#define E_SYS (-5)
#define E_NOSPT (-9)
#define E_RSFN (-10)
#define E_RSATR (-11)
#define E_PAR (-17)
#define E_ID (-18)
#define E_CTX (-25)
#define E_MACV (-26)
#define E_OACV (-27)
#define E_ILUSE (-28)
#define E_NOMEM (-33)
#define E_NOID (-34)
#define E_OBJ (-41)
#define E_NOEXS (-42)
#define E_QOVR (-43)
#define E_RLWAI (-49)
#define E_TMOUT (-50)
#define E_DLT (-51)
#define E_CLS (-52)
#define E_WBLK (-57)
#define E_BOVR (-58)

#define TA_NULL 0u
#define TMO_POL 0
#define TMO_FEVR (-1)
#define TMO_NBLK (-2)

/* Main code and sub-code of an error, and an error made of both. */
#define MERCD(ercd) ((ER)((B)(ercd)))
#define SERCD(ercd) ((ER)((B)((ercd) >> 8)))
#define ERCD(mercd, sercd) ((ER)(((UW)(sercd) << 8) | ((UW)(mercd) & 0xffu)))

#ifdef __cplusplus
}
#endif
#endif
