/* Delays, system time, cyclic handlers, the log. */
#include "tests.h"
#include "kernel_id.h"

volatile UW beats[3];
volatile UW beat_at[3];
static volatile UW first_beat;

/* Runs in the tick: the time in milliseconds is that of the tick. */
void beat(VP_INT exinf)
{
    SYSUTIM now;
    INT which = (INT)exinf;
    (void)vxget_tim(&now);
    beat_at[which] = (UW)(now / 1000);
    if (beats[which]++ == 0 && which == 0)
        first_beat = (UW)(now / 1000);
}

UW milliseconds(void)
{
    SYSTIM now;
    syscall(get_tim(&now));
    return now;
}

UW aligned_time(void)
{
    UW before = milliseconds(), now;
    while ((now = milliseconds()) == before)
        ;
    return now;
}

static INT takes(RELTIM time)
{
    UW before = aligned_time();
    IS(dly_tsk(time), E_OK);
    return milliseconds() - before;
}

static void delays(void)
{
    IS(takes(0), 1);
    IS(takes(1), 2);
    IS(takes(10), 11);
    UW before = aligned_time();
    IS(tslp_tsk(10), E_TMOUT);
    IS(milliseconds() - before, 11);
    IS(dly_tsk(0x80000000), E_PAR);
    IS(dly_tsk(0xffffffff), E_PAR);
}

static void clock(void)
{
    SYSTIM later = 0x12345678, now;
    SYSUTIM fine, finer;
    SYSTIM before = aligned_time();
    IS(set_tim(&later), E_OK);
    IS(get_tim(&now), E_OK);
    IS(now, 0x12345678);
    IS(vxget_tim(&fine), E_OK);
    IS(fine / 1000, 0x12345678);
    for (int i = 0; i < 2000; i++) {
        (void)vxget_tim(&finer);
        if (finer < fine)
            break;
        fine = finer;
    }
    /* It never goes back, also across ticks. */
    IS(finer >= fine, TRUE);
    IS(set_tim(&before), E_OK);
    /* A set clock moves no wait. */
    before = aligned_time();
    later = before + 1000;
    IS(set_tim(&later), E_OK);
    IS(dly_tsk(4), E_OK);
    IS(milliseconds() - later, 5);
}

static void cyclic(void)
{
    IS(sta_cyc(0), E_ID);
    IS(sta_cyc(99), E_ID);
    IS(stp_cyc(99), E_ID);
    IS(stp_cyc(BEAT2), E_OK);
    IS(stp_cyc(BEAT2), E_OK);
    /* TA_STA with phase 3. */
    IS(first_beat, 3);
    UW begin = aligned_time();
    beats[1] = 0;
    IS(sta_cyc(BEAT2), E_OK);
    /* The first after the whole period and up to a tick, whatever the phase is. */
    while (beats[1] == 0)
        IS(dly_tsk(0), E_OK);
    IS(beat_at[1] - begin, 8);
    while (beats[1] == 1)
        IS(dly_tsk(0), E_OK);
    IS(beat_at[1] - begin, 15);
    /* Started again, the period begins anew. */
    IS(dly_tsk(2), E_OK);
    begin = aligned_time();
    IS(sta_cyc(BEAT2), E_OK);
    while (beats[1] == 2)
        IS(dly_tsk(0), E_OK);
    IS(beat_at[1] - begin, 8);
    IS(stp_cyc(BEAT2), E_OK);
    IS(dly_tsk(20), E_OK);
    IS(beats[1], 3);
    /* A hundred periods of one tick each; the application `phases` has a million. */
    beats[2] = 0;
    begin = aligned_time();
    IS(sta_cyc(BEAT3), E_OK);
    IS(dly_tsk(100), E_OK);
    IS(stp_cyc(BEAT3), E_OK);
    IS(beats[2], milliseconds() - begin - 1);
}

static void logging(void)
{
    SYSLOG log;
    IS(vmsk_log(LOG_UPTO(LOG_DEBUG), 0), E_OK);
    while (vrea_log(&log) >= 0)
        ;
    IS(vrea_log(&log), E_OBJ);
    syslog(LOG_INFO, "%d and %s", 7, "seven");
    syslog_2(LOG_DEBUG, "%x %x", 1, 2);
    IS(vwri_log(8, &log), E_PAR);
    IS(vrea_log(&log), 0);
    IS(log.logtype, LOG_TYPE_COMMENT);
    IS(log.loginfo[1], 7);
    IS(log.loginfo[3], 0);
    IS(vrea_log(&log), 0);
    IS(log.loginfo[2], 2);
    /* Forty into a ring of 32: the oldest eight are lost. */
    for (int i = 0; i < 40; i++)
        syslog_1(LOG_NOTICE, "%d", i);
    IS(vrea_log(&log), 8);
    IS(log.loginfo[1], 8);
    IS(vrea_log(&log), 0);
    IS(vmsk_log(0, 0), E_OK);
    syslog(LOG_NOTICE, "nowhere");
    for (int i = 0; i < 30; i++)
        IS(vrea_log(&log), 0);
    IS(vrea_log(&log), E_OBJ);
}

static volatile ER got;

static void reads(void) { char byte; got = serial_rea_dat(1, &byte, 1); event('r'); }
static void writes(void) { got = serial_wri_dat(1, "x", 1); event('w'); }

static void serial(void)
{
    char byte;
    T_SERIAL_RPOR counts;
    IS(serial_cls_por(1), E_OBJ);
    IS(serial_ctl_por(1, IOCTL_CRLF), E_OBJ);
    IS(serial_ref_por(1, &counts), E_OBJ);
    IS(serial_rea_dat(1, &byte, 1), E_OBJ);
    IS(serial_ctl_por(0, IOCTL_CRLF), E_ID);
    IS(serial_ref_por(2, &counts), E_ID);
    IS(serial_rea_dat(-1, &byte, 1), E_ID);
    IS(serial_wri_dat(99, "x", 1), E_ID);
    IS(serial_opn_por(9), E_ID);
    IS(serial_wri_dat(1, "x", 1), E_OBJ);
    IS(serial_opn_por(1), E_OK);
    IS(serial_opn_por(1), E_OBJ);
    IS(serial_cls_por(2), E_ID);
    IS(serial_ctl_por(1, IOCTL_CRLF), E_OK);
    IS(dis_dsp(), E_OK);
    IS(serial_rea_dat(1, &byte, 1), E_CTX);
    IS(serial_wri_dat(1, "x", 1), E_CTX);
    IS(serial_opn_por(1), E_CTX);
    IS(serial_cls_por(1), E_CTX);
    IS(serial_ctl_por(1, 0), E_CTX);
    IS(serial_ref_por(1, &counts), E_CTX);
    IS(ena_dsp(), E_OK);
    /* Nothing comes in; and somebody else writes. */
    let(HIGH1, reads);
    IS(rel_wai(HIGH1), E_OK);
    IS(got, E_RLWAI);
    IS(wai_sem(SERIAL_SND_SEM1), E_OK);
    let(HIGH1, writes);
    IS(rel_wai(HIGH1), E_OK);
    IS(got, E_RLWAI);
    HAPPENED("rw");
    IS(sig_sem(SERIAL_SND_SEM1), E_OK);
    IS(serial_wri_dat(1, "tests: written through the serial driver\n", 41), 41);
    IS(dly_tsk(20), E_OK);
    IS(serial_ref_por(1, &counts), E_OK);
    IS(counts.wricnt, 0);
    IS(serial_cls_por(1), E_OK);
    IS(serial_cls_por(1), E_OBJ);
}

const struct test time_tests[] = {
    { "dly_tsk and time-outs in ticks", delays },
    { "set_tim, get_tim, vxget_tim", clock },
    { "cyclic handlers", cyclic },
    { "the log", logging },
    { "the serial driver", serial },
    { NULL, NULL },
};
