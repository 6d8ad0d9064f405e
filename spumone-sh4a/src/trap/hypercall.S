! Hypercalls: C calls from a guest, on the guest's stack, MD=1, RB=0, BL=0, any IMASK.

    .section .hot, "ax"
    .balign 4
    .global spumone_hv_null
spumone_hv_null:
    rts
    mov     #0, r0

! Keeps what a C function keeps, on behalf of a call that may return much later and elsewhere: R1 = context, R2..R4 are free, RB=1,
! BL=1, nothing comes in between.
    .macro save_call sr_trap, slot_interrupt, call_end
    mov.l   \sr_trap, r0
    stc     sr, r4
    ldc     r0, sr                      ! bank 1 from here on
    mov.l   \slot_interrupt, r1
    mov.w   \call_end, r0
    mov.l   @r1, r1
    add     r1, r0
    stc.l   r4_bank, @-r0               ! SR
    stc.l   gbr, @-r0
    sts.l   pr, @-r0
    mov.l   r15, @-r0
    mov.l   r14, @-r0
    mov.l   r13, @-r0
    mov.l   r12, @-r0
    mov.l   r11, @-r0
    mov.l   r10, @-r0
    mov.l   r9, @-r0
    mov.l   r8, @-r0
    mov.l   r7, @-r0
    mov.l   r6, @-r0
    mov.l   r5, @-r0
    mov.l   r2, @-r0
    .endm

! --- idle: then goes on who was decided ahead (docs/hypervisor.md), or Rust chooses ---
    .balign 4
    .global spumone_hv_idle
spumone_hv_idle:
    save_call .Lhv_sr_trap, .Lhv_slot_interrupt, .Lhv_call_end
    mov.l   @(CTX_AFTER_IDLE, r1), r4
    mov.l   @(CTX_GO_ON, r4), r0
    jmp     @r0
    nop

! --- syscall_done: returns at once on the vCPU's home core ---
    .balign 4
    .global spumone_hv_syscall_done
spumone_hv_syscall_done:
    mov.l   .Lhv_slot_interrupt, r1
    mov.l   @r1, r1
    mov.l   @(CTX_AWAY, r1), r0
    tst     r0, r0
    bf      .Lhv_go_home
    rts
    nop                                 ! R0 is 0
.Lhv_go_home:
    save_call .Lhv_sr_trap, .Lhv_slot_interrupt, .Lhv_call_end
    mov.l   .Lhv_on_syscall_done, r3
    mov     #0, r4
    mov.l   .Lhv_enter, r0
    jmp     @r0
    nop

    .balign 4
.Lhv_on_syscall_done:
    .long   spumone_on_syscall_done
.Lhv_enter:
    .long   spumone_enter
.Lhv_sr_trap:
    .long   0x700000f0                  ! MD=1, RB=1, BL=1, IMASK=15
.Lhv_call_end:
    .short  CTX_CALL_END
    .short  0

! --- MMUCR = R4, and nothing runs translated until that counts (SH-4A software manual, section 7) ---
    .balign 4
    .global spumone_write_mmucr
spumone_write_mmucr:
    mov.l   .Lhv_mmucr, r0
    mov.l   r4, @r0
    .rept   8
    nop
    .endr
    rts
    nop

! --- VBR = SPUMONE's vectors; R0 = what it was ---
    .balign 4
    .global spumone_take_vectors
spumone_take_vectors:
    mov.l   .Lhv_vectors, r1
    stc     vbr, r0
    rts
    ldc     r1, vbr

    .balign 4
.Lhv_mmucr:
    .long   0xff000010
.Lhv_vectors:
    .long   spumone_vectors

    .macro hypercall name, number
    .balign 4
    .global spumone_hv_\name
spumone_hv_\name:
    bra     spumone_hypercall
    mov     #\number, r7
    .endm

    hypercall set_vbr, 0
    hypercall vcpu_id, 2
    hypercall vcpu_count, 3
    hypercall vcpu_start, 4
    hypercall vcpu_stop, 5
    hypercall ipi_send, 6
    hypercall ipi_take, 7
    hypercall irq_enable, 8
    hypercall irq_disable, 9
    hypercall console_write, 10
    hypercall console_read, 11
    hypercall guest_exit, 12
    hypercall guest_restart, 13
    hypercall info, 14
    hypercall trace, 15
    hypercall guest_name, 16
    hypercall vcpu_move, 18
    hypercall vcpu_core, 19
    hypercall syscall_core, 20
    hypercall core_bounds, 22
    hypercall guest_pause, 23
    hypercall guest_resume, 24
    hypercall guest_reset, 25
    hypercall vcpu_registers, 26
    hypercall clock, 27
    hypercall alarm, 28

! R4..R6 = arguments, R7 = number: on_hypercall(a, b, c, number) runs on SPUMONE's stack with everything masked.
    .balign 4
spumone_hypercall:
    stc     sr, r1
    mov.l   .Lhv_stack, r2
    mov.l   .Lhv_sr_rust, r0
    ldc     r0, sr                      ! the caller's SR.FD may be 1, and SPUMONE saves FPUs
    mov.l   .Lhv_slot_exception, r3
    mov.l   r15, @-r2
    mov.l   r1, @-r2
    sts.l   pr, @-r2
    mov.l   @r3, r0
    mov.l   .Lhv_bug_context, r1
    mov.l   r0, @-r2
    mov.l   r1, @r3
    mov.l   .Lhv_on_hypercall, r0
    jsr     @r0
    mov     r2, r15
    mov.l   .Lhv_slot_exception, r2
    mov.l   @r15+, r1
    mov.l   r1, @r2
    lds.l   @r15+, pr
    mov.l   @r15+, r1
    mov.l   @r15, r15
    ldc     r1, sr
    rts
    nop

    .balign 4
.Lhv_slot_exception:
    .long   spumone_slot_exception
.Lhv_slot_interrupt:
    .long   spumone_slot_interrupt
.Lhv_bug_context:
    .long   spumone_bug_context
.Lhv_stack:
    .long   spumone_stack_top
.Lhv_sr_rust:
    .long   0x400000f0                  ! MD=1, RB=0, BL=0, IMASK=15
.Lhv_on_hypercall:
    .long   spumone_on_hypercall
