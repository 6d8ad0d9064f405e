// SPDX-License-Identifier: GPL-2.0
/* Code, and the tables through which the processor and user programs get to it. */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <asm/unistd.h>

#include "attack.h"

static int system_call(void)
{
	void **table = symbol("sys_call_table");

	return table ? hook(&table[__NR_kill]) : -ENOENT;
}

/* Two instructions become NOPs; nobody reboots meanwhile. */
static int patch(const char *name)
{
	unsigned long at = (unsigned long)symbol(name) & ~3ul;
	int error = at ? poke((void *)at, 0x00090009) : -ENOENT;

	if (!error)
		instructions_changed((void *)at, 4);
	return error;
}

static int patch_kernel(void)
{
	return patch("sys_reboot");
}

static int patch_module(void)
{
	return patch("bystander_example");
}

/* Entry EXPEVT 0x180, an illegal instruction. */
static int exception_table(void)
{
	void **table = symbol("exception_handling_table");

	return table ? hook(&table[0x180 >> 5]) : -ENOENT;
}

static void set_vbr(void *base)
{
	asm volatile("ldc %0, vbr" : : "r"(base) : "memory");
}

/* Vectors of our own, each of which goes on at the kernel's. R0 of the bank that is switched to is free there. */
static int vectors(void)
{
	static const unsigned short entries[] = { 0x100, 0x400, 0x600 };
	char *kernel = symbol("vbr_base"), *own = scratch(4096);
	unsigned int i;

	if (!kernel || !own)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(entries); i++) {
		void *code = forward(kernel + entries[i]);

		if (!code)
			return -ENOMEM;
		memcpy(own + entries[i], code, 12);
	}
	instructions_changed(own, 4096);
	set_vbr(own);
	return 0;
}

static void kernel_vectors(void)
{
	set_vbr(symbol("vbr_base"));
}

static pte_t *entry_of(unsigned long at)
{
	pgd_t *directory = symbol("swapper_pg_dir");

	return directory ? pte_offset_kernel(pmd_offset(pud_offset(p4d_offset(directory + pgd_index(at), at), at), at), at) : NULL;
}

static void *page;
static pte_t *changed, before;

static void flush_translations(void)
{
	void (*flush)(void) = symbol("local_flush_tlb_all");

	if (flush)
		flush();
}

/* A page of the module `bystander` leads to a copy of it in which one instruction differs. */
static int remap(void)
{
	unsigned long at = (unsigned long)symbol("bystander_example");

	page = (void *)__get_free_page(GFP_KERNEL);
	changed = at ? entry_of(at) : NULL;
	if (!page || !changed)
		return -ENOMEM;
	memcpy(page, (void *)(at & PAGE_MASK), PAGE_SIZE);
	*(u16 *)(page + (at & ~PAGE_MASK)) = 0x0009;
	instructions_changed(page, PAGE_SIZE);
	before = *changed;
	set_pte(changed, pfn_pte(__pa(page) >> PAGE_SHIFT, PAGE_KERNEL));
	flush_translations();
	return 0;
}

static void map_back(void)
{
	if (changed && page) {
		set_pte(changed, before);
		flush_translations();
	}
	free_page((unsigned long)page);
	page = NULL;
	changed = NULL;
}

static void *alias;

/* The kernel's text at a second address, where nothing guards it. */
static int map_text(void)
{
	void *text = symbol("sys_reboot");
	struct page *pages[] = { text ? virt_to_page(text) : NULL };

	alias = text ? vmap(pages, 1, VM_MAP, PAGE_KERNEL) : NULL;
	return alias ? 0 : -ENOMEM;
}

static void unmap_text(void)
{
	vunmap(alias);
	alias = NULL;
}

const struct attack code_attacks[] = {
	{ "syscall-table", system_call },
	{ "text-patch", patch_kernel },
	{ "module-patch", patch_module },
	{ "exception-table", exception_table },
	{ "vbr", vectors, kernel_vectors },
	{ "page-remap", remap, map_back },
	{ "text-alias", map_text, unmap_text },
	{ },
};
