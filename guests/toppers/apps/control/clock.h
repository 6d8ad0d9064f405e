/* A second timer, beside the tick's, that runs freely: counts at Pclk / 4, no interrupt (SH7751R hardware manual, section 12). */
#ifndef CLOCK_H
#define CLOCK_H

#include "sil.h"

/* TMU3 is the tick's, TMU4 ours. */
#if defined(UITRON_RP1)
#define CLOCK_UNIT 0xffc20000u
#else
#define CLOCK_UNIT 0xfe100000u
#endif
#define CLOCK_TSTR ((VP)(CLOCK_UNIT + 0x04))
#define TICK_TCOR ((VP)(CLOCK_UNIT + 0x08))
#define CLOCK_TCOR ((VP)(CLOCK_UNIT + 0x14))
#define CLOCK_TCNT ((VP)(CLOCK_UNIT + 0x18))
#define CLOCK_TCR ((VP)(CLOCK_UNIT + 0x1c))

/* Begins anew; good for 286 s at 60 MHz. */
Inline void clock_start(void)
{
    SIL_PRE_LOC;

    SIL_LOC_INT();
    sil_wrb_mem(CLOCK_TSTR, sil_reb_mem(CLOCK_TSTR) & ~2);
    sil_wrh_mem(CLOCK_TCR, 0);
    sil_wrw_mem(CLOCK_TCOR, -1);
    sil_wrw_mem(CLOCK_TCNT, -1);
    sil_wrb_mem(CLOCK_TSTR, sil_reb_mem(CLOCK_TSTR) | 2);
    SIL_UNL_INT();
}

/* Ticks since then; called just behind a tick, as clock_start was. */
Inline UW clock_ticks(void)
{
    UW tick = (UW)sil_rew_mem(TICK_TCOR) + 1;
    return (~(UW)sil_rew_mem(CLOCK_TCNT) + tick / 2) / tick;
}

#endif
