/* Interrupts, CPU exceptions, the FPU. */
#include "tests.h"
#include "sil.h"
#include "kernel_id.h"

#define NONE(call) IS(call, E_CTX)

VP fault_frame;
static IPM ipm;
static void note_h(void) { event('h'); }
static void waits_h(void) { (void)wai_sem(FIFO_SEM); event('h'); }
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

const struct test system_tests[] = {
    { "what handlers set free runs when they return", out_of_handlers },
    { "chg_ipm, get_ipm, vena_int", levels },
    { "CPU exceptions", cpu_exceptions },
    { "an interrupt without a handler is masked", stray },
    { "FPU contexts", fpu_contexts },
    { NULL, NULL },
};
