//! Loads and stores of general registers, memory logic, multiply-accumulate, cache operations.

use super::{
    Form,
    Mode::{At, Disp, Gbr, GbrIndexed, Indexed, Pair, PostInc, PreDec},
    Shape::{Memory, PcRelative},
    Size::{B, L, Unaligned, W},
};

pub(super) fn forms() -> Vec<Form> {
    let memory = [
        ("0110nnnnmmmm0000", "mov.b @Rm,Rn", B, At('m')),
        ("0110nnnnmmmm0001", "mov.w @Rm,Rn", W, At('m')),
        ("0110nnnnmmmm0010", "mov.l @Rm,Rn", L, At('m')),
        ("0010nnnnmmmm0000", "mov.b Rm,@Rn", B, At('n')),
        ("0010nnnnmmmm0001", "mov.w Rm,@Rn", W, At('n')),
        ("0010nnnnmmmm0010", "mov.l Rm,@Rn", L, At('n')),
        ("0110nnnnmmmm0100", "mov.b @Rm+,Rn", B, PostInc('m')),
        ("0110nnnnmmmm0101", "mov.w @Rm+,Rn", W, PostInc('m')),
        ("0110nnnnmmmm0110", "mov.l @Rm+,Rn", L, PostInc('m')),
        ("0010nnnnmmmm0100", "mov.b Rm,@-Rn", B, PreDec('n')),
        ("0010nnnnmmmm0101", "mov.w Rm,@-Rn", W, PreDec('n')),
        ("0010nnnnmmmm0110", "mov.l Rm,@-Rn", L, PreDec('n')),
        ("10000100mmmmdddd", "mov.b @(D,Rm),R0", B, Disp('m')),
        ("10000101mmmmdddd", "mov.w @(D,Rm),R0", W, Disp('m')),
        ("0101nnnnmmmmdddd", "mov.l @(D,Rm),Rn", L, Disp('m')),
        ("10000000nnnndddd", "mov.b R0,@(D,Rn)", B, Disp('n')),
        ("10000001nnnndddd", "mov.w R0,@(D,Rn)", W, Disp('n')),
        ("0001nnnnmmmmdddd", "mov.l Rm,@(D,Rn)", L, Disp('n')),
        ("0000nnnnmmmm1100", "mov.b @(R0,Rm),Rn", B, Indexed('m')),
        ("0000nnnnmmmm1101", "mov.w @(R0,Rm),Rn", W, Indexed('m')),
        ("0000nnnnmmmm1110", "mov.l @(R0,Rm),Rn", L, Indexed('m')),
        ("0000nnnnmmmm0100", "mov.b Rm,@(R0,Rn)", B, Indexed('n')),
        ("0000nnnnmmmm0101", "mov.w Rm,@(R0,Rn)", W, Indexed('n')),
        ("0000nnnnmmmm0110", "mov.l Rm,@(R0,Rn)", L, Indexed('n')),
        ("11000100dddddddd", "mov.b @(D,GBR),R0", B, Gbr),
        ("11000101dddddddd", "mov.w @(D,GBR),R0", W, Gbr),
        ("11000110dddddddd", "mov.l @(D,GBR),R0", L, Gbr),
        ("11000000dddddddd", "mov.b R0,@(D,GBR)", B, Gbr),
        ("11000001dddddddd", "mov.w R0,@(D,GBR)", W, Gbr),
        ("11000010dddddddd", "mov.l R0,@(D,GBR)", L, Gbr),
        ("11001101iiiiiiii", "and.b #U,@(R0,GBR)", B, GbrIndexed),
        ("11001111iiiiiiii", "or.b #U,@(R0,GBR)", B, GbrIndexed),
        ("11001100iiiiiiii", "tst.b #U,@(R0,GBR)", B, GbrIndexed),
        ("11001110iiiiiiii", "xor.b #U,@(R0,GBR)", B, GbrIndexed),
        ("0100nnnn00011011", "tas.b @Rn", B, At('n')),
        ("0000mmmm01100011", "movli.l @Rm,R0", L, At('m')),
        ("0000nnnn01110011", "movco.l R0,@Rn", L, At('n')),
        ("0100mmmm10101001", "movua.l @Rm,R0", Unaligned, At('m')),
        ("0100mmmm11101001", "movua.l @Rm+,R0", Unaligned, PostInc('m')),
        ("0000nnnn11000011", "movca.l R0,@Rn", L, At('n')),
        ("0000nnnnmmmm1111", "mac.l @Rm+,@Rn+", L, Pair),
        ("0100nnnnmmmm1111", "mac.w @Rm+,@Rn+", W, Pair),
        // Cache and prefetch: no effect that a program on one core can see, at any alignment.
        ("0000nnnn10000011", "pref @Rn", L, At('n')),
        ("0000nnnn10010011", "ocbi @Rn", L, At('n')),
        ("0000nnnn10100011", "ocbp @Rn", L, At('n')),
        ("0000nnnn10110011", "ocbwb @Rn", L, At('n')),
        ("0000nnnn11010011", "prefi @Rn", L, At('n')),
        ("0000nnnn11100011", "icbi @Rn", L, At('n')),
    ];
    let relative = [
        ("1001nnnndddddddd", "mov.w @(D,PC),Rn"),
        ("1101nnnndddddddd", "mov.l @(D,PC),Rn"),
        ("11000111dddddddd", "mova @(D,PC),R0"),
    ];
    let memory = memory.iter().map(|&(pattern, text, size, mode)| Form::new(pattern, text, Memory(size, mode)));
    memory.chain(relative.iter().map(|(pattern, text)| Form::new(pattern, text, PcRelative))).collect()
}
