! Dispatcher, sleep, FPU contexts. Bank 1 is described in entry.S.

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
    shll8   r0
    ldc     r0, r7_bank                 ! no task runs
    tst     r4, r4
    bt      1f
    mov.l   .Lsave, r0
    jsr     @r0
    nop
1:  mov.l   .Lpick, r0
    jsr     @r0                         ! R0 = stack pointer, R1 = its limit
    nop
    tst     r0, r0
    bt      2f
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
2:  mov.l   .Lidle, r0
    jsr     @r0
    nop
    bra     1b
    nop
! --- a handler ends that interrupted nothing; R0 = 256 ---
    .global uitron_next
uitron_next:
    mov.l   .Lstack_top3, r15
    bra     1b
    ldc     r0, r7_bank

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
.Lsave:
    .long   uitron_save
.Lpick:
    .long   uitron_pick
.Lidle:
    .long   uitron_idle
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
