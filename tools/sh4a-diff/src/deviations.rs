//! Where QEMU 7.2 and the manual differ, or the manual leaves room: what is expected instead, and why.
//!
//! Each entry names its vectors, what QEMU is asked instead (nothing, the same, or an equivalent it gets right), and how
//! QEMU's answer becomes the expected one. Whatever an entry does not touch must be equal, as everywhere else.

use crate::forms::Form;
use crate::record::{self, Record};
use crate::reference::{float, flush, integer, vectors};
use crate::vector::Vector;

/// What QEMU is run on for a vector.
#[derive(Clone, Copy)]
pub enum Ask {
    /// The vector as it is.
    AsIs,
    /// The vector with another initial state.
    Adapted(fn(&Vector, &mut Record)),
    /// Nothing: the expected result starts as the untouched state.
    Nothing,
}

/// One entry of the table.
pub struct Deviation {
    /// A short name for reports.
    pub name: &'static str,
    /// Why the expectation is right although QEMU says otherwise.
    pub reason: &'static str,
    /// Which vectors it concerns.
    pub applies: fn(&Vector) -> bool,
    /// What QEMU is run on.
    pub ask: Ask,
    /// Makes QEMU's answer (or the untouched state) the expected one.
    pub expect: fn(&Vector, &mut Record),
    /// May output word `word` be `ours` where `expected` was expected?
    pub close: fn(&Vector, word: usize, expected: u32, ours: u32) -> bool,
}

fn never(_: &Vector, _: usize, _: u32, _: u32) -> bool {
    false
}

fn is(vector: &Vector, names: &[&str]) -> bool {
    vector.form().is_some_and(|form| names.contains(&form.mnemonic()))
}

fn same_register(vector: &Vector) -> bool {
    vector.word >> 8 & 15 == vector.word >> 4 & 15
}

/// Instructions that QEMU gets wrong in some or all cases: they are tested by themselves, not in delay slots.
pub(crate) fn is_unfit_for_slot(form: &Form) -> bool {
    ["rotl", "rotr", "addv", "subv", "div1"].contains(&form.mnemonic())
}

/// The entries, the first that applies counts.
pub static TABLE: &[Deviation] = &[
    Deviation {
        name: "mac.w",
        reason: "QEMU 7.2 reads 32-bit operands for mac.w and raises a bus error where only 16-bit alignment holds (fixed in \
                 QEMU 9.0). The manual: 16-bit operands; with S=1 the product is added to MACL alone with 32-bit saturation, an \
                 overflow is noted in bit 0 of MACH.",
        applies: |vector| is(vector, &["mac.w"]),
        ask: Ask::Nothing,
        expect: integer::mac_w,
        close: never,
    },
    Deviation {
        name: "mac.l with S or one register",
        reason: "QEMU 7.2 masks MACH instead of saturating (fixed in QEMU 9.0), and reads the same longword twice for \
                 mac.l @Rn+,@Rn+. The manual: with S=1 the sum is limited to 48 bits, 0xffff8000_00000000 to \
                 0x00007fff_ffffffff; the second operand is read after the first increment.",
        applies: |vector| is(vector, &["mac.l"]) && (vector.input[record::S] & 1 == 1 || same_register(vector)),
        ask: Ask::AsIs,
        expect: integer::mac_l,
        close: never,
    },
    Deviation {
        name: "rotl, rotr",
        reason: "QEMU 7.2 clears T. The manual: T is the bit that leaves the register.",
        applies: |vector| is(vector, &["rotl", "rotr"]),
        ask: Ask::AsIs,
        expect: integer::rotate,
        close: never,
    },
    Deviation {
        name: "addv",
        reason: "QEMU 7.2 writes the sum to Rm. The manual: Rn + Rm -> Rn, overflow -> T.",
        applies: |vector| is(vector, &["addv"]),
        ask: Ask::AsIs,
        expect: integer::addv,
        close: never,
    },
    Deviation {
        name: "subv",
        reason: "QEMU 7.2 compares the difference's sign with Rm's instead of Rn's. The manual: Rn - Rm -> Rn, overflow -> T.",
        applies: |vector| is(vector, &["subv"]),
        ask: Ask::AsIs,
        expect: integer::subv,
        close: never,
    },
    Deviation {
        name: "div1 by itself or by zero",
        reason: "QEMU 7.2 takes the divisor after the dividend is shifted, and subtracts by adding the negated divisor, which \
                 gives no carry for zero. The manual's description reads the divisor first and compares.",
        applies: |vector| {
            is(vector, &["div1"]) && (same_register(vector) || vector.input[usize::from(vector.word >> 4 & 15)] == 0)
        },
        ask: Ask::AsIs,
        expect: integer::div1,
        close: never,
    },
    Deviation {
        name: "movua.l @R0+,R0",
        reason: "QEMU 7.2 increments after loading. The manual increments first, as for mov.l @Rn+,Rn: R0 is what was loaded.",
        applies: |vector| {
            vector.form().is_some_and(|form| form.text == "movua.l @Rm+,R0") && vector.word >> 8 & 15 == 0
        },
        ask: Ask::AsIs,
        expect: integer::movua_same,
        close: never,
    },
    Deviation {
        name: "fsca",
        reason: "QEMU 7.2 has no fsca. The manual: sine and cosine of FPUL[15:0] / 65536 of a turn, with an error of at most \
                 2^-22.",
        applies: |vector| is(vector, &["fsca"]),
        ask: Ask::Nothing,
        expect: float::fsca,
        close: float::fsca_close,
    },
    Deviation {
        name: "fsrra",
        reason: "QEMU 7.2 has no fsrra. The manual: reciprocal square root with an error of at most 2^(exponent - 21); \
                 exceptions as for fsqrt, and Z for zeros.",
        applies: |vector| is(vector, &["fsrra"]),
        ask: Ask::Nothing,
        expect: float::fsrra,
        close: float::fsrra_close,
    },
    Deviation {
        name: "fipr, ftrv",
        reason: "QEMU 7.2 executes them with PR=1 only, where they do not exist, numbers the vectors in steps of one register and \
                 takes the bank from SR. The manual: see reference::vectors.",
        applies: |vector| is(vector, &["fipr", "ftrv"]),
        ask: Ask::Nothing,
        expect: vectors::expect,
        close: vectors::close,
    },
    Deviation {
        name: "ftrc",
        reason: "QEMU 7.2 reports inexact and turns NaN into 0x7fffffff. The manual: the only event is invalid, and NaN gives \
                 0x80000000.",
        applies: |vector| is(vector, &["ftrc"]),
        ask: Ask::AsIs,
        expect: float::ftrc,
        close: never,
    },
    Deviation {
        name: "fcmp/eq with a quiet NaN",
        reason: "QEMU 7.2 reports invalid. The manual: only a signalling NaN is invalid for fcmp/eq.",
        applies: |vector| is(vector, &["fcmp/eq"]) && float::compares_quiet(vector),
        ask: Ask::AsIs,
        expect: float::unequal,
        close: never,
    },
    Deviation {
        name: "denormalized numbers with DN=1",
        reason: "QEMU 7.2 leaves denormalized operands as they are, and reports nothing when it makes a result zero. The manual: \
                 with DN=1 a denormalized operand counts as zero (QEMU is asked with those zeros), and a result that is made \
                 zero is an underflow and inexact.",
        applies: flush::applies,
        ask: Ask::Adapted(flush::flush),
        expect: flush::expect,
        close: never,
    },
];

/// The entry for a vector, if any.
pub fn find(vector: &Vector) -> Option<&'static Deviation> {
    TABLE.iter().find(|entry| (entry.applies)(vector))
}
