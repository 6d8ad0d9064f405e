/* Contexts: who may call what, initialisation and termination, the CPU lock, disabled dispatching. */
#include "tests.h"
#include "kernel_id.h"

#define NONE(call) IS(call, E_CTX)

static VP_INT word;
static T_MSG *message;
static FLGPTN pattern;
static SYSTIM time_now;
static ID tid;
static IPM ipm;
static volatile INT from_init;

static void initialisation(void)
{
    IS(from_init, 2);
    IS(vsns_ini(), FALSE);
    IS(sns_ctx(), FALSE);
    IS(sns_loc(), FALSE);
    IS(sns_dsp(), FALSE);
    IS(sns_dpn(), FALSE);
}

/* Calls for handlers, where they are refused: from a task, or with the CPU locked. */
static void no_handler_calls(void)
{
    NONE(iact_tsk(LOW1));
    NONE(iact_tsk(99));
    NONE(iwup_tsk(LOW1));
    NONE(irel_wai(LOW1));
    NONE(iras_tex(LOW1, 1));
    NONE(isig_sem(FIFO_SEM));
    NONE(iset_flg(FLAG, 1));
    NONE(ipsnd_dtq(FIFO_DTQ, 0));
    NONE(ifsnd_dtq(FIFO_DTQ, 0));
    NONE(isig_tim());
    NONE(irot_rdq(8));
    NONE(iget_tid(&tid));
}

/* Calls for tasks, where they are refused: from a handler, or with the CPU locked. */
static void no_task_calls(void)
{
    VP found;
    PRI priority;
    NONE(act_tsk(LOW1));
    NONE(act_tsk(99));
    NONE(can_act(LOW1));
    NONE(ter_tsk(LOW1));
    NONE(chg_pri(LOW1, 1));
    NONE(get_pri(LOW1, &priority));
    NONE(slp_tsk());
    NONE(tslp_tsk(0));
    NONE(wup_tsk(LOW1));
    NONE(can_wup(LOW1));
    NONE(rel_wai(LOW1));
    NONE(sus_tsk(LOW1));
    NONE(rsm_tsk(LOW1));
    NONE(frsm_tsk(LOW1));
    NONE(dly_tsk(1));
    NONE(ras_tex(LOW1, 1));
    NONE(dis_tex());
    NONE(ena_tex());
    NONE(sig_sem(FIFO_SEM));
    NONE(wai_sem(FIFO_SEM));
    NONE(pol_sem(FIFO_SEM));
    NONE(twai_sem(FIFO_SEM, 1));
    NONE(set_flg(FLAG, 1));
    NONE(clr_flg(FLAG, 1));
    NONE(wai_flg(FLAG, 1, 0, &pattern));
    NONE(pol_flg(FLAG, 1, 0, &pattern));
    NONE(twai_flg(FLAG, 1, 0, &pattern, 1));
    NONE(snd_dtq(FIFO_DTQ, 0));
    NONE(psnd_dtq(FIFO_DTQ, 0));
    NONE(tsnd_dtq(FIFO_DTQ, 0, 1));
    NONE(fsnd_dtq(FIFO_DTQ, 0));
    NONE(rcv_dtq(FIFO_DTQ, &word));
    NONE(prcv_dtq(FIFO_DTQ, &word));
    NONE(trcv_dtq(FIFO_DTQ, &word, 1));
    NONE(snd_mbx(FIFO_MBX, message));
    NONE(rcv_mbx(FIFO_MBX, &message));
    NONE(prcv_mbx(FIFO_MBX, &message));
    NONE(trcv_mbx(FIFO_MBX, &message, 1));
    NONE(get_mpf(FIFO_MPF, &found));
    NONE(pget_mpf(FIFO_MPF, &found));
    NONE(tget_mpf(FIFO_MPF, &found, 1));
    NONE(rel_mpf(FIFO_MPF, 0));
    NONE(set_tim(&time_now));
    NONE(get_tim(&time_now));
    NONE(sta_cyc(BEAT2));
    NONE(stp_cyc(BEAT2));
    NONE(rot_rdq(0));
    NONE(get_tid(&tid));
    NONE(dis_dsp());
    NONE(ena_dsp());
    NONE(chg_ipm(0));
    NONE(get_ipm(&ipm));
}

/* In initialisation and termination routines. */
static void refused(void)
{
    no_task_calls();
    no_handler_calls();
    NONE(ext_tsk());
    NONE(loc_cpu());
    NONE(unl_cpu());
    NONE(iloc_cpu());
    NONE(iunl_cpu());
}

void first_routine(VP_INT exinf) { from_init = vsns_ini() && sns_loc() && sns_ctx() ? (INT)exinf : -1; }
void second_routine(VP_INT exinf)
{
    /* Only what looks is allowed. */
    refused();
    if (from_init == 1 && failures == 0)
        from_init = (INT)exinf;
}
void last_routine(VP_INT exinf)
{
    refused();
    say(exinf == (VP_INT)3 && sns_ctx() ? "tests: PASS termination routine\n" : "tests: FAIL\n");
}

static void from_handler(void)
{
    no_task_calls();
    NONE(ext_tsk());
    NONE(loc_cpu());
    NONE(unl_cpu());
    IS(sns_ctx(), TRUE);
    IS(sns_loc(), FALSE);
    IS(sns_dpn(), TRUE);
    IS(iget_tid(&tid), E_OK);
    IS(tid, DRIVER);
    IS(iact_tsk(0), E_ID);
    IS(iact_tsk(99), E_ID);
    IS(iwup_tsk(0), E_ID);
    IS(iwup_tsk(LOW1), E_OBJ);
    IS(irel_wai(0), E_ID);
    IS(irel_wai(DRIVER), E_OBJ);
    IS(iras_tex(0, 1), E_ID);
    IS(iras_tex(DRIVER, 0), E_PAR);
    IS(iras_tex(HIGH1, 1), E_OBJ);
    IS(isig_sem(99), E_ID);
    IS(iset_flg(99, 1), E_ID);
    IS(ipsnd_dtq(99, 0), E_ID);
    IS(ifsnd_dtq(MEET_DTQ, 0), E_ILUSE);
    IS(ipsnd_dtq(MEET_DTQ, 0), E_TMOUT);
    IS(irot_rdq(0), E_PAR);
    IS(irot_rdq(17), E_PAR);
    IS(iloc_cpu(), E_OK);
    IS(iloc_cpu(), E_OK);
    IS(sns_loc(), TRUE);
    no_handler_calls();
    no_task_calls();
    IS(iunl_cpu(), E_OK);
    IS(iunl_cpu(), E_OK);
    IS(sns_loc(), FALSE);
}

static void contexts(void)
{
    no_handler_calls();
    NONE(iloc_cpu());
    NONE(iunl_cpu());
    in_handler(from_handler);
    IS(loc_cpu(), E_OK);
    IS(loc_cpu(), E_OK);
    IS(sns_loc(), TRUE);
    IS(sns_dpn(), TRUE);
    no_task_calls();
    no_handler_calls();
    NONE(iloc_cpu());
    NONE(iunl_cpu());
    IS(unl_cpu(), E_OK);
    IS(unl_cpu(), E_OK);
    IS(sns_loc(), FALSE);
}

static void note_h(void) { event('h'); }

static void held_dispatch(void)
{
    VP found;
    IS(dis_dsp(), E_OK);
    IS(dis_dsp(), E_OK);
    IS(sns_dsp(), TRUE);
    IS(sns_dpn(), TRUE);
    NONE(slp_tsk());
    NONE(tslp_tsk(0));
    NONE(dly_tsk(1));
    NONE(wai_sem(FIFO_SEM));
    NONE(twai_sem(FIFO_SEM, 1));
    NONE(wai_flg(FLAG, 1, 0, &pattern));
    NONE(twai_flg(FLAG, 1, 0, &pattern, 1));
    NONE(snd_dtq(FIFO_DTQ, 0));
    NONE(tsnd_dtq(FIFO_DTQ, 0, 1));
    NONE(rcv_dtq(FIFO_DTQ, &word));
    NONE(trcv_dtq(FIFO_DTQ, &word, 1));
    NONE(rcv_mbx(FIFO_MBX, &message));
    NONE(trcv_mbx(FIFO_MBX, &message, 1));
    NONE(get_mpf(FIFO_MPF, &found));
    NONE(tget_mpf(FIFO_MPF, &found, 1));
    IS(pol_sem(FIFO_SEM), E_TMOUT);
    let(HIGH1, note_h);
    event('d');
    IS(loc_cpu(), E_OK);
    IS(unl_cpu(), E_OK);
    event('d');
    IS(ena_dsp(), E_OK);
    IS(ena_dsp(), E_OK);
    HAPPENED("ddh");
}

static void task_numbers(void)
{
    IS(get_tid(&tid), E_OK);
    IS(tid, DRIVER);
}

const struct test context_tests[] = {
    { "initialisation routines", initialisation },
    { "get_tid", task_numbers },
    { "calls from the wrong context", contexts },
    { "disabled dispatching", held_dispatch },
    { NULL, NULL },
};
