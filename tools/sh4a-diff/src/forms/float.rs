//! Floating point. Where FPSCR.PR or SZ changes what a pattern means, there is one line for each meaning.

use super::{
    Form,
    Mode::{At, Indexed, PostInc, PreDec},
    Precision::{self, Any, Double, Single},
    Shape::{Memory, Plain},
    Size::{L, Q},
    Transfer,
};

const OPERATIONS: &[(&str, &str, Precision)] = &[
    ("1111nnnnmmmm0000", "fadd FRm,FRn", Single),
    ("1111nnnnmmmm0001", "fsub FRm,FRn", Single),
    ("1111nnnnmmmm0010", "fmul FRm,FRn", Single),
    ("1111nnnnmmmm0011", "fdiv FRm,FRn", Single),
    ("1111nnnnmmmm0100", "fcmp/eq FRm,FRn", Single),
    ("1111nnnnmmmm0101", "fcmp/gt FRm,FRn", Single),
    ("1111nnnnmmmm1110", "fmac FR0,FRm,FRn", Single),
    ("1111nnnn00101101", "float FPUL,FRn", Single),
    ("1111mmmm00111101", "ftrc FRm,FPUL", Single),
    ("1111nnnn01001101", "fneg FRn", Single),
    ("1111nnnn01011101", "fabs FRn", Single),
    ("1111nnnn01101101", "fsqrt FRn", Single),
    ("1111nnnn01111101", "fsrra FRn", Single),
    ("1111nnnn10001101", "fldi0 FRn", Single),
    ("1111nnnn10011101", "fldi1 FRn", Single),
    ("1111nnmm11101101", "fipr FVm,FVn", Single),
    ("1111nnn011111101", "fsca FPUL,DRn", Single),
    ("1111nn0111111101", "ftrv XMTRX,FVn", Single),
    ("1111101111111101", "frchg", Single),
    ("1111001111111101", "fschg", Single),
    ("1111nnn0mmm00000", "fadd DRm,DRn", Double),
    ("1111nnn0mmm00001", "fsub DRm,DRn", Double),
    ("1111nnn0mmm00010", "fmul DRm,DRn", Double),
    ("1111nnn0mmm00011", "fdiv DRm,DRn", Double),
    ("1111nnn0mmm00100", "fcmp/eq DRm,DRn", Double),
    ("1111nnn0mmm00101", "fcmp/gt DRm,DRn", Double),
    ("1111nnn000101101", "float FPUL,DRn", Double),
    ("1111mmm000111101", "ftrc DRm,FPUL", Double),
    ("1111nnn001001101", "fneg DRn", Double),
    ("1111nnn001011101", "fabs DRn", Double),
    ("1111nnn001101101", "fsqrt DRn", Double),
    ("1111nnn010101101", "fcnvsd FPUL,DRn", Double),
    ("1111mmm010111101", "fcnvds DRm,FPUL", Double),
    ("1111nnnn00001101", "fsts FPUL,FRn", Any),
    ("1111mmmm00011101", "flds FRm,FPUL", Any),
    ("1111011111111101", "fpchg", Any),
];

pub(super) fn forms() -> Vec<Form> {
    let float = |pattern, text, shape| Form { float: true, ..Form::new(pattern, text, shape) };
    let operations =
        OPERATIONS.iter().map(|&(pattern, text, precision)| Form { precision, ..float(pattern, text, Plain) });
    let moves =
        [("F", L, Transfer::One), ("X", Q, Transfer::Pair)].into_iter().flat_map(|(register, size, transfer)| {
            let pair = register == "X";
            let name = |one, two| if pair { two } else { one };
            [
                ("1111nnnnmmmm1100", name("fmov FRm,FRn", "fmov XRm,XRn"), Plain),
                ("1111nnnnmmmm1000", name("fmov.s @Rm,FRn", "fmov @Rm,XRn"), Memory(size, At('m'))),
                ("1111nnnnmmmm1001", name("fmov.s @Rm+,FRn", "fmov @Rm+,XRn"), Memory(size, PostInc('m'))),
                ("1111nnnnmmmm0110", name("fmov.s @(R0,Rm),FRn", "fmov @(R0,Rm),XRn"), Memory(size, Indexed('m'))),
                ("1111nnnnmmmm1010", name("fmov.s FRm,@Rn", "fmov XRm,@Rn"), Memory(size, At('n'))),
                ("1111nnnnmmmm1011", name("fmov.s FRm,@-Rn", "fmov XRm,@-Rn"), Memory(size, PreDec('n'))),
                ("1111nnnnmmmm0111", name("fmov.s FRm,@(R0,Rn)", "fmov XRm,@(R0,Rn)"), Memory(size, Indexed('n'))),
            ]
            .map(|(pattern, text, shape)| Form { transfer, ..float(pattern, text, shape) })
        });
    operations.chain(moves).collect()
}
