/* Contexts, locks, interrupts, CPU exceptions, the FPU, initialisation. */
#include "tests.h"
#include "sil.h"
#include "kernel_id.h"

#define NONE(call) IS(call, E_CTX)

VP fault_frame;
static VP_INT word;
static T_MSG *message;
static FLGPTN pattern;
static SYSTIM time_now;
static ID tid;
static IPM ipm;
static volatile INT from_init;

void first_routine(VP_INT exinf) { from_init = vsns_ini() && sns_loc() && sns_ctx() ? (INT)exinf : -1; }
void second_routine(VP_INT exinf)
{
    if (from_init == 1 && act_tsk(DRIVER) == E_CTX && iact_tsk(DRIVER) == E_CTX && loc_cpu() == E_CTX)
        from_init = (INT)exinf;
}
void last_routine(VP_INT exinf) { say(exinf == (VP_INT)3 ? "tests: PASS termination routine\n" : "tests: FAIL\n"); }

static void initialisation(void)
{
    IS(from_init, 2);
    IS(vsns_ini(), FALSE);
    IS(sns_ctx(), FALSE);
    IS(sns_loc(), FALSE);
    IS(sns_dsp(), FALSE);
    IS(sns_dpn(), FALSE);
}

/* Calls for handlers, from a task. */
static void handlers_calls(void)
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
    NONE(iloc_cpu());
    NONE(iunl_cpu());
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
    NONE(iact_tsk(LOW1));
    NONE(isig_sem(FIFO_SEM));
    NONE(iget_tid(&tid));
    IS(iunl_cpu(), E_OK);
    IS(iunl_cpu(), E_OK);
    IS(sns_loc(), FALSE);
}

static void contexts(void)
{
    handlers_calls();
    in_handler(from_handler);
    IS(loc_cpu(), E_OK);
    IS(loc_cpu(), E_OK);
    IS(sns_loc(), TRUE);
    IS(sns_dpn(), TRUE);
    no_task_calls();
    IS(unl_cpu(), E_OK);
    IS(unl_cpu(), E_OK);
    IS(sns_loc(), FALSE);
}

static void note_h(void) { event('h'); }
static void waits_h(void) { (void)wai_sem(FIFO_SEM); event('h'); }

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

static void signals(void) { IS(isig_sem(FIFO_SEM), E_OK); event('i'); }
static void activates(void) { IS(iact_tsk(HIGH1), E_OK); IS(iact_tsk(HIGH1), E_OK); IS(iact_tsk(HIGH1), E_QOVR); event('i'); }
static void raises(void) { IS(iras_tex(DRIVER, 0x40), E_OK); event('i'); }
static void took(void) { event('t'); }

static void out_of_handlers(void)
{
    let(HIGH1, waits_h);
    in_handler(signals);
    HAPPENED("ih");
    job[HIGH1] = note_h;
    in_handler(activates);
    HAPPENED("ihh");
    exception_job = took;
    IS(ena_tex(), E_OK);
    in_handler(raises);
    HAPPENED("it");
    IS(exception_pattern, 0x40);
}

static void levels(void)
{
    SYSTIM begin, now;
    SYSUTIM start, end;
    UW before;
    IS(get_ipm(&ipm), E_OK);
    IS(ipm, 0);
    IS(chg_ipm(-1), E_PAR);
    IS(chg_ipm(15), E_PAR);
    IS(chg_ipm(13), E_OK);
    IS(get_ipm(&ipm), E_OK);
    IS(ipm, 13);
    before = beats[0];
    /* The clock stands above the mask: no tick comes for a while. */
    IS(get_tim(&begin), E_OK);
    IS(vxget_tim(&start), E_OK);
    for (volatile int i = 0; i < 20000; i++)
        ;
    IS(get_tim(&now), E_OK);
    /* The emulated r2d has levels too; stock QEMU has none. */
    IS(now, begin);
    IS(beats[0], before);
    IS(chg_ipm(0), E_OK);
    IS(vxget_tim(&end), E_OK);
    IS(end > start, TRUE);
    IS(get_ipm(&ipm), E_OK);
    IS(ipm, 0);
    IS(vena_int(STRAY_INHNO, 0), E_PAR);
    IS(vena_int(STRAY_INHNO, 16), E_PAR);
    IS(vena_int(STRAY_INHNO + 1, 8), E_PAR);
}

/* --- CPU exceptions --- */

static void wakes_in_fault(void)
{
    IS(sns_ctx(), TRUE);
    IS(sns_loc(), FALSE);
    IS(iwup_tsk(HIGH1), E_OK);
    IS(vxsns_ctx(fault_frame), FALSE);
    IS(vxsns_loc(fault_frame), FALSE);
    IS(vxsns_dpn(fault_frame), sns_dsp());
    IS(vxsns_tex(fault_frame), TRUE);
    event('x');
}

static void fault_under_lock(void)
{
    IS(sns_loc(), TRUE);
    NONE(iwup_tsk(HIGH1));
    IS(vxsns_ctx(fault_frame), FALSE);
    IS(vxsns_loc(fault_frame), TRUE);
    IS(vxsns_dpn(fault_frame), TRUE);
    event('x');
}

static void fault_in_handler(void)
{
    IS(vxsns_ctx(fault_frame), TRUE);
    IS(vxsns_dpn(fault_frame), TRUE);
    event('x');
}

static void handle(VP p_excinf, unsigned step)
{
    UW *frame = p_excinf;
    JOB body = fault_job;
    fault_frame = p_excinf;
    frame[13] += step;
    if (body != NULL)
        body();
}

/* The instruction that faults has two bytes; TRAPA has been passed already. */
void address_handler(VP p_excinf) { handle(p_excinf, 2); }
void trap_handler(VP p_excinf) { handle(p_excinf, 0); }

static void fault(void)
{
    static UB bytes[8] __attribute__((aligned(4)));
    UW found;
    __asm__ volatile("mov.l @%1, %0" : "=r"(found) : "r"(bytes + 1) : "memory");
}

static void trap(void) { __asm__ volatile("trapa #0x21" : : : "memory"); }
static void fault_here(void) { fault(); event('i'); }
static void sleeps(void) { (void)slp_tsk(); event('s'); }

static void cpu_exceptions(void)
{
    let(HIGH1, sleeps);
    fault_job = wakes_in_fault;
    fault();
    event('d');
    HAPPENED("xsd");
    let(HIGH1, sleeps);
    trap();
    HAPPENED("xs");
    let(HIGH1, sleeps);
    IS(dis_dsp(), E_OK);
    fault();
    event('d');
    IS(ena_dsp(), E_OK);
    HAPPENED("xds");
    fault_job = fault_under_lock;
    IS(loc_cpu(), E_OK);
    fault();
    IS(sns_loc(), TRUE);
    IS(unl_cpu(), E_OK);
    HAPPENED("x");
    fault_job = fault_in_handler;
    in_handler(fault_here);
    HAPPENED("xi");
}

/* --- an interrupt that nobody handles --- */

static void stray(void)
{
    IS(vena_int(STRAY_INHNO, 10), E_OK);
#ifdef UITRON_RP1
    UW unit = 0xffc20000;
#else
    UW unit = 0xfe100000;
#endif
    VP tstr = (VP)(unit + 4), tcor = (VP)(unit + 8 + 12), tcr = (VP)(unit + 16 + 12);
    sil_wrh_mem(tcr, 0x20);
    sil_wrw_mem(tcor, 1000);
    sil_wrw_mem((VP)(unit + 12 + 12), 1000);
    sil_wrb_mem(tstr, sil_reb_mem(tstr) | 2);
    /* The kernel reports it and masks it, or nothing below would ever be done. */
    IS(dly_tsk(3), E_OK);
    IS(sil_reh_mem(tcr) & 0x100, 0x100);
    sil_wrb_mem(tstr, sil_reb_mem(tstr) & ~2);
    sil_wrh_mem(tcr, 0);
    IS(vdis_int(STRAY_INHNO), E_OK);
}

/* --- FPU contexts --- */

static void fpu_contexts(void)
{
    IS(act_tsk(FPU1), E_OK);
    IS(act_tsk(FPU2), E_OK);
    IS(dly_tsk(60), E_OK);
    /* 10.0 is 0x40240000_00000000, 1000.0 is 0x408f4000_00000000. */
    IS(fpu_results[0][1], 0x40240000);
    IS(fpu_results[0][0], 0);
    IS(fpu_results[1][1], 0x408f4000);
    IS(fpu_results[1][0], 0);
}

static void task_numbers(void)
{
    IS(get_tid(&tid), E_OK);
    IS(tid, DRIVER);
}

const struct test system_tests[] = {
    { "initialisation routines", initialisation },
    { "get_tid", task_numbers },
    { "calls from the wrong context", contexts },
    { "disabled dispatching", held_dispatch },
    { "what handlers set free runs when they return", out_of_handlers },
    { "chg_ipm, get_ipm, vena_int", levels },
    { "CPU exceptions", cpu_exceptions },
    { "an interrupt without a handler is masked", stray },
    { "FPU contexts", fpu_contexts },
    { NULL, NULL },
};
