! FPU contents of a context; needed only where more than one guest uses the FPU.

! SPUMONE is assembled without an FPU, so the instructions are written as numbers (SH-4A software manual, section 10).

    .section .text.fpu, "ax"
    .set    STS_FPSCR_R1, 0x016a
    .set    LDS_R1_FPSCR, 0x416a
    .set    LDS_R2_FPSCR, 0x426a
    .set    STSL_FPUL_PUSH_R4, 0x4452
    .set    LDSL_POP_R4_FPUL, 0x4456
    .set    FRCHG, 0xfbfd
    .set    FMOV_FR0_PUSH_R4, 0xf40b    ! + 0x10 * n
    .set    FMOV_POP_R4_FR0, 0xf049     ! + 0x100 * n
! save_fpu(R4 = context)
    .balign 4
    .global spumone_save_fpu
spumone_save_fpu:
    mov.w   .Lfpu_end, r0
    add     r0, r4
    .short  STS_FPSCR_R1
    mov     #0, r2
    .short  LDS_R2_FPSCR                   ! PR=0, SZ=0, FR=0
    .irp    n, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0
    .short  FMOV_FR0_PUSH_R4 + 0x10 * \n
    .endr
    .short  FRCHG
    .irp    n, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0
    .short  FMOV_FR0_PUSH_R4 + 0x10 * \n
    .endr
    .short  FRCHG
    mov.l   r1, @-r4
    .short  STSL_FPUL_PUSH_R4
    .short  LDS_R1_FPSCR
    rts
    nop

! load_fpu(R4 = context)
    .balign 4
    .global spumone_load_fpu
spumone_load_fpu:
    mov.w   .Lfpu, r0
    add     r0, r4
    mov     #0, r2
    .short  LDS_R2_FPSCR
    .short  LDSL_POP_R4_FPUL
    mov.l   @r4+, r1
    .short  FRCHG
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    .short  FMOV_POP_R4_FR0 + 0x100 * \n
    .endr
    .short  FRCHG
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    .short  FMOV_POP_R4_FR0 + 0x100 * \n
    .endr
    .short  LDS_R1_FPSCR
    rts
    nop

    .balign 4
.Lfpu:
    .short  CTX_FPU
.Lfpu_end:
    .short  CTX_FPU_END
