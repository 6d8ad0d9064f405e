/* What every source needs: the ITRON types, the compiler's and the system's own, assert. */
#ifndef T_STDDEF_H
#define T_STDDEF_H

#include "itron.h"
#include "tool_defs.h"
#include "sys_defs.h"
#include "cpu_defs.h"

#ifdef NDEBUG
#define assert(exp) ((void)0)
#else
#ifndef _MACRO_ONLY
#ifdef __cplusplus
extern "C" {
#endif
extern void uitron_assert_failed(const char *exp, const char *file, int line) __attribute__((noreturn));
#ifdef __cplusplus
}
#endif
#endif
#define assert(exp) ((void)((exp) ? 0 : (uitron_assert_failed(#exp, __FILE__, __LINE__), 0)))
#endif

#endif
