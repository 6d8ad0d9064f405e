! Start, vectors, interrupt and exception entry and exit, dispatcher.
!
! Bank 1 belongs to the kernel: R7 counts nested handlers (0: a task runs), R6 is the lowest stack pointer at which the
! running task may be interrupted. SR of a handler is RB=0, BL=0, FD=1, IMASK as its source's level.

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
    bf/s    1f
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
3:  ldc     r0, r7_bank
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

    .section .text.uitron, "ax"
! --- uitron_dispatch(): from a task, kernel locked; comes back when the task is dispatched again ---
    .balign 4
    .global uitron_dispatch
uitron_dispatch:
    sts.l   pr, @-r15
    mov.l   r14, @-r15
    mov.l   r13, @-r15
    mov.l   r12, @-r15
    mov.l   r11, @-r15
    mov.l   r10, @-r15
    mov.l   r9, @-r15
    mov.l   r8, @-r15
    mov     r15, r4
! --- uitron_switch(sp): leaves the context at `sp` (0: there is none) for the next one ---
    .global uitron_switch
uitron_switch:
    mov.l   .Lstack_top3, r15
    mov     #1, r0
    ldc     r0, r7_bank
    mov.l   .Lselect, r0
    jsr     @r0                         ! R0 = stack pointer, R1 = its limit
    nop
    mov     r0, r15
    ldc     r1, r6_bank
    mov.l   .Lsr_locked3, r1
    mov     #0, r0
    mov.l   @r1, r1
    ldc     r0, r7_bank
    mov.l   @r15+, r8
    mov.l   @r15+, r9
    mov.l   @r15+, r10
    mov.l   @r15+, r11
    mov.l   @r15+, r12
    mov.l   @r15+, r13
    mov.l   @r15+, r14
    lds.l   @r15+, pr
    ldc     r1, sr
    rts
    nop

! --- where a task begins: R8 = function, R9 = exinf ---
    .balign 4
    .global uitron_task_entry
uitron_task_entry:
    mov.l   .Lrun_task, r0
    mov     r8, r4
    jmp     @r0
    mov     r9, r5

! --- uitron_on_interrupt_stack(function): never comes back ---
    .balign 4
    .global uitron_on_interrupt_stack
uitron_on_interrupt_stack:
    mov     #1, r0
    ldc     r0, r7_bank
    mov.l   .Lstack_top3, r15
    jmp     @r4
    nop

! --- uitron_sleep(imask << 4): on the bare machine, kernel locked: sleeps until an interrupt is there, and takes it ---
    .balign 4
    .global uitron_sleep
uitron_sleep:
    stc     sr, r0
    mov.l   .Lsr_sleep, r1
    or      r4, r1
    ldc     r1, sr                      ! BL=1: sleep ends with an interrupt that is not taken yet
    sleep
    mov.l   .Lsr_open, r1
    or      r4, r1
    ldc     r1, sr
    nop
    nop
    ldc     r0, sr
    rts
    nop

    .balign 4
    .global uitron_halt
uitron_halt:
    mov.l   .Lsr_halt, r1
    ldc     r1, sr
1:  sleep
    bra     1b
    nop

    .balign 4
.Lstack_top3:
    .long   guest_stack_top
.Lselect:
    .long   uitron_select
.Lsr_locked3:
    .long   uitron_sr_locked
.Lrun_task:
    .long   uitron_run_task
.Lsr_sleep:
    .long   0x50008000
.Lsr_open:
    .long   0x40008000
.Lsr_halt:
    .long   0x400080f0

! FPU instructions by their numbers: the kernel is assembled without an FPU (SH-4A software manual, section 10).
    .set    FRCHG, 0xfbfd
    .set    STS_FPSCR_R0, 0x006a
    .set    STS_FPUL_R1, 0x015a
    .set    LDS_R0_FPSCR, 0x406a
    .set    LDS_R1_FPUL, 0x415a

! --- uitron_save_fpu(area): FPSCR, FPUL, both banks: 34 words ---
    .balign 4
    .global uitron_save_fpu
uitron_save_fpu:
    .short  STS_FPSCR_R0
    .short  STS_FPUL_R1
    mov.l   r0, @r4
    mov.l   r1, @(4, r4)
    mov     #0, r0
    .short  LDS_R0_FPSCR
    add     #68, r4
    add     #68, r4                     ! the end
    .rept   2
    .irp    n, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0
    .short  0xf40b + 0x10 * \n          ! fmov.s frN, @-r4
    .endr
    .short  FRCHG
    .endr
    rts
    nop

! --- uitron_load_fpu(area) ---
    .balign 4
    .global uitron_load_fpu
uitron_load_fpu:
    mov.l   @r4+, r2
    mov.l   @r4+, r1
    mov     #0, r0
    .short  LDS_R0_FPSCR
    .rept   2
    .short  FRCHG
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    .short  0xf049 + 0x100 * \n         ! fmov.s @r4+, frN
    .endr
    .endr
    .short  LDS_R1_FPUL
    mov     r2, r0
    .short  LDS_R0_FPSCR
    rts
    nop
