/* The system log. */
#ifndef T_SYSLOG_H
#define T_SYSLOG_H

#include "t_stddef.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LOG_TYPE_INH 0x01u
#define LOG_TYPE_ISR 0x02u
#define LOG_TYPE_CYC 0x03u
#define LOG_TYPE_EXC 0x04u
#define LOG_TYPE_TEX 0x05u
#define LOG_TYPE_TSKSTAT 0x06u
#define LOG_TYPE_DSP 0x07u
#define LOG_TYPE_SVC 0x08u
#define LOG_TYPE_COMMENT 0x09u
#define LOG_TYPE_ASSERT 0x0au
#define LOG_ENTER 0x00u
#define LOG_LEAVE 0x80u

#define LOG_EMERG 0u
#define LOG_ALERT 1u
#define LOG_CRIT 2u
#define LOG_ERROR 3u
#define LOG_WARNING 4u
#define LOG_NOTICE 5u
#define LOG_INFO 6u
#define LOG_DEBUG 7u

#define LOG_MASK(prio) (1u << (prio))
#define LOG_UPTO(prio) ((1u << ((prio) + 1)) - 1)

#ifndef _MACRO_ONLY
/* A record. A comment holds the format's address and its arguments: the strings must live until the record is shown. */
typedef struct {
    UINT logtype;
    SYSTIM logtim;
    VP_INT loginfo[6];
} SYSLOG;

extern ER vwri_log(UINT prio, SYSLOG *p_log);
extern ER_UINT vrea_log(SYSLOG *p_log);
extern ER vmsk_log(UINT logmask, UINT lowmask);

/* A comment with up to five arguments: %d %u %x %X %o %c %s %p. */
extern void syslog(UINT prio, const char *format, ...);

Inline ER uitron_comment(UINT prio, const char *format, VP_INT a, VP_INT b, VP_INT c, VP_INT d, VP_INT e)
{
    SYSLOG log;
    log.logtype = LOG_TYPE_COMMENT;
    log.loginfo[0] = (VP_INT)format;
    log.loginfo[1] = a;
    log.loginfo[2] = b;
    log.loginfo[3] = c;
    log.loginfo[4] = d;
    log.loginfo[5] = e;
    return vwri_log(prio, &log);
}

#define syslog_0(prio, f) uitron_comment(prio, f, 0, 0, 0, 0, 0)
#define syslog_1(prio, f, a) uitron_comment(prio, f, (VP_INT)(a), 0, 0, 0, 0)
#define syslog_2(prio, f, a, b) uitron_comment(prio, f, (VP_INT)(a), (VP_INT)(b), 0, 0, 0)
#define syslog_3(prio, f, a, b, c) uitron_comment(prio, f, (VP_INT)(a), (VP_INT)(b), (VP_INT)(c), 0, 0)
#define syslog_4(prio, f, a, b, c, d) \
    uitron_comment(prio, f, (VP_INT)(a), (VP_INT)(b), (VP_INT)(c), (VP_INT)(d), 0)
#define syslog_5(prio, f, a, b, c, d, e) \
    uitron_comment(prio, f, (VP_INT)(a), (VP_INT)(b), (VP_INT)(c), (VP_INT)(d), (VP_INT)(e))
#endif

#ifdef __cplusplus
}
#endif
#endif
