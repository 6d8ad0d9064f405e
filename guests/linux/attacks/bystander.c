// SPDX-License-Identifier: GPL-2.0
/*
 * An honest module: everything that it registers with the kernel leads into its own code, so what watches the kernel must not mind it. And it
 * has code that a manipulation may change.
 */
#include <linux/binfmts.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/notifier.h>
#include <linux/proc_fs.h>
#include <linux/reboot.h>
#include <linux/seq_file.h>
#include <linux/timer.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

static struct timer_list timer;
static unsigned int ticks;

int bystander_example(int number);
noinline int bystander_example(int number)
{
	return number * 3 + ticks;
}

static void tick(struct timer_list *unused)
{
	ticks++;
	mod_timer(&timer, jiffies + HZ / 5);
}

static void rest(struct work_struct *work)
{
	schedule_delayed_work(to_delayed_work(work), HZ);
}
static DECLARE_DELAYED_WORK(work, rest);

static int at_reboot(struct notifier_block *block, unsigned long action, void *data)
{
	return NOTIFY_DONE;
}
static struct notifier_block at_reboots = { .notifier_call = at_reboot };

static unsigned int see(void *data, struct sk_buff *packet, const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}
static const struct nf_hook_ops filter = { .hook = see, .pf = NFPROTO_IPV4, .hooknum = NF_INET_LOCAL_OUT };

static int look(struct sk_buff *packet, struct net_device *device, struct packet_type *type, struct net_device *from)
{
	kfree_skb(packet);
	return 0;
}
static struct packet_type tap = { .type = htons(0x88b5), .func = look };

static int load(struct linux_binprm *program)
{
	return -ENOEXEC;
}
static struct linux_binfmt format = { .module = THIS_MODULE, .load_binary = load };

static int show(struct seq_file *file, void *data)
{
	seq_printf(file, "%d\n", bystander_example(1));
	return 0;
}

static int __init bystander_init(void)
{
	int error = nf_register_net_hook(&init_net, &filter);

	if (error)
		return error;
	timer_setup(&timer, tick, 0);
	mod_timer(&timer, jiffies + HZ / 5);
	schedule_delayed_work(&work, HZ);
	register_reboot_notifier(&at_reboots);
	dev_add_pack(&tap);
	register_binfmt(&format);
	proc_create_single("bystander", 0444, NULL, show);
	return 0;
}

static void __exit bystander_exit(void)
{
	remove_proc_entry("bystander", NULL);
	unregister_binfmt(&format);
	dev_remove_pack(&tap);
	unregister_reboot_notifier(&at_reboots);
	cancel_delayed_work_sync(&work);
	del_timer_sync(&timer);
	nf_unregister_net_hook(&init_net, &filter);
}

module_init(bystander_init);
module_exit(bystander_exit);
MODULE_DESCRIPTION("an honest module, for tests of monitors");
MODULE_LICENSE("GPL");
