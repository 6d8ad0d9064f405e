/* Synchronization of tasks, semaphores, event flags. */
#include "tests.h"
#include "kernel_id.h"

static volatile ER got[8];
static FLGPTN seen;

static void sleeps(void) { got[0] = slp_tsk(); event('s'); }
static void sleeps_for(void) { got[0] = tslp_tsk(3); event('s'); }
static void delays(void) { got[0] = dly_tsk(50); event('y'); }
static void takes_h(void) { got[1] = wai_sem(FIFO_SEM); event('h'); }
static void takes_e(void) { got[2] = twai_sem(FIFO_SEM, 3); event('e'); }
static void takes_l(void) { got[3] = wai_sem(FIFO_SEM); event('l'); }
static void picks_h(void) { got[1] = wai_sem(PRI_SEM); event('h'); }
static void picks_e(void) { got[2] = wai_sem(PRI_SEM); event('e'); }
static void picks_l(void) { got[3] = wai_sem(PRI_SEM); event('l'); }
static void waits_all(void) { got[0] = wai_flg(FLAG, 0x3, TWF_ANDW, &seen); event('f'); }
static void waits_any(void) { got[0] = wai_flg(CLR_FLAG, 0x3, TWF_ORW, &seen); event('f'); }
static void waits_time(void) { got[0] = twai_flg(FLAG, 0x100, TWF_ORW, &seen, 2); event('f'); }
static void note_h(void) { event('h'); }

static void sleeping(void)
{
    IS(wup_tsk(TSK_SELF), E_OK);
    IS(wup_tsk(TSK_SELF), E_QOVR);
    IS(slp_tsk(), E_OK);
    IS(tslp_tsk(TMO_POL), E_TMOUT);
    IS(tslp_tsk(-2), E_PAR);
    IS(wup_tsk(DRIVER), E_OK);
    IS(can_wup(TSK_SELF), 1);
    IS(can_wup(TSK_SELF), 0);
    IS(wup_tsk(LOW1), E_OBJ);
    IS(can_wup(LOW1), E_OBJ);
    IS(wup_tsk(99), E_ID);
    IS(can_wup(-3), E_ID);
    IS(wup_tsk(DRIVER), E_OK);
    IS(tslp_tsk(TMO_FEVR), E_OK);
    let(HIGH1, sleeps);
    event('d');
    IS(wup_tsk(HIGH1), E_OK);
    IS(got[0], E_OK);
    let(HIGH1, sleeps);
    IS(rel_wai(HIGH1), E_OK);
    IS(got[0], E_RLWAI);
    let(HIGH1, sleeps_for);
    event('d');
    IS(dly_tsk(6), E_OK);
    IS(got[0], E_TMOUT);
    IS(tslp_tsk(2), E_TMOUT);
    HAPPENED("dssds");
}

static void releasing(void)
{
    IS(rel_wai(0), E_ID);
    IS(rel_wai(99), E_ID);
    IS(rel_wai(DRIVER), E_OBJ);
    IS(rel_wai(LOW1), E_OBJ);
    let(HIGH1, delays);
    /* A delay is ended by time or by force; a wake-up meanwhile is queued. */
    IS(wup_tsk(HIGH1), E_OK);
    IS(can_wup(HIGH1), 1);
    HAPPENED("");
    IS(rel_wai(HIGH1), E_OK);
    IS(got[0], E_RLWAI);
    HAPPENED("y");
    let(HIGH1, takes_h);
    IS(rel_wai(HIGH1), E_OK);
    IS(got[1], E_RLWAI);
    IS(sig_sem(FIFO_SEM), E_OK);
    IS(pol_sem(FIFO_SEM), E_OK);
}

static void suspends_itself(void) { IS(sus_tsk(TSK_SELF), E_OK); event('s'); }

static void suspension(void)
{
    IS(sus_tsk(99), E_ID);
    IS(sus_tsk(LOW1), E_OBJ);
    IS(rsm_tsk(0), E_ID);
    IS(rsm_tsk(99), E_ID);
    IS(rsm_tsk(LOW1), E_OBJ);
    IS(rsm_tsk(DRIVER), E_OBJ);
    IS(frsm_tsk(0), E_ID);
    IS(frsm_tsk(LOW1), E_OBJ);
    let(HIGH1, suspends_itself);
    event('d');
    IS(sus_tsk(HIGH1), E_QOVR);
    IS(rsm_tsk(HIGH1), E_OK);
    HAPPENED("ds");
    /* Waiting and suspended: both must end. */
    let(HIGH1, sleeps);
    IS(sus_tsk(HIGH1), E_OK);
    IS(wup_tsk(HIGH1), E_OK);
    event('d');
    IS(frsm_tsk(HIGH1), E_OK);
    HAPPENED("ds");
    let(HIGH1, sleeps);
    IS(sus_tsk(HIGH1), E_OK);
    IS(rel_wai(HIGH1), E_OK);
    event('d');
    IS(rsm_tsk(HIGH1), E_OK);
    IS(got[0], E_RLWAI);
    HAPPENED("ds");
    let(LOW1, note_h);
    IS(sus_tsk(LOW1), E_OK);
    IS(dly_tsk(1), E_OK);
    HAPPENED("");
    IS(rsm_tsk(LOW1), E_OK);
    IS(dly_tsk(1), E_OK);
    HAPPENED("h");
    IS(dis_dsp(), E_OK);
    IS(sus_tsk(TSK_SELF), E_CTX);
    IS(sus_tsk(DRIVER), E_CTX);
    IS(ena_dsp(), E_OK);
}

static void semaphores(void)
{
    IS(sig_sem(0), E_ID);
    IS(sig_sem(99), E_ID);
    IS(wai_sem(-1), E_ID);
    IS(pol_sem(99), E_ID);
    IS(twai_sem(99, -2), E_ID);
    IS(twai_sem(FIFO_SEM, -2), E_PAR);
    IS(pol_sem(FIFO_SEM), E_TMOUT);
    IS(twai_sem(FIFO_SEM, TMO_POL), E_TMOUT);
    IS(twai_sem(FIFO_SEM, 2), E_TMOUT);
    IS(sig_sem(FIFO_SEM), E_OK);
    IS(sig_sem(FIFO_SEM), E_OK);
    IS(sig_sem(FIFO_SEM), E_QOVR);
    IS(wai_sem(FIFO_SEM), E_OK);
    IS(twai_sem(FIFO_SEM, 5), E_OK);
}

/* TA_TFIFO: in the order of coming. */
static void first_come(void)
{
    let(LOW1, takes_l);
    IS(dly_tsk(1), E_OK);
    let(EQUAL1, takes_e);
    IS(rot_rdq(TPRI_SELF), E_OK);
    let(HIGH1, takes_h);
    IS(sig_sem(FIFO_SEM), E_OK);
    IS(dly_tsk(6), E_OK);
    /* The second one's time is over. */
    HAPPENED("le");
    IS(got[2], E_TMOUT);
    IS(sig_sem(FIFO_SEM), E_OK);
    IS(got[1], E_OK);
    IS(got[3], E_OK);
    HAPPENED("h");
}

/* TA_TPRI: by priority, also when it changes while the task waits. */
static void most_urgent(void)
{
    let(LOW1, picks_l);
    IS(dly_tsk(1), E_OK);
    let(EQUAL1, picks_e);
    IS(rot_rdq(TPRI_SELF), E_OK);
    let(HIGH1, picks_h);
    IS(chg_pri(LOW1, 2), E_OK);
    IS(chg_pri(HIGH1, 10), E_OK);
    IS(sig_sem(PRI_SEM), E_OK);
    IS(sig_sem(PRI_SEM), E_OK);
    IS(sig_sem(PRI_SEM), E_OK);
    IS(dly_tsk(1), E_OK);
    HAPPENED("leh");
}

static void flags(void)
{
    FLGPTN pattern = 0x5a;
    IS(set_flg(99, 1), E_ID);
    IS(clr_flg(99, 1), E_ID);
    IS(wai_flg(99, 1, TWF_ANDW, &pattern), E_ID);
    IS(pol_flg(FLAG, 0, TWF_ANDW, &pattern), E_PAR);
    IS(pol_flg(FLAG, 1, 2, &pattern), E_PAR);
    IS(wai_flg(FLAG, 0, TWF_ANDW, &pattern), E_PAR);
    IS(twai_flg(FLAG, 1, TWF_ORW, &pattern, -2), E_PAR);
    IS(pol_flg(FLAG, 1, TWF_ORW, &pattern), E_TMOUT);
    IS(twai_flg(FLAG, 1, TWF_ORW, &pattern, 1), E_TMOUT);
    IS(pattern, 0x5a);
    IS(set_flg(FLAG, 0x7), E_OK);
    IS(clr_flg(FLAG, 0x6), E_OK);
    IS(wai_flg(FLAG, 0x3, TWF_ORW, &pattern), E_OK);
    IS(pattern, 0x6);
    IS(pol_flg(FLAG, 0x3, TWF_ANDW, &pattern), E_TMOUT);
    IS(pol_flg(FLAG, 0x6, TWF_ANDW, &pattern), E_OK);
    /* TA_CLR clears all. */
    IS(set_flg(CLR_FLAG, 0xf1), E_OK);
    IS(pol_flg(CLR_FLAG, 0x1, TWF_ORW, &pattern), E_OK);
    IS(pattern, 0xf1);
    IS(pol_flg(CLR_FLAG, 0xff, TWF_ORW, &pattern), E_TMOUT);
}

static void waiting_for_flags(void)
{
    FLGPTN pattern;
    let(HIGH1, waits_all);
    IS(pol_flg(FLAG, 0x8, TWF_ORW, &pattern), E_ILUSE);
    IS(wai_flg(FLAG, 0x8, TWF_ORW, &pattern), E_ILUSE);
    IS(set_flg(FLAG, 0x1), E_OK);
    event('d');
    IS(set_flg(FLAG, 0x2), E_OK);
    IS(got[0], E_OK);
    IS(seen, 0x3);
    HAPPENED("df");
    let(HIGH1, waits_any);
    IS(set_flg(CLR_FLAG, 0x6), E_OK);
    IS(seen, 0x6);
    IS(pol_flg(CLR_FLAG, 0x6, TWF_ORW, &pattern), E_TMOUT);
    HAPPENED("f");
    seen = 0x77;
    let(HIGH1, waits_time);
    IS(dly_tsk(5), E_OK);
    IS(got[0], E_TMOUT);
    IS(seen, 0x77);
    HAPPENED("f");
}

const struct test sync_tests[] = {
    { "slp_tsk, tslp_tsk, wup_tsk, can_wup", sleeping },
    { "rel_wai, and dly_tsk against wake-ups", releasing },
    { "sus_tsk, rsm_tsk, frsm_tsk", suspension },
    { "semaphores", semaphores },
    { "a semaphore first come, first served", first_come },
    { "a semaphore by priority, which changes meanwhile", most_urgent },
    { "event flags", flags },
    { "waiting for event flags", waiting_for_flags },
    { NULL, NULL },
};
