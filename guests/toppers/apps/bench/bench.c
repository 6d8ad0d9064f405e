/* TMU4 interrupts about every 0.7 ms, in each interrupt at another place between two ticks of the kernel. */
#include "bench.h"
#include "sil.h"
#include "kernel_id.h"

#define UNIT 0xffc20000u
#define TSTR ((VP)(UNIT + 4))
#define TCOR1 ((VP)(UNIT + 8 + 12))
#define TCNT1 ((VP)(UNIT + 12 + 12))
#define TCR1 ((VP)(UNIT + 16 + 12))
/* Pclk / 4 at 50 MHz: 12500 a tick. */
#define PERIOD 8747

/* Marks are functions that nobody inlines and nobody takes for equal. */
#define MARK(name) \
    __attribute__((noinline)) void name(void) { __asm__ volatile("! " #name : : : "memory"); }
MARK(bench_woken)
MARK(bench_signals)
MARK(bench_signalled)
MARK(bench_takes)
MARK(bench_took)
MARK(bench_switches)
MARK(bench_switched)
MARK(bench_waits)
MARK(bench_left)

void bench_start(VP_INT exinf)
{
    (void)exinf;
    sil_wrh_mem(TCR1, 0x20);
    sil_wrw_mem(TCOR1, PERIOD - 1);
    sil_wrw_mem(TCNT1, PERIOD - 1);
    (void)vena_int(BENCH_INHNO, BENCH_LEVEL);
    sil_wrb_mem(TSTR, sil_reb_mem(TSTR) | 2);
}

void bench_handler(void)
{
    sil_wrh_mem(TCR1, sil_reh_mem(TCR1) & ~0x100);
    (void)isig_sem(TICKS);
}

void bench_task(VP_INT exinf)
{
    (void)exinf;
    for (;;) {
        (void)wai_sem(TICKS);
        bench_woken();
    }
}

void high_task(VP_INT exinf)
{
    (void)exinf;
    for (;;) {
        bench_waits();
        (void)wai_sem(BATON);
        bench_switched();
    }
}

void low_task(VP_INT exinf)
{
    (void)exinf;
    syslog(LOG_NOTICE, "bench: running");
    for (;;) {
        (void)dly_tsk(1);
        bench_signals();
        (void)sig_sem(FREE);
        bench_signalled();
        bench_takes();
        (void)wai_sem(FREE);
        bench_took();
        bench_switches();
        (void)sig_sem(BATON);
        bench_left();
    }
}
