//! Control transfers.

use super::{
    Branch::{Conditional, Displacement, Register, Relative, Return},
    Form,
    Shape::Branch,
};

pub(super) fn forms() -> Vec<Form> {
    let forms = [
        ("10001001dddddddd", "bt D", Conditional { on: true, delayed: false }),
        ("10001011dddddddd", "bf D", Conditional { on: false, delayed: false }),
        ("10001101dddddddd", "bt/s D", Conditional { on: true, delayed: true }),
        ("10001111dddddddd", "bf/s D", Conditional { on: false, delayed: true }),
        ("1010dddddddddddd", "bra D", Displacement),
        ("1011dddddddddddd", "bsr D", Displacement),
        ("0000nnnn00100011", "braf Rn", Relative),
        ("0000nnnn00000011", "bsrf Rn", Relative),
        ("0100nnnn00101011", "jmp @Rn", Register),
        ("0100nnnn00001011", "jsr @Rn", Register),
        ("0000000000001011", "rts", Return),
    ];
    forms.iter().map(|&(pattern, text, branch)| Form::new(pattern, text, Branch(branch))).collect()
}
