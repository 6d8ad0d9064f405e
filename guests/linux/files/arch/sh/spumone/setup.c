// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's life on SPUMONE: start, idle, end.
 */
#include <linux/init.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/panic_notifier.h>
#include <linux/pm.h>
#include <linux/reboot.h>
#include <linux/string.h>
#include <asm/processor.h>
#include <asm/reboot.h>
#include <asm/spumone.h>

/* Status with which the guest ends after a panic; power off and halt end with 0. */
#define SPUMONE_STATUS_PANIC	1

static void __noreturn spumone_exit(u32 status)
{
	SPUMONE->guest_exit(status);
	for (;;)
		cpu_sleep();
}

static void spumone_power_off(void)
{
	spumone_exit(0);
}

static void spumone_restart(char *command)
{
	SPUMONE->guest_restart();
	for (;;)
		cpu_sleep();
}

static int spumone_panic(struct notifier_block *nb, unsigned long event,
			 void *message)
{
	/* With panic=N the kernel goes on to restart by itself. */
	if (!panic_timeout)
		spumone_exit(SPUMONE_STATUS_PANIC);
	return NOTIFY_DONE;
}

static struct notifier_block spumone_panic_block = {
	.notifier_call	= spumone_panic,
	.priority	= INT_MIN,	/* the others may still have work to do */
};

/*
 * Runs before start_kernel(), so there is no printk() yet. Without a table
 * there is nobody to tell.
 */
static void spumone_check_table(void)
{
	static const char message[] =
		"linux: SPUMONE has another ABI version than this kernel\r\n";

	while (SPUMONE->magic != SPUMONE_MAGIC)
		cpu_sleep();

	if (SPUMONE->version >> 16 == SPUMONE_VERSION >> 16 &&
	    SPUMONE->version >= SPUMONE_VERSION)
		return;

	SPUMONE->console_write(message, sizeof(message) - 1);
	spumone_exit(SPUMONE_STATUS_PANIC);
}

/* Gives the vectors to SPUMONE, which forwards to them. */
bool spumone_set_vbr(void *base)
{
	spumone_check_table();

	machine_ops.power_off = spumone_power_off;
	machine_ops.halt = spumone_power_off;
	machine_ops.restart = spumone_restart;

	if (SPUMONE->set_vbr((u32)base) != SPUMONE_OK)
		spumone_exit(SPUMONE_STATUS_PANIC);
	return true;
}

/*
 * Called with interrupts off and returns so when one is pending: it is taken
 * on the last line, and none can slip between the test and the sleep.
 */
void spumone_idle(void)
{
	SPUMONE->idle();
	raw_local_irq_enable();
}

static int __init spumone_init(void)
{
	pr_info("spumone: ABI %u.%u, guest %d of %d, interrupt levels %d to %d\n",
		SPUMONE->version >> 16, SPUMONE->version & 0xffff,
		SPUMONE->info(SPUMONE_INFO_GUEST),
		SPUMONE->info(SPUMONE_INFO_GUESTS),
		SPUMONE->info(SPUMONE_INFO_LEVEL_LOW),
		SPUMONE->info(SPUMONE_INFO_LEVEL_HIGH));

	/* With it set, power off is power off and not a halt. */
	pm_power_off = spumone_power_off;

	return atomic_notifier_chain_register(&panic_notifier_list,
					      &spumone_panic_block);
}
early_initcall(spumone_init);
