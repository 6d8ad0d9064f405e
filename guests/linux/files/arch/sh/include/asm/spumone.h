/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What Linux asks of SPUMONE. Without CONFIG_SPUMONE every function here is
 * the constant that leaves the native code as it is.
 */
#ifndef __ASM_SH_SPUMONE_H
#define __ASM_SH_SPUMONE_H

#include <linux/types.h>

struct intc_desc;
struct platform_device;

int spumone_register_intc(struct intc_desc *desc);
void spumone_idle(void);

#ifdef CONFIG_SPUMONE

#include <asm/spumone-abi.h>

/* The hypercall table. It never changes while the guest runs. */
#define SPUMONE	((const struct spumone_table *)CONFIG_SPUMONE_ABI_BASE)

bool spumone_set_vbr(void *base);
bool spumone_owns_irq(unsigned int irq);
bool spumone_owns_device(struct platform_device *pdev);

/* The core of the kernel part of a CPU's system calls, below 0 if it is its own. */
int spumone_syscall_core(unsigned int cpu);
s32 spumone_set_syscall_core(unsigned int cpu, int core);

/*
 * MMUCR when the MMU is turned on: the hypervisor has flushed the TLB, and
 * entries above URB are not ours.
 */
#define spumone_mmucr(init) \
	((__raw_readl(MMUCR) & MMUCR_URB) | ((init) & ~MMUCR_TI))

#else

static inline bool spumone_set_vbr(void *base)
{
	return false;
}

static inline bool spumone_owns_device(struct platform_device *pdev)
{
	return true;
}

#define spumone_mmucr(init)	(init)

#endif /* CONFIG_SPUMONE */

#endif /* __ASM_SH_SPUMONE_H */
