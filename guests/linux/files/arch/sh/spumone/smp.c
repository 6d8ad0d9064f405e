// SPDX-License-Identifier: GPL-2.0
/*
 * Several CPUs on SPUMONE: each is a virtual CPU of the guest and has its
 * number. On which core it runs is SPUMONE's affair and may change between any
 * two instructions, so nothing here asks for the core's number.
 *
 * Stands in for cpu/sh4a/smp-shx3.c, which starts, stops and interrupts cores
 * themselves: the board registers the operations at the end under their name.
 */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sh_intc.h>
#include <linux/smp.h>
#include <asm/smp-ops.h>
#include <asm/spumone.h>

/*
 * Messages that came before they were taken are one interrupt, so there may be
 * several, or none.
 */
static irqreturn_t spumone_ipi(int irq, void *unused)
{
	unsigned long messages = SPUMONE->ipi_take();
	unsigned int message;

	for_each_set_bit(message, &messages, SMP_MSG_NR)
		smp_message_recv(message);
	return IRQ_HANDLED;
}

static void spumone_smp_setup(void)
{
	s32 vcpus = SPUMONE->vcpu_count();
	unsigned int cpu, cpus = clamp_t(s32, vcpus, 1, NR_CPUS);

	init_cpu_possible(cpumask_of(0));
	for (cpu = 0; cpu < cpus; cpu++) {
		set_cpu_possible(cpu, true);
		__cpu_number_map[cpu] = cpu;
		__cpu_logical_map[cpu] = cpu;
	}
	pr_info("spumone: %d virtual CPUs, %u of them are used\n", vcpus, cpus);
}

static void spumone_prepare_cpus(unsigned int max_cpus)
{
	unsigned int cpu, irq = evt2irq(SPUMONE_IPI_INTEVT);

	BUILD_BUG_ON(SMP_MSG_NR > SPUMONE_MESSAGES);

	if (irq_alloc_desc_at(irq, NUMA_NO_NODE) != irq) {
		pr_err("spumone: interrupt %u is taken, one CPU only\n", irq);
		return;
	}
	irq_set_chip_and_handler(irq, &dummy_irq_chip, handle_percpu_irq);
	if (request_irq(irq, spumone_ipi, IRQF_PERCPU | IRQF_NO_THREAD, "IPI",
			NULL)) {
		pr_err("spumone: no interrupt for messages, one CPU only\n");
		return;
	}

	for_each_possible_cpu(cpu)
		set_cpu_present(cpu, cpu < max_cpus);
}

/* One that was taken away a moment ago may still be about to stop. */
static void spumone_start_cpu(unsigned int cpu, unsigned long entry_point)
{
	unsigned long timeout = jiffies + HZ;
	s32 result;

	for (;;) {
		result = SPUMONE->vcpu_start(cpu, entry_point, 0);
		if (result != SPUMONE_E_STATE && result != SPUMONE_E_AGAIN)
			break;
		if (time_after(jiffies, timeout))
			break;
		usleep_range(100, 1000);
	}
	if (result != SPUMONE_OK)
		pr_err("spumone: virtual CPU %u does not start: error %d\n",
		       cpu, result);
}

static unsigned int spumone_processor_id(void)
{
	return SPUMONE->vcpu_id();
}

static void spumone_send_ipi(unsigned int cpu, unsigned int message)
{
	WARN_ON_ONCE(SPUMONE->ipi_send(BIT(cpu), message) != SPUMONE_OK);
}

static void spumone_cpu_die(unsigned int cpu)
{
	unsigned long timeout = jiffies + HZ;

	while (READ_ONCE(per_cpu(cpu_state, cpu)) != CPU_DEAD) {
		if (time_after(jiffies, timeout)) {
			pr_err("CPU %u didn't die...\n", cpu);
			return;
		}
		usleep_range(100, 1000);
	}
}

static void spumone_play_dead(void)
{
	play_dead_common();
	SPUMONE->vcpu_stop();
	BUG();
}

struct plat_smp_ops shx3_smp_ops = {
	.smp_setup		= spumone_smp_setup,
	.prepare_cpus		= spumone_prepare_cpus,
	.start_cpu		= spumone_start_cpu,
	.smp_processor_id	= spumone_processor_id,
	.send_ipi		= spumone_send_ipi,
	.cpu_die		= spumone_cpu_die,
	.cpu_disable		= native_cpu_disable,
	.play_dead		= spumone_play_dead,
};
