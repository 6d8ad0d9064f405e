// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Atomic operations between CPUs, with the load-linked and store-conditional instructions of SH-4A. What the compiler
// offers for SH-4 is atomic on one CPU only.

#ifndef LLSC_H
#define LLSC_H

#include <stdint.h>

// Stores `new`; returns what was there.
static inline uint32_t swap(volatile uint32_t *word, uint32_t new)
{
	uint32_t scratch, old;

	__asm__ volatile(
		"synco\n"
		"1:	movli.l	@%2, %0\n\t"
		"mov	%0, %1\n\t"
		"mov	%3, %0\n\t"
		"movco.l	%0, @%2\n\t"
		"bf	1b\n\t"
		"synco"
		: "=&z"(scratch), "=&r"(old)
		: "r"(word), "r"(new)
		: "t", "memory");
	return old;
}

// Stores `new` if `expected` is there; returns what was there.
static inline uint32_t swap_if(volatile uint32_t *word, uint32_t expected, uint32_t new)
{
	uint32_t scratch, old;

	__asm__ volatile(
		"synco\n"
		"1:	movli.l	@%2, %0\n\t"
		"mov	%0, %1\n\t"
		"cmp/eq	%1, %3\n\t"
		"bf	2f\n\t"
		"mov	%4, %0\n\t"
		"movco.l	%0, @%2\n\t"
		"bf	1b\n"
		"2:	synco"
		: "=&z"(scratch), "=&r"(old)
		: "r"(word), "r"(expected), "r"(new)
		: "t", "memory");
	return old;
}

#endif
