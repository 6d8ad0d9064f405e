/* SPDX-License-Identifier: GPL-2.0 */
/* What the manipulations share. */
#ifndef ATTACK_H
#define ATTACK_H

#include <linux/module.h>
#include <linux/sched.h>
#include <linux/types.h>

/*
 * A manipulation. It leaves the kernel working: what it hooks goes on to what was there. Without `off` it consists of pokes only, which are
 * taken back in reverse order.
 */
struct attack {
	const char *name;
	int (*on)(void);
	void (*off)(void);
};

/* One table a file; each ends with a name of NULL. */
extern const struct attack code_attacks[], hidden_attacks[], net_attacks[], table_attacks[], task_attacks[], timer_attacks[],
	vfs_attacks[];

/* The address of any symbol of the kernel, exported or not; NULL if there is none, which the first one says. */
void *symbol(const char *name);
void *symbol_if_any(const char *name);

/* Writes a word and remembers what was there. */
int poke(void *at, unsigned long value);

/* Memory on the heap that lives until the manipulation is taken back. */
void *scratch(size_t bytes);
void *scratch_copy(const void *from, size_t bytes);

/* Code on the heap, in no module: returns `value` (-128 to 127), or goes on at `target`. */
void *stub(int value);
void *forward(void *target);

/* Puts code on the heap in the way of a function pointer; an empty one gets a stub that returns 0. */
int hook(void *slot);

/* A pointer to a table becomes one to a copy on the heap, in which the function at `offset` is hooked. */
int hook_table(void *slot, size_t bytes, size_t offset);

/* Makes what was written as instructions visible to instruction fetches. */
void instructions_changed(void *at, size_t bytes);

/* The process `sleep`, which the test starts before. */
struct task_struct *victim(void);

#endif
