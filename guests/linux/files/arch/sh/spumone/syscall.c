// SPDX-License-Identifier: GPL-2.0
/*
 * System calls whose kernel part runs on another core. SPUMONE moves a CPU
 * there when it enters the kernel by TRAPA; before it returns to user mode,
 * for whatever reason it is in the kernel by then, it must say so.
 */
#include <linux/bitops.h>
#include <linux/cache.h>
#include <linux/cpu.h>
#include <linux/linkage.h>
#include <linux/percpu.h>
#include <linux/ptrace.h>
#include <linux/smp.h>
#include <asm/spumone.h>

/* CPUs that say so: a bit each. The way out of the kernel looks at it first. */
unsigned long spumone_leaving __read_mostly;

/* Where the kernel part of a CPU's system calls runs; -1 is where the CPU is. */
static DEFINE_PER_CPU(int, spumone_call_core) = -1;

/* The last thing on every way out of the kernel, with interrupts off. */
asmlinkage void spumone_leave(struct pt_regs *regs)
{
	unsigned int cpu = raw_smp_processor_id();

	if (!user_mode(regs) || !test_bit(cpu, &spumone_leaving))
		return;
	SPUMONE->syscall_done();
	/* Switched off since it last left: it is at home for good now. */
	if (__this_cpu_read(spumone_call_core) < 0)
		clear_bit(cpu, &spumone_leaving);
}

int spumone_syscall_core(unsigned int cpu)
{
	return READ_ONCE(per_cpu(spumone_call_core, cpu));
}

struct spumone_switch {
	unsigned int	cpu;
	int		core;
	s32		result;
};

/*
 * Runs on the CPU that it is about, so no system call is under way between the
 * steps. Said from the first call on that is moved until after the last one.
 */
static void spumone_switch(void *info)
{
	struct spumone_switch *to = info;

	if (to->core >= 0)
		set_bit(to->cpu, &spumone_leaving);
	to->result = SPUMONE->syscall_core(to->cpu, to->core < 0 ?
					   SPUMONE_NO_CORE : to->core);
	if (to->result == SPUMONE_OK)
		per_cpu(spumone_call_core, to->cpu) = to->core;
}

s32 spumone_set_syscall_core(unsigned int cpu, int core)
{
	struct spumone_switch to = { .cpu = cpu, .core = max(core, -1) };

	cpus_read_lock();
	if (smp_call_function_single(cpu, spumone_switch, &to, true))
		spumone_switch(&to);	/* it is off */
	cpus_read_unlock();
	return to.result;
}
