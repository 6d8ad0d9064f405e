! The first instructions of an image: reset (rp1) or QEMU's -kernel (r2d), in P2, caches off.

    .section .text.first, "ax"
    .balign 4
    .global boot_start
boot_start:
    mov.l   .Lboot_sr, r0
    ldc     r0, sr
    mov.l   .Lboot_stack, r15
    mov.l   .Lboot_main, r0
    mov.l   .Lboot_base, r4
    jmp     @r0
    nop
    .balign 4
.Lboot_sr:
    .long   0x500000f0                  ! MD=1, RB=0, BL=1, IMASK=15: no vectors
.Lboot_stack:
    .long   boot_stack_top
.Lboot_main:
    .long   boot_main
.Lboot_base:
    .long   boot_start

! boot_leave(R4 = system table, R5 = SPUMONE's entry)
    .section .text.leave, "ax"
    .balign 4
    .global boot_leave
boot_leave:
    jmp     @r5
    nop
