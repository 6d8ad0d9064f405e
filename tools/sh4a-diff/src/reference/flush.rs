//! FPSCR.DN = 1: denormalized operands count as zeros of their sign, and so do denormalized results.

use super::float::{DN, INEXACT, UNDERFLOW, is_denormal};
use crate::record::{FPSCR, FPSCR_PR, FPUL, Record};
use crate::vector::Vector;

/// The output words that hold the operands of an operation that honours DN, with the high word of a double first.
fn operands(vector: &Vector) -> Vec<(usize, Option<usize>)> {
    let Some(form) = vector.form() else { return Vec::new() };
    let (n, m) = ((vector.word >> 8 & 15) as u8, (vector.word >> 4 & 15) as u8);
    let input = &vector.input;
    let register = |r: u8| match input[FPSCR] & FPSCR_PR {
        0 => (input.fr(r), None),
        _ => (input.fr(r & 14), Some(input.fr(r | 1))),
    };
    match form.mnemonic() {
        "fadd" | "fsub" | "fmul" | "fdiv" | "fcmp/eq" | "fcmp/gt" => vec![register(n), register(m)],
        "fmac" => vec![register(n), register(m), register(0)],
        "fsqrt" | "fcnvds" => vec![register(n)],
        "fcnvsd" => vec![(FPUL, None)],
        _ => Vec::new(),
    }
}

fn denormal(record: &Record, (high, low): (usize, Option<usize>)) -> bool {
    match low {
        None => is_denormal(record[high]),
        Some(low) => record[high] & 0x7ff0_0000 == 0 && (record[high] << 1 | record[low]) != 0,
    }
}

/// True if DN is set and the operation honours it.
pub(crate) fn applies(vector: &Vector) -> bool {
    vector.input[FPSCR] & DN != 0 && !operands(vector).is_empty()
}

/// Makes the operands what DN makes of them.
pub(crate) fn flush(vector: &Vector, record: &mut Record) {
    for operand @ (high, low) in operands(vector) {
        if denormal(record, operand) {
            record[high] &= 0x8000_0000;
            if let Some(low) = low {
                record[low] = 0;
            }
        }
    }
}

/// The operands as numbers, after flushing.
fn values(vector: &Vector) -> Vec<f64> {
    let mut record = vector.input.clone();
    flush(vector, &mut record);
    let value = |(high, low): (usize, Option<usize>)| match low {
        None => f64::from(f32::from_bits(record[high])),
        Some(low) => f64::from_bits(u64::from(record[high]) << 32 | u64::from(record[low])),
    };
    operands(vector).into_iter().map(value).collect()
}

/// Is the exact result something else than zero? (Of results that are zero or denormalized.)
fn is_not_zero(vector: &Vector) -> bool {
    match (vector.form().map_or("", |form| form.mnemonic()), &values(vector)[..]) {
        ("fadd", [n, m]) => n + m != 0.0,
        ("fsub", [n, m]) => n - m != 0.0,
        ("fmul", [n, m]) => *n != 0.0 && *m != 0.0,
        ("fdiv", [n, m]) => *n != 0.0 && m.is_finite(),
        // The product of two singles is exact, and so is every sum that is nearly zero.
        ("fmac", [n, m, first]) => first * m + n != 0.0,
        ("fcnvds", [n]) => *n != 0.0,
        _ => false,
    }
}

/// Operands that are not the destination are unchanged after all; a result that was made zero is an underflow and inexact.
pub(crate) fn expect(vector: &Vector, out: &mut Record) {
    let destination = match vector.form().map_or("", |form| form.mnemonic()) {
        "fadd" | "fsub" | "fmul" | "fdiv" | "fmac" | "fsqrt" => operands(vector).first().copied(),
        "fcnvds" => Some((FPUL, None)),
        _ => None,
    };
    for operand @ (high, low) in operands(vector) {
        if Some(operand) != destination {
            out[high] = vector.input[high];
            if let Some(low) = low {
                out[low] = vector.input[low];
            }
        }
    }
    if let Some((high, low)) = destination
        && out[high] << 1 == 0
        && low.is_none_or(|low| out[low] == 0)
        && is_not_zero(vector)
    {
        out[FPSCR] |= UNDERFLOW | INEXACT;
    }
}
