! Start, vectors, interrupt and exception entry and exit.
!
! Bank 1 belongs to the kernel: R7 counts nested handlers (0: a task runs; 256: none does, and nobody needs what an
! interrupt interrupts), R6 is the lowest stack pointer at which the running task may be interrupted. SR of a handler is
! RB=0, BL=0, FD=1, IMASK as its source's level.

    .set    INTEVT, 0xff000028
    .set    EXPEVT, 0xff000024

    .section .text.start, "ax"
    .balign 4
    .global guest_start
! On SPUMONE: R4 = hypercall table, R15 = top of the stack, BL=0, IMASK=15. On the bare machine: as after reset, BL=RB=1.
guest_start:
    stc     sr, r8
    mov.l   .Lsr_start, r0
    ldc     r0, sr                      ! R0 to R7 are those of bank 0 from here on
    mov.l   .Lstack_top, r15
    mov     #1, r0
    ldc     r0, r7_bank
    mov     #0, r0
    ldc     r0, r6_bank
    mov     r8, r5
    mov.l   .Lmain, r0
    jmp     @r0
    nop
    .balign 4
.Lsr_start:
    .long   0x400080f0
.Lstack_top:
    .long   guest_stack_top
.Lmain:
    .long   uitron_main

    .section .guest_vectors, "ax"
    .balign 4096
    .global uitron_vectors
uitron_vectors:
    .skip   0x100 - (. - uitron_vectors)
    bra     uitron_exception
    nop
    .skip   0x400 - (. - uitron_vectors)
    bra     uitron_exception
    nop
    .skip   0x600 - (. - uitron_vectors)
    .global uitron_interrupt
uitron_interrupt:
    tst     r7, r7
    bf/s    .Lno_task
    mov     r15, r0
    cmp/hs  r6, r15
    bt      1f
    bra     .Loverflow
    nop
1:  stc.l   spc, @-r15                  ! 14 words; CPU exception handlers see them, R7 first
    sts.l   pr, @-r15
    stc.l   ssr, @-r15
    stc.l   gbr, @-r15
    sts.l   macl, @-r15
    sts.l   mach, @-r15
    stc.l   r0_bank, @-r15
    stc.l   r1_bank, @-r15
    stc.l   r2_bank, @-r15
    stc.l   r3_bank, @-r15
    stc.l   r4_bank, @-r15
    stc.l   r5_bank, @-r15
    stc.l   r6_bank, @-r15
    stc.l   r7_bank, @-r15
    tst     r7, r7
    bf/s    2f
    mov     r15, r0
    mov.l   .Lstack_top2, r15
2:  mov.l   r0, @-r15                   ! the frame
    add     #1, r7
    mov.l   .Lintevt, r1
    mov.l   .Lhandlers, r0
    mov.l   @r1, r1
    ldc     r1, r4_bank
    shlr2   r1
    add     r1, r0
    mov.l   @r0+, r1                    ! handler
    mov.l   @r0, r0                     ! SR with its level
    ldc     r1, r0_bank
    ldc     r0, sr
    jsr     @r0
    nop
! --- the end of a handler: back to what it interrupted, or to another task ---
uitron_leave:
    mov.l   .Lsr_locked, r1
    mov.l   @r1, r1
    ldc     r1, sr
    stc     r7_bank, r0
    dt      r0
    bf/s    3f
    mov.l   @r15, r15                   ! the frame
    ldc     r0, r7_bank
    mov.l   .Lleave, r0
    jsr     @r0                         ! dispatches, runs task exceptions, sets the frame's IMASK
    mov     r15, r4
    bra     4f
    nop
3:  tst     #255, r0
    bt      5f
    ldc     r0, r7_bank
4:  mov.l   @r15+, r7
    mov.l   @r15+, r6
    mov.l   @r15+, r5
    mov.l   @r15+, r4
    mov.l   @r15+, r3
    mov.l   @r15+, r2
    mov.l   .Lsr_exit, r0
    mov.l   @r15+, r1
    ldc     r0, sr                      ! BL=1, RB=1
    ldc.l   @r15+, r0_bank
    lds.l   @r15+, mach
    lds.l   @r15+, macl
    ldc.l   @r15+, gbr
    ldc.l   @r15+, ssr
    lds.l   @r15+, pr
    ldc.l   @r15+, spc
    rte
    nop
5:  mov.l   .Lnext, r1
    jmp     @r1                         ! R0 = 256
    nop

! No task is interrupted: a handler, whose registers are saved, or nothing
.Lno_task:
    mov     r7, r0
    tst     #255, r0
    bt/s    2b
    mov     r15, r0
    bra     1b
    nop

uitron_exception:
    tst     r7, r7
    bf/s    1f
    mov     r15, r0
    cmp/hs  r6, r15
    bt      1f
    bra     .Loverflow
    nop
1:  stc.l   spc, @-r15
    sts.l   pr, @-r15
    stc.l   ssr, @-r15
    stc.l   gbr, @-r15
    sts.l   macl, @-r15
    sts.l   mach, @-r15
    stc.l   r0_bank, @-r15
    stc.l   r1_bank, @-r15
    stc.l   r2_bank, @-r15
    stc.l   r3_bank, @-r15
    stc.l   r4_bank, @-r15
    stc.l   r5_bank, @-r15
    stc.l   r6_bank, @-r15
    stc.l   r7_bank, @-r15
    tst     r7, r7
    bf/s    2f
    mov     r15, r0
    mov.l   .Lstack_top2, r15
2:  mov.l   r0, @-r15
    add     #1, r7
    ldc     r0, r4_bank                 ! frame
    mov.l   .Lexpevt, r1
    mov.l   @r1, r1
    ldc     r1, r5_bank                 ! code
    stc     ssr, r0
    and     #0xf0, r0                   ! the interrupted IMASK stays
    mov.l   .Lsr_handler, r1
    or      r1, r0
    mov.l   .Lon_exception, r1
    ldc     r1, r0_bank
    ldc     r0, sr
    jsr     @r0
    nop
    bra     uitron_leave
    nop

! R0 = the stack pointer that left its stack; RB=BL=1
.Loverflow:
    mov.l   .Lstack_top2, r15
    mov     #1, r7
    ldc     r0, r4_bank
    mov.l   .Lsr_stop, r0
    ldc     r0, sr
    mov.l   .Lon_overflow, r0
    jmp     @r0
    nop

    .balign 4
.Lstack_top2:
    .long   guest_stack_top
.Lintevt:
    .long   INTEVT
.Lexpevt:
    .long   EXPEVT
.Lhandlers:
    .long   uitron_handlers
.Lsr_locked:
    .long   uitron_sr_locked
.Lleave:
    .long   uitron_leave_handlers
.Lnext:
    .long   uitron_next
.Lsr_exit:
    .long   0x700000f0
.Lsr_handler:
    .long   0x40008000
.Lsr_stop:
    .long   0x400080f0
.Lon_exception:
    .long   uitron_on_exception
.Lon_overflow:
    .long   uitron_on_overflow

