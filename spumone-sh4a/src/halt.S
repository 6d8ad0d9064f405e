! The end of a core: asleep, everything masked.

    .section .text.halt, "ax"
    .balign 4
    .global spumone_halt
spumone_halt:
    mov.l   .Lhalt_sr, r1
    ldc     r1, sr
.Lhalt_again:
    sleep
    bra     .Lhalt_again
    nop
    .balign 4
.Lhalt_sr:
    .long   0x400000f0                  ! MD=1, RB=0, BL=0, IMASK=15
