! The vector page and the interrupt paths. Assembled with the constants of trap/layout.rs in front.
!
! On every entry MD=RB=BL=1; of bank 1 only R0, R1, R3, R4 may be used before the frame is saved. R15 may hold anything.
! A context (trap/context.rs) begins with a table of 128 words, indexed by INTEVT / 0x20: where an interrupt goes while this
! context has the core. No interrupt has a code below 0x1c0, so the first words hold what the paths need besides.

    .section .vectors, "awx"
    .balign 4096
    .global spumone_vectors
spumone_vectors:

! --- +0x100: general exceptions; 4 instructions ---
    .skip 0x100 - (. - spumone_vectors)
    .global spumone_vector_general
spumone_vector_general:
    mov.l   spumone_slot_exception, r0
    mov.l   @(CTX_GENERAL, r0), r0
    jmp     @r0
    nop

! --- +0x400: TLB miss; 4 instructions ---
    .skip 0x400 - (. - spumone_vectors)
    .global spumone_vector_tlb
spumone_vector_tlb:
    mov.l   spumone_slot_exception, r0
    mov.l   @(CTX_TLB, r0), r0
    jmp     @r0
    nop
    .balign 4
! The context whose exception handlers count: the current one, or spumone_bug_context while SPUMONE's own code runs.
    .global spumone_slot_exception
spumone_slot_exception:
    .long   spumone_bug_context

! --- +0x600: interrupts; 12 instructions to the current guest's handler ---
    .skip 0x600 - (. - spumone_vectors)
    .global spumone_vector_interrupt
spumone_vector_interrupt:
    mov.l   .Lintevt, r0
    mov.l   spumone_slot_interrupt, r1
    mov.l   @r0, r0                     ! INTEVT
    mov.l   @(CTX_TAKEN, r1), r4
    mov.l   @r1, r3                     ! the INTEVT that this context saw last, / 8
    add     #1, r4
    mov.l   r4, @(CTX_TAKEN, r1)
    shlr2   r0
    shlr    r0
    mov.l   @(r0, r1), r4
    jmp     @r4
    mov.l   r0, @r1
    .balign 4
.Lintevt:
    .long   0xff000028
! The context that has the core.
    .global spumone_slot_interrupt
spumone_slot_interrupt:
    .long   spumone_bug_context

! What follows is reached through the table, with R0 = INTEVT / 8, R1 = current context, R3 = the INTEVT / 8 that
! it saw before this one.

! --- The owner is current, but interrupt levels do not work on this board: is it at "interrupts off"? ---
    .global spumone_forward_checked
spumone_forward_checked:
    stc     ssr, r0
    mov.l   @(CTX_OFF, r1), r4
    and     #0xf0, r0
    cmp/hs  r4, r0
    bt      spumone_defer_any
    mov.l   @(CTX_HANDLER, r1), r0
    jmp     @r0
    nop

! --- The owner is less urgent: go back with IMASK raised; the interrupt stays pending ---
    .balign 4
    .global spumone_defer
spumone_defer:
    .if LEVELS
    stc     ssr, r0                     ! IMASK is below the Linux levels, or a source stands at a wrong level
    mov     #0x70, r4
    and     #0xf0, r0
    cmp/hs  r4, r0
    bt      spumone_ask
    .endif
spumone_defer_any:
    mov.l   @(CTX_OTHER, r1), r0
    mov.l   @r1, r4
    add     #1, r0
    mov.l   r0, @(CTX_OTHER, r1)
    mov.l   r3, @r1
    shll2   r3
    shll    r3
    mov.l   .Lintevt2, r0
    mov.l   r3, @r0                     ! the guest may still have to read its own
    shll2   r4
    shll    r4
    mov.l   spumone_trace_next_1, r0
    mov.l   @r0, r1
    mov     #2, r3                      ! Event::Deferred
    mov.l   r4, @(4, r1)
    mov.l   r3, @r1
    mov.l   .Ltrace_wrap, r3
    add     #8, r1
    and     r3, r1
    mov.l   r1, @r0
    stc     ssr, r0
    or      #RAISE, r0
    ldc     r0, ssr
    rte
    nop

    .balign 4
.Lintevt2:
    .long   0xff000028
    .global spumone_trace_next_1
spumone_trace_next_1:                    ! each core's own (machine.rs)
    .long   TRACE_NEXT
.Ltrace_wrap:
    .long   TRACE_WRAP

! Saves everything of the interrupted context. R0 = end of its frame, `ccn` = where 0xff000000 stands; leaves that in R3;
! R1 and R4 live on.
    .macro save_frame ccn
    stc.l   r7_bank, @-r0
    stc.l   r6_bank, @-r0
    stc.l   r5_bank, @-r0
    stc.l   r4_bank, @-r0
    stc.l   r3_bank, @-r0
    stc.l   r2_bank, @-r0
    stc.l   r1_bank, @-r0
    stc.l   r0_bank, @-r0
    stc.l   ssr, @-r0
    stc.l   spc, @-r0
    stc.l   gbr, @-r0
    sts.l   pr, @-r0
    sts.l   mach, @-r0
    sts.l   macl, @-r0
    stc.l   sgr, @-r0
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
    mov.l   \ccn, r3
    mov.l   @(0x24, r3), r2             ! EXPEVT
    mov.l   r2, @-r0
    mov.l   @(0x20, r3), r2             ! TRA
    mov.l   r2, @-r0
    mov.l   @(0x0c, r3), r2             ! TEA
    mov.l   r2, @-r0
    .if HAS_PTEA
    mov.l   @(0x34, r3), r2
    .endif
    mov.l   r2, @-r0                    ! PTEA
    mov.l   @(0x04, r3), r2             ! PTEL
    mov.l   r2, @-r0
    mov.l   @(0x00, r3), r2             ! PTEH
    mov.l   r2, @-r0
    .endm

! Loads everything of the context in R4; RB=1, BL=1. Leaves R4 = end of the frame.
    .macro load_frame slot_exception, slot_interrupt, ccn, frame
    mov.l   \slot_exception, r0
    mov.l   r4, @r0
    mov.l   \slot_interrupt, r0
    mov.l   r4, @r0
    mov.l   @r4, r0
    mov.l   \ccn, r1
    shll2   r0
    shll    r0
    mov.l   r0, @(0x28, r1)             ! INTEVT
    mov.w   \frame, r0
    add     r0, r4
    mov.l   @r4+, r0
    mov.l   r0, @(0x00, r1)             ! PTEH
    mov.l   @r4+, r0
    mov.l   r0, @(0x04, r1)             ! PTEL
    mov.l   @r4+, r0                    ! PTEA
    .if HAS_PTEA
    mov.l   r0, @(0x34, r1)
    .endif
    mov.l   @r4+, r0
    mov.l   r0, @(0x0c, r1)             ! TEA
    mov.l   @r4+, r0
    mov.l   r0, @(0x20, r1)             ! TRA
    mov.l   @r4+, r0
    mov.l   r0, @(0x24, r1)             ! EXPEVT
    mov.l   @r4+, r2
    mov.l   @r4+, r5
    mov.l   @r4+, r6
    mov.l   @r4+, r7
    mov.l   @r4+, r8
    mov.l   @r4+, r9
    mov.l   @r4+, r10
    mov.l   @r4+, r11
    mov.l   @r4+, r12
    mov.l   @r4+, r13
    mov.l   @r4+, r14
    mov.l   @r4+, r15
    lds.l   @r4+, macl
    lds.l   @r4+, mach
    lds.l   @r4+, pr
    ldc.l   @r4+, gbr
    ldc.l   @r4+, spc
    ldc.l   @r4+, ssr
    ldc.l   @r4+, r0_bank
    ldc.l   @r4+, r1_bank
    ldc.l   @r4+, r2_bank
    ldc.l   @r4+, r3_bank
    ldc.l   @r4+, r4_bank
    ldc.l   @r4+, r5_bank
    ldc.l   @r4+, r6_bank
    ldc.l   @r4+, r7_bank
    .endm

! --- A more urgent vCPU waits for this interrupt in its idle call: save the current one, return from that call ---
    .balign 4
    .global spumone_preempt
spumone_preempt:
    mov.l   .Ltargets, r4
    mov.l   r3, @r1                     ! the INTEVT / 8 to show when this context comes back
    mov.l   @(r0, r4), r4               ! the owner's context
    mov.l   @(CTX_PREEMPTED, r1), r0
    mov.l   r1, @(CTX_AFTER_IDLE, r4)   ! nobody can be ready between the two: the owner's next idle leads back here
    add     #1, r0
    mov.l   r0, @(CTX_PREEMPTED, r1)
    mov.w   .Lframe_end, r0
    add     r1, r0
    save_frame .Lccn
    mov.l   spumone_trace_next_2, r0
    mov.l   @(CTX_ID, r4), r3
    mov.l   @r0, r1
    mov     #1, r2                      ! Event::Switch
    mov.l   r3, @(4, r1)
    mov.l   r2, @r1
    mov.l   .Ltrace_wrap2, r2
    add     #8, r1
    and     r2, r1
    mov.l   r1, @r0
spumone_load_call:                      ! R4 = context in a call, RB=1, BL=1
    mov.l   .Lslot_exception, r0
    mov.w   .Lcall, r1
    mov.l   r4, @r0
    mov.l   .Lslot_interrupt, r0
    mov.l   r4, @r0
    add     r1, r4
    mov.l   @r4+, r2
    mov.l   @r4+, r5
    mov.l   @r4+, r6
    mov.l   @r4+, r7
    mov.l   @r4+, r8
    mov.l   @r4+, r9
    mov.l   @r4+, r10
    mov.l   @r4+, r11
    mov.l   @r4+, r12
    mov.l   @r4+, r13
    mov.l   @r4+, r14
    mov.l   @r4+, r15
    lds.l   @r4+, pr
    ldc.l   @r4+, gbr
    ldc.l   @r4+, sr
    rts
    nop

    .balign 4
.Lccn:
    .long   0xff000000
.Ltargets:
    .long   spumone_targets
    .global spumone_trace_next_2
spumone_trace_next_2:                    ! each core's own (machine.rs)
    .long   TRACE_NEXT
.Ltrace_wrap2:
    .long   TRACE_WRAP
.Lslot_exception:
    .long   spumone_slot_exception
.Lslot_interrupt:
    .long   spumone_slot_interrupt
.Lframe_end:
    .short  CTX_FRAME_END
.Lcall:
    .short  CTX_CALL

! --- Nothing was decided ahead: ask Rust ---
    .balign 4
    .global spumone_ask
spumone_ask:
    mov.l   @(CTX_OTHER, r1), r0
    mov.l   @r1, r4
    add     #1, r0
    mov.l   r0, @(CTX_OTHER, r1)
    shll2   r4
    shll    r4                          ! INTEVT
    mov.l   r3, @r1
    mov.w   .Lframe_end2, r0
    add     r1, r0
    save_frame .Lccn2
    mov.l   .Linterrupt, r3
    bra     spumone_enter
    nop

! --- A vCPU went idle, and who comes next was not decided ahead: R1 = its context, whose call part is saved ---
    .balign 4
    .global spumone_idle_ask
spumone_idle_ask:
    mov.l   .Lidle, r3
    bra     spumone_enter
    nop

! --- An exception of a guest that has no vectors ---
    .balign 4
    .global spumone_park
spumone_park:
    mov.l   .Lslot_interrupt2, r1
    mov.l   @r1, r1
    mov.w   .Lframe_end2, r0
    add     r1, r0
    save_frame .Lccn2
    mov     #0, r4
    mov.l   .Lexception, r3
spumone_enter:                          ! R1 = context, R4 = INTEVT, R3 = function(context, INTEVT) that does not return
    mov.l   .Lslot_exception2, r0
    mov.l   .Lbug_context, r2
    ldc     r1, r4_bank
    ldc     r4, r5_bank
    ldc     r3, r0_bank
    mov.l   r2, @r0
    mov.l   .Lstack, r15
    mov.l   .Lsr_rust, r2
    ldc     r2, sr
    jmp     @r0
    nop

! --- An exception in SPUMONE's own code ---
    .balign 4
    .global spumone_bug
spumone_bug:
    stc     spc, r0
    stc     ssr, r1
    stc     sgr, r3
    sts     pr, r4
    ldc     r0, r4_bank
    ldc     r1, r5_bank
    ldc     r3, r6_bank
    ldc     r4, r7_bank
    mov.l   .Lbug, r0
    mov.l   .Lstack, r15
    ldc     r0, r0_bank
    mov.l   .Lsr_rust, r1
    ldc     r1, sr
    jmp     @r0
    nop

    .balign 4
.Lframe_end2:
    .short  CTX_FRAME_END
    .short  0
.Lccn2:
    .long   0xff000000
.Lidle:
    .long   spumone_on_idle
.Linterrupt:
    .long   spumone_on_interrupt
.Lexception:
    .long   spumone_on_exception
.Lbug:
    .long   spumone_on_bug
.Lslot_exception2:
    .long   spumone_slot_exception
.Lslot_interrupt2:
    .long   spumone_slot_interrupt
.Lbug_context:
    .long   spumone_bug_context
.Lstack:
    .long   spumone_stack_top
.Lsr_rust:
    .long   0x400000f0                  ! MD=1, RB=0, BL=0, IMASK=15

! --- Rust leaves: resume(R4 = context), BL=0, RB=0, IMASK=15 ---
    .balign 4
    .global spumone_resume_call
spumone_resume_call:
    mov.l   .Lsr_trap, r0
    ldc     r4, r4_bank
    ldc     r0, sr                      ! bank 1 from here on
    bra     spumone_load_call
    nop

    .balign 4
    .global spumone_resume_frame
spumone_resume_frame:
    mov.l   .Lsr_trap, r0
    ldc     r4, r4_bank
    ldc     r0, sr                      ! bank 1 from here on
    bra     .Lload_frame
    nop

! --- A vCPU went idle, and the one that it had kept from running goes on: R1 = the one, R4 = the other, RB=1, BL=1 ---
    .balign 4
    .global spumone_idle_go_on
spumone_idle_go_on:
    mov.l   @(CTX_PREEMPTED, r1), r0
    mov.l   @(CTX_IDLED, r1), r2
    mov.l   r0, @(CTX_IDLED_AT, r1)
    add     #1, r2
    mov.l   r2, @(CTX_IDLED, r1)
    mov.l   spumone_trace_next_3, r0
    mov.l   @(CTX_ID, r4), r3
    mov.l   @r0, r1
    mov     #1, r2                      ! Event::Switch
    mov.l   r3, @(4, r1)
    mov.l   r2, @r1
    mov.l   .Ltrace_wrap3, r2
    add     #8, r1
    and     r2, r1
    mov.l   r1, @r0
.Lload_frame:                           ! R4 = context with a frame, RB=1, BL=1
    load_frame .Lslot_exception3, .Lslot_interrupt3, .Lccn3, .Lframe
    .global spumone_resume_rte
spumone_resume_rte:                     ! whoever goes on from a frame passes here
    rte
    nop

! --- Nobody has the core: resume_idle(R4 = context of the sleeping core), which works while there is work. Never comes back; an
! interrupt takes the core away, or what was worked at ends with somebody who gets it ---
    .balign 4
    .global spumone_resume_idle
spumone_resume_idle:
    mov.l   .Lslot_exception3, r0
    mov.l   r4, @r0
    mov.l   .Lslot_interrupt3, r0
    mov.l   r4, @r0
    mov.l   .Lstack2, r15
    mov.l   .Lsr_urgent, r0
.Lidle_open:                            ! R0 = SR with which interrupts are let in
    mov.l   .Lsr_rust2, r1
    ldc     r0, sr
    .rept   4
    nop
    .endr
    ldc     r1, sr
    mov.l   .Lrest, r0                  ! works, or sends the log; 0: nothing to do, else SR for what may come in between
    jsr     @r0
    nop
    tst     r0, r0
    bf      .Lidle_open
    mov.l   .Lsr_open, r1
    ldc     r1, sr
    sleep
    mov.l   .Lsr_urgent, r0
    bra     .Lidle_open
    nop

    .balign 4
.Lsr_trap:
    .long   0x700000f0                  ! MD=1, RB=1, BL=1, IMASK=15
.Lccn3:
    .long   0xff000000
    .global spumone_trace_next_3
spumone_trace_next_3:                    ! each core's own (machine.rs)
    .long   TRACE_NEXT
.Ltrace_wrap3:
    .long   TRACE_WRAP
.Lsr_rust2:
    .long   0x400000f0
.Lsr_open:
    .long   0x40000000
.Lsr_urgent:
    .long   0x40000000 + (OWN_LEVEL << 4)
.Lslot_exception3:
    .long   spumone_slot_exception
.Lslot_interrupt3:
    .long   spumone_slot_interrupt
.Lstack2:
    .long   spumone_stack_top
.Lrest:
    .long   spumone_rest
.Lframe:
    .short  CTX_FRAME
    .short  0

    .global spumone_vectors_end
spumone_vectors_end:
