! Registers of a vCPU on their way to another core and from there: copy(R4 = to, R5 = from, R6 = words / 4).

    .section .text.copy, "ax"
    .balign 4
    .global spumone_copy
spumone_copy:
    mov.l   @r5+, r0
    mov.l   @r5+, r1
    mov.l   @r5+, r2
    mov.l   @r5+, r3
    dt      r6
    mov.l   r0, @r4
    mov.l   r1, @(4, r4)
    mov.l   r2, @(8, r4)
    mov.l   r3, @(12, r4)
    bf/s    spumone_copy
    add     #16, r4
    rts
    nop

! Operand cache lines go to memory: write_back(R4 = address of the first, R5 = how many).
    .section .text.write_back, "ax"
    .balign 4
    .global spumone_write_back
spumone_write_back:
    ocbwb   @r4
    dt      r5
    bf/s    spumone_write_back
    add     #32, r4
    rts
    nop
