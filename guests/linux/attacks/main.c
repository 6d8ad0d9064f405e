// SPDX-License-Identifier: GPL-2.0
/*
 * Classic manipulations of a kernel, one by one, for tests of what watches the kernel from outside. /proc/attack takes the name of one and does
 * it; `-name` takes it back. One at a time. Harmless outside the guest that loads it: nothing here talks to anything but this kernel.
 */
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "attack.h"

#define POKES 32
#define PIECES 16

static unsigned long lookup;
module_param(lookup, ulong, 0);
MODULE_PARM_DESC(lookup, "address of kallsyms_lookup_name");

static const struct attack *const tables[] = {
	code_attacks, hidden_attacks, net_attacks, table_attacks, task_attacks, timer_attacks, vfs_attacks,
};

static const struct attack *current_attack;

static struct {
	unsigned long *at;
	unsigned long old;
} pokes[POKES];
static unsigned int poked;

static void *pieces[PIECES];
static unsigned int allocated;

void *symbol_if_any(const char *name)
{
	unsigned long (*find)(const char *) = (void *)lookup;

	return (void *)find(name);
}

void *symbol(const char *name)
{
	void *at = symbol_if_any(name);

	if (!at)
		pr_err("attack: this kernel has no %s\n", name);
	return at;
}

int poke(void *at, unsigned long value)
{
	if (!at || poked == POKES)
		return -EINVAL;
	pokes[poked].at = at;
	pokes[poked++].old = *(unsigned long *)at;
	WRITE_ONCE(*(unsigned long *)at, value);
	return 0;
}

void *scratch(size_t bytes)
{
	void *piece = allocated < PIECES ? kzalloc(bytes, GFP_KERNEL) : NULL;

	if (piece)
		pieces[allocated++] = piece;
	return piece;
}

void *scratch_copy(const void *from, size_t bytes)
{
	void *piece = from ? scratch(bytes) : NULL;

	return piece ? memcpy(piece, from, bytes) : NULL;
}

void instructions_changed(void *at, size_t bytes)
{
	void (*flush)(unsigned long, unsigned long) = symbol("flush_icache_range");

	if (flush)
		flush((unsigned long)at, (unsigned long)at + bytes);
}

void *stub(int value)
{
	u16 *code = scratch(32);

	if (!code)
		return NULL;
	code[0] = 0x000b;			/* rts */
	code[1] = 0xe000 | (value & 0xff);	/* mov #value, r0 */
	instructions_changed(code, 32);
	return code;
}

void *forward(void *target)
{
	u16 *code = scratch(32);

	if (!code)
		return NULL;
	code[0] = 0xd001;	/* mov.l 1f, r0 */
	code[1] = 0x402b;	/* jmp @r0 */
	code[2] = 0x0009;	/* nop */
	code[3] = 0x0009;
	*(void **)&code[4] = target;	/* 1: */
	instructions_changed(code, 32);
	return code;
}

int hook(void *slot)
{
	void *old = slot ? *(void **)slot : NULL;
	void *code = old ? forward(old) : stub(0);

	return code ? poke(slot, (unsigned long)code) : -ENOMEM;
}

int hook_table(void *slot, size_t bytes, size_t offset)
{
	char *copy = slot ? scratch_copy(*(void **)slot, bytes) : NULL;
	void **function = copy ? (void **)(copy + offset) : NULL;
	void *code;

	if (!copy)
		return -EINVAL;
	code = *function ? forward(*function) : NULL;
	if (code)
		*function = code;
	return poke(slot, (unsigned long)copy);
}

struct task_struct *victim(void)
{
	struct task_struct *task;

	for_each_process(task)
		if (!strcmp(task->comm, "sleep"))
			return task;
	pr_err("attack: no process sleep\n");
	return NULL;
}

static void take_back(void)
{
	if (current_attack && current_attack->off)
		current_attack->off();
	while (poked) {
		poked--;
		WRITE_ONCE(*pokes[poked].at, pokes[poked].old);
		instructions_changed(pokes[poked].at, sizeof(long));
	}
	current_attack = NULL;
	while (allocated)
		kfree(pieces[--allocated]);
}

static int act(const char *name)
{
	const struct attack *attack;
	unsigned int i;
	int error;

	if (*name == '-') {
		if (!current_attack || strcmp(current_attack->name, name + 1))
			return -ENOENT;
		take_back();
		return 0;
	}
	if (current_attack)
		return -EBUSY;
	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		for (attack = tables[i]; attack->name; attack++) {
			if (strcmp(attack->name, name))
				continue;
			error = attack->on();
			/* What failed half way may need its `off` too, which minds that. */
			current_attack = attack;
			if (error)
				take_back();
			return error;
		}
	}
	return -ENOENT;
}

static ssize_t control_write(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	char name[32];
	int error;

	if (count >= sizeof(name))
		return -EINVAL;
	if (copy_from_user(name, from, count))
		return -EFAULT;
	name[count] = 0;
	strim(name);
	error = act(name);
	if (error)
		pr_info("attack: %s failed: %d\n", name, error);
	else
		pr_info("attack: %s done\n", name);
	return error ? error : count;
}

static int control_show(struct seq_file *file, void *data)
{
	const struct attack *attack;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (attack = tables[i]; attack->name; attack++)
			seq_printf(file, "%s\n", attack->name);
	return 0;
}

static int control_open(struct inode *inode, struct file *file)
{
	return single_open(file, control_show, NULL);
}

static const struct proc_ops control_ops = {
	.proc_open = control_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
	.proc_write = control_write,
};

static int __init attack_init(void)
{
	if (!lookup) {
		pr_err("attack: say lookup=0x<address of kallsyms_lookup_name>\n");
		return -EINVAL;
	}
	return proc_create("attack", 0600, NULL, &control_ops) ? 0 : -ENOMEM;
}

static void __exit attack_exit(void)
{
	remove_proc_entry("attack", NULL);
	take_back();
}

module_init(attack_init);
module_exit(attack_exit);
MODULE_DESCRIPTION("classic manipulations of a kernel, for tests of monitors");
MODULE_LICENSE("GPL");
