/* SPDX-License-Identifier: GPL-2.0 */
/*
 * On the way out of the kernel: tells SPUMONE if it wants to know, as
 * spumone_leave() in spumone/syscall.c decides. Interrupts are off, everything
 * that must survive is on the stack, and R15 points at it. R0 to R7 and PR are
 * destroyed. Where no CPU's system calls run elsewhere, this costs a load of
 * a word, a test and a branch.
 */
	.macro	leave_kernel
#if defined(CONFIG_SPUMONE) && defined(CONFIG_SMP)
	mov.l	.Lspumone_leaving, r0
	mov.l	@r0, r0
	tst	r0, r0
	bt	.Lspumone_left
	mov.l	.Lspumone_leave, r0
	jsr	@r0
	 mov	r15, r4			! struct pt_regs
	bra	.Lspumone_left
	 nop
	.align	2
.Lspumone_leaving:
	.long	spumone_leaving
.Lspumone_leave:
	.long	spumone_leave
.Lspumone_left:
#endif
	.endm
