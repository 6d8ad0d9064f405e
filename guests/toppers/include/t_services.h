/* What an application includes. */
#ifndef T_SERVICES_H
#define T_SERVICES_H

#include "t_stddef.h"
#include "kernel.h"
#include "t_syslog.h"
#include "serial.h"

#ifndef _MACRO_ONLY
#ifdef __cplusplus
extern "C" {
#endif
/* The name of an error; a log record of a failed call; the call itself, with that record when it fails. */
extern const char *itron_strerror(ER ercd);
extern void t_perror(UINT prio, const char *file, int line, const char *expr, ER ercd);
extern void sys_putc(char c);

Inline ER uitron_syscall(ER ercd, const char *file, int line, const char *expr)
{
    if (ercd < 0)
        t_perror(LOG_ERROR, file, line, expr, ercd);
    return ercd;
}
#ifdef __cplusplus
}
#endif
#endif

#define _syscall(s) uitron_syscall((s), __FILE__, __LINE__, #s)
#define syscall(s) ((void)_syscall(s))

#endif
