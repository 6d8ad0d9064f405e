//! FPSCR.DN = 1: denormalized operands count as zeros of their sign.

use super::float::{DN, is_denormal};
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

/// True if an operand is denormalized and DN is set.
pub(crate) fn applies(vector: &Vector) -> bool {
    vector.input[FPSCR] & DN != 0 && operands(vector).into_iter().any(|operand| denormal(&vector.input, operand))
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

/// Operands that are not the destination are unchanged after all.
pub(crate) fn restore(vector: &Vector, out: &mut Record) {
    let name = vector.form().map_or("", |form| form.mnemonic());
    let destination = match name {
        "fadd" | "fsub" | "fmul" | "fdiv" | "fmac" | "fsqrt" => operands(vector).first().copied(),
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
}
