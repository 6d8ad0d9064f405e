! From the boot stage to the first line of Rust. R4 = address of the system table.

    .section .text.start, "ax"
    .balign 4
    .global spumone_start
spumone_start:
    mov.l   .Lstart_sr, r0
    ldc     r0, sr                      ! BL=1: no vectors yet
    mov.l   .Lstart_stack, r15
    mov.l   .Lstart_vbr, r0
    ldc     r0, vbr
    .if P1_CODE
    mov.l   .Lstart_uncached, r0        ! CCR is written from P2 only
    mov.l   .Lstart_p2, r1
    or      r1, r0
    jmp     @r0
    nop
    .endif
    .balign 4
.Lstart_here:
    mov.l   .Lstart_ccr, r0
    mov.l   .Lstart_ccr_value, r1
    mov.l   r1, @r0
    .rept   8
    nop
    .endr
    mov.l   .Lstart_main, r0
    mov.l   .Lstart_sr_rust, r1
    ldc     r1, sr
    jmp     @r0
    nop

    .balign 4
.Lstart_sr:
    .long   0x500000f0
.Lstart_sr_rust:
    .long   0x400000f0
.Lstart_stack:
    .long   spumone_stack_top
.Lstart_vbr:
    .long   spumone_vectors
.Lstart_uncached:
    .long   .Lstart_here
.Lstart_p2:
    .long   0x20000000
.Lstart_ccr:
    .long   0xff00001c
.Lstart_ccr_value:
    .long   CCR_START                   ! a board constant
.Lstart_main:
    .long   spumone_main
