! Start, vectors and small helpers of a bare guest.

    .section .text.start, "ax"
    .balign 4
    .global guest_start
! R4 = hypercall table, R5 = guest number, R15 = top of the stack or 0 (in Linux's place), IMASK = 15
guest_start:
    tst     r15, r15
    bf      1f
    mov.l   .Lkit_stack, r15
1:  mov.l   .Lkit_main, r0
    jmp     @r0
    nop
    .balign 4
.Lkit_main:
    .long   guest_main
.Lkit_stack:
    .long   guest_stack_top

    .section .guest_vectors, "ax"
    .balign 4096
    .global kit_vectors
kit_vectors:
    .skip 0x100 - (. - kit_vectors)
    mov.l   .Lkit_exception, r0
    jmp     @r0
    nop
    .balign 4
.Lkit_exception:
    .long   kit_exception_entry
    .skip 0x400 - (. - kit_vectors)
    mov.l   .Lkit_exception2, r0
    jmp     @r0
    nop
    .balign 4
.Lkit_exception2:
    .long   kit_exception_entry
    .skip 0x600 - (. - kit_vectors)
    .global kit_interrupt_vector
kit_interrupt_vector:
    stc.l   r4_bank, @-r15
    mov.l   .Lkit_intevt, r0
    mov.l   @r0, r0
    ldc     r0, r4_bank
    mov.l   .Lkit_on_interrupt, r1
    bra     kit_enter
    nop
    .balign 4
.Lkit_intevt:
    .long   0xff000028
.Lkit_on_interrupt:
    .long   kit_on_interrupt

kit_exception_entry:
    stc.l   r4_bank, @-r15
    mov.l   .Lkit_expevt, r0
    mov.l   @r0, r0
    ldc     r0, r4_bank
    mov.l   .Lkit_on_exception, r1
! R1 = function(code, frame); saves what C does not, with BL=0 and IMASK=15 around the call
kit_enter:
    stc.l   r7_bank, @-r15
    stc.l   r6_bank, @-r15
    stc.l   r5_bank, @-r15
    stc.l   r3_bank, @-r15
    stc.l   r2_bank, @-r15
    stc.l   r1_bank, @-r15
    stc.l   r0_bank, @-r15
    stc.l   gbr, @-r15
    sts.l   mach, @-r15
    sts.l   macl, @-r15
    sts.l   pr, @-r15
    stc.l   ssr, @-r15
    stc.l   spc, @-r15
    ldc     r1, r0_bank
    mov.l   .Lkit_sr_handler, r0
    mov     r15, r1
    ldc     r1, r5_bank
    ldc     r0, sr
    jsr     @r0
    nop
    mov.l   .Lkit_sr_entry, r0
    ldc     r0, sr
    ldc.l   @r15+, spc
    ldc.l   @r15+, ssr
    lds.l   @r15+, pr
    lds.l   @r15+, macl
    lds.l   @r15+, mach
    ldc.l   @r15+, gbr
    ldc.l   @r15+, r0_bank
    ldc.l   @r15+, r1_bank
    ldc.l   @r15+, r2_bank
    ldc.l   @r15+, r3_bank
    ldc.l   @r15+, r5_bank
    ldc.l   @r15+, r6_bank
    ldc.l   @r15+, r7_bank
    ldc.l   @r15+, r4_bank
    rte
    nop
    .balign 4
.Lkit_expevt:
    .long   0xff000024
.Lkit_on_exception:
    .long   kit_on_exception
.Lkit_sr_handler:
    .long   0x400000f0
.Lkit_sr_entry:
    .long   0x700000f0

    .section .text.kit, "ax"
! kit_set_imask(level) -> level before
    .balign 4
    .global kit_set_imask
kit_set_imask:
    stc     sr, r0
    mov.l   .Lkit_not_imask, r1
    shll2   r4
    shll2   r4
    and     r0, r1
    or      r4, r1
    ldc     r1, sr
    shlr2   r0
    shlr2   r0
    rts
    and     #15, r0
    .balign 4
.Lkit_not_imask:
    .long   0xffffff0f

! kit_jump(address): for guests that jump to nowhere
    .balign 4
    .global kit_jump
kit_jump:
    jmp     @r4
    nop

! kit_set_bank1(value): R2, R5, R6, R7 of bank 1 := value .. value + 3
    .balign 4
    .global kit_set_bank1
kit_set_bank1:
    ldc     r4, r2_bank
    add     #1, r4
    ldc     r4, r5_bank
    add     #1, r4
    ldc     r4, r6_bank
    add     #1, r4
    rts
    ldc     r4, r7_bank

! kit_check_bank1(value) -> 0 if R2, R5, R6, R7 of bank 1 are value .. value + 3
    .balign 4
    .global kit_check_bank1
kit_check_bank1:
    stc     r2_bank, r0
    xor     r4, r0
    stc     r5_bank, r1
    add     #1, r4
    xor     r4, r1
    or      r1, r0
    stc     r6_bank, r1
    add     #1, r4
    xor     r4, r1
    or      r1, r0
    stc     r7_bank, r1
    add     #1, r4
    xor     r4, r1
    rts
    or      r1, r0

! kit_spin_wild(rounds) -> 0 if every call-saved register and MACH, MACL kept its value while R15 was negative
    .balign 4
    .global kit_spin_wild
kit_spin_wild:
    mov     r15, r1
    mov     #-64, r15
    mov     #0x55, r2
    lds     r2, mach
    mov     #0x33, r3
    lds     r3, macl
1:  dt      r4
    bf      1b
    mov     r15, r0
    mov     r1, r15
    add     #64, r0
    sts     mach, r5
    xor     r2, r5
    or      r5, r0
    sts     macl, r5
    xor     r3, r5
    rts
    or      r5, r0

! The guests are assembled without an FPU, so its instructions are written as numbers (SH-4A software manual, section 10).
    .set    LDS_R0_FPSCR, 0x406a
    .set    LDS_R1_FPSCR, 0x416a
    .set    LDS_R5_FPSCR, 0x456a
    .set    STS_FPSCR_R0, 0x006a
    .set    LDS_R4_FPUL, 0x445a
    .set    STS_FPUL_R1, 0x015a
    .set    FSTS_FPUL_FR0, 0xf00d       ! + 0x100 * n
    .set    FLDS_FR0_FPUL, 0xf01d       ! + 0x100 * n
    .set    FRCHG, 0xfbfd

! kit_set_fpu(value, fpscr): FR0..15 := value .. value + 15 with FR=0, then those of FR=1, FPUL := value + 32, FPSCR
    .balign 4
    .global kit_set_fpu
kit_set_fpu:
    mov     #0, r0
    .short  LDS_R0_FPSCR
    .rept   2
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    .short  LDS_R4_FPUL
    .short  FSTS_FPUL_FR0 + 0x100 * \n
    add     #1, r4
    .endr
    .short  FRCHG
    .endr
    .short  LDS_R4_FPUL
    .short  LDS_R5_FPSCR
    rts
    nop

! kit_check_fpu(value, fpscr) -> 0 if everything is as kit_set_fpu left it
    .balign 4
    .global kit_check_fpu
kit_check_fpu:
    .short  STS_FPSCR_R0
    xor     r5, r0
    .short  STS_FPUL_R1
    mov     r4, r2
    add     #32, r2
    xor     r2, r1
    or      r1, r0
    mov     #0, r1
    .short  LDS_R1_FPSCR
    .rept   2
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    .short  FLDS_FR0_FPUL + 0x100 * \n
    .short  STS_FPUL_R1
    xor     r4, r1
    or      r1, r0
    add     #1, r4
    .endr
    .short  FRCHG
    .endr
    rts
    nop

! kit_ldtlb(): loads PTEH, PTEL into the TLB
    .balign 4
    .global kit_ldtlb
kit_ldtlb:
    ldtlb
    rts
    nop
