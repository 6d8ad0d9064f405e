/* The system interface layer: interrupt lock, microsecond delays, device registers. */
#ifndef SIL_H
#define SIL_H

#include "t_stddef.h"

#ifndef _MACRO_ONLY
/* SIL_PRE_LOC declares; SIL_LOC_INT masks every interrupt, of every guest; SIL_UNL_INT ends that. Keep it short. */
#define SIL_PRE_LOC UW uitron_sil_sr
#define SIL_LOC_INT() (uitron_sil_sr = uitron_sil_mask())
#define SIL_UNL_INT() uitron_sil_restore(uitron_sil_sr)

Inline UW uitron_sil_mask(void)
{
    UW sr;
    __asm__ volatile("stc sr, %0" : "=r"(sr) : : "memory");
    __asm__ volatile("ldc %0, sr" : : "r"(sr | 0xf0u) : "memory");
    return sr;
}

Inline void uitron_sil_restore(UW sr)
{
    __asm__ volatile("ldc %0, sr" : : "r"(sr) : "memory");
}

Inline VB sil_reb_mem(VP mem) { return *(volatile VB *)mem; }
Inline void sil_wrb_mem(VP mem, VB data) { *(volatile VB *)mem = data; }
Inline VH sil_reh_mem(VP mem) { return *(volatile VH *)mem; }
Inline void sil_wrh_mem(VP mem, VH data) { *(volatile VH *)mem = data; }
Inline VW sil_rew_mem(VP mem) { return *(volatile VW *)mem; }
Inline void sil_wrw_mem(VP mem, VW data) { *(volatile VW *)mem = data; }
#define sil_reh_lem sil_reh_mem
#define sil_wrh_lem sil_wrh_mem
#define sil_rew_lem sil_rew_mem
#define sil_wrw_lem sil_wrw_mem

extern void sil_dly_nse(UINT dlytim);
#endif

#define SIL_ENDIAN_LITTLE 0
#define SIL_ENDIAN_BIG 1
#define SIL_ENDIAN SIL_ENDIAN_LITTLE

#endif
