! System calls whose kernel part runs on another core. Assembled behind vectors.S, whose macros and conventions hold here too.

    .section .vectors, "awx"
! --- A general exception of a vCPU whose system calls run on another core: is it one? ---
    .balign 4
    .global spumone_syscall
spumone_syscall:
    mov.l   .Lccn4, r1
    mov.w   .Ltrapa, r3
    mov.l   @(0x24, r1), r0             ! EXPEVT
    cmp/eq  r3, r0
    bf      .Lno_syscall
    stc     ssr, r0
    mov.l   .Lmd, r3
    tst     r3, r0
    bf      .Lno_syscall                ! not of user mode
    mov.l   .Lslot_interrupt4, r1
    mov.l   @r1, r1
    mov.w   .Lframe_end4, r0
    add     r1, r0
    save_frame .Lccn4
    mov     #0, r4
    mov.l   .Lon_syscall, r3
    mov.l   .Lenter4, r2
    jmp     @r2
    nop
.Lno_syscall:
    mov.l   .Lslot_exception4, r1
    mov.w   .Lto_general4, r0
    mov.l   @r1, r1
    mov.l   @(CTX_HANDLER, r1), r1
    add     r1, r0
    jmp     @r0
    nop

! --- Enters the guest's own handler of general exceptions, as a TRAPA would: resume_trap(R4 = context) ---
    .balign 4
    .global spumone_resume_trap
spumone_resume_trap:
    mov.l   .Lsr_trap4, r0
    ldc     r4, r4_bank
    ldc     r0, sr                      ! bank 1 from here on
    load_frame .Lslot_exception4, .Lslot_interrupt4, .Lccn4, .Lframe4
    mov.w   .Lhandler_back, r0
    mov.w   .Lto_general4, r1
    mov.l   @(r0, r4), r0
    mov.l   .Lsr_bits, r3
    add     r1, r0
    stc     ssr, r1
    or      r3, r1
    ldc     r1, sr                      ! what the interrupted SR had, with MD, RB and BL
    jmp     @r0
    nop

    .balign 4
.Lslot_exception4:
    .long   spumone_slot_exception
.Lslot_interrupt4:
    .long   spumone_slot_interrupt
.Lccn4:
    .long   0xff000000
.Lsr_trap4:
    .long   0x700000f0                  ! MD=1, RB=1, BL=1, IMASK=15
.Lenter4:
    .long   spumone_enter
.Lmd:
    .long   0x40000000
.Lon_syscall:
    .long   spumone_on_syscall
.Lsr_bits:
    .long   0x70000000
.Lframe_end4:
    .short  CTX_FRAME_END
.Ltrapa:
    .short  0x160
.Lframe4:
    .short  CTX_FRAME
.Lhandler_back:
    .short  CTX_HANDLER - CTX_FRAME_END
.Lto_general4:
    .short  0x100 - 0x600
