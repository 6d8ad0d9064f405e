/* What takes a variable number of arguments, or the place of a call. */
#include "t_services.h"
#include "sil.h"
#include <stdarg.h>

void syslog(UINT prio, const char *format, ...)
{
    SYSLOG log;
    va_list arguments;
    int count = 1;

    log.logtype = LOG_TYPE_COMMENT;
    log.loginfo[0] = (VP_INT)format;
    va_start(arguments, format);
    for (const char *c = format; *c != '\0' && count < 6; c++) {
        if (*c != '%')
            continue;
        do
            c++;
        while (*c == '-' || (*c >= '0' && *c <= '9') || *c == 'l' || *c == 'h');
        if (*c == '\0')
            break;
        if (*c != '%')
            log.loginfo[count++] = va_arg(arguments, VP_INT);
    }
    va_end(arguments);
    while (count < 6)
        log.loginfo[count++] = 0;
    (void)vwri_log(prio, &log);
}

void t_perror(UINT prio, const char *file, int line, const char *expr, ER ercd)
{
    syslog(prio, "%s:%u: %s reported by `%s'.", file, line, itron_strerror(ercd), expr);
}

void uitron_assert_failed(const char *exp, const char *file, int line)
{
    SYSLOG log;

    log.logtype = LOG_TYPE_ASSERT;
    log.loginfo[0] = (VP_INT)file;
    log.loginfo[1] = (VP_INT)line;
    log.loginfo[2] = (VP_INT)exp;
    (void)vwri_log(LOG_EMERG, &log);
    kernel_abort();
}

void sil_dly_nse(UINT dlytim)
{
    /* Two instructions a round; a core of less than 2 GHz is never early. */
    for (volatile UINT rounds = dlytim; rounds > 0; rounds--)
        ;
}
