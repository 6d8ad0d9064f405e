// SPDX-License-Identifier: GPL-2.0
/* Function pointers in the kernel's own variables, and in what they lead to. */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/kdebug.h>
#include <linux/notifier.h>
#include <linux/reboot.h>
#include <linux/sysctl.h>

#include "attack.h"

static struct notifier_block *block;

static int add_notifier(int (*add)(struct notifier_block *))
{
	block = scratch(sizeof(*block));
	if (!block)
		return -ENOMEM;
	block->notifier_call = stub(NOTIFY_DONE);
	return add(block);
}

static int reboot_notifier(void)
{
	return add_notifier(register_reboot_notifier);
}

static void no_reboot_notifier(void)
{
	unregister_reboot_notifier(block);
}

static int die_notifier(void)
{
	return add_notifier(register_die_notifier);
}

static void no_die_notifier(void)
{
	unregister_die_notifier(block);
}

static int sysctl(void)
{
	struct ctl_table *table = symbol("kern_table");

	return table ? hook(&table->proc_handler) : -ENOENT;
}

static int power_off(void)
{
	void *slot = symbol("pm_power_off");

	return slot ? hook(slot) : -ENOENT;
}

static int softirq(void)
{
	struct softirq_action *actions = symbol("softirq_vec");

	return actions ? hook(&actions[TIMER_SOFTIRQ].action) : -ENOENT;
}

static int irq_handler(void)
{
	struct irq_desc *(*find)(unsigned int) = symbol("irq_to_desc");
	unsigned int irq;

	for (irq = 0; find && irq < 4096; irq++) {
		struct irq_desc *desc = find(irq);

		if (desc && desc->action)
			return hook(&desc->action->handler);
	}
	return -ENOENT;
}

const struct attack table_attacks[] = {
	{ "reboot-notifier", reboot_notifier, no_reboot_notifier },
	{ "die-notifier", die_notifier, no_die_notifier },
	{ "sysctl", sysctl },
	{ "power-off", power_off },
	{ "softirq", softirq },
	{ "irq-handler", irq_handler },
	{ },
};
