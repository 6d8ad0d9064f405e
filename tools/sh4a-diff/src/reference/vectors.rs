//! `fipr` and `ftrv`: sums of four products. The manual gives a bound for the error, not the order of the additions.

use super::float::{CAUSE, DN, INVALID, QNAN, is_denormal, is_nan, is_signalling, raise, single};
use crate::record::{FPSCR, Record};
use crate::vector::Vector;

/// What a sum of products must be.
enum Sum {
    /// A NaN, or an infinity, and whether invalid is reported.
    Special(u32, bool),
    /// Near this value; the largest product decides how near.
    Near { value: f64, largest: f64 },
}

fn sum(left: [u32; 4], right: [u32; 4], fpscr: u32) -> Sum {
    let flush = |bits: u32| if fpscr & DN != 0 && is_denormal(bits) { bits & 0x8000_0000 } else { bits };
    let (left, right) = (left.map(flush), right.map(flush));
    let either = |test: fn(u32) -> bool| left.iter().chain(&right).any(|bits| test(*bits));
    // Exact: 48 bits of product in 53 bits of fraction.
    let products: [f64; 4] = std::array::from_fn(|i| single(left[i]) * single(right[i]));
    let impossible = (0..4).any(|i| {
        let zero_by_infinity = |a: u32, b: u32| a << 1 == 0 && b << 1 == 0xff00_0000;
        zero_by_infinity(left[i], right[i]) || zero_by_infinity(right[i], left[i])
    });
    let (up, down) = (products.contains(&f64::INFINITY), products.contains(&f64::NEG_INFINITY));
    if either(is_signalling) || impossible {
        return Sum::Special(QNAN, true);
    }
    if either(is_nan) {
        return Sum::Special(QNAN, false);
    }
    match (up, down) {
        (true, true) => Sum::Special(QNAN, true),
        (true, false) => Sum::Special(0x7f80_0000, false),
        (false, true) => Sum::Special(0xff80_0000, false),
        (false, false) => Sum::Near {
            value: products.iter().sum(),
            largest: products.iter().map(|product| product.abs()).fold(0.0, f64::max),
        },
    }
}

/// The output word of each result and its sum.
fn sums(vector: &Vector) -> Vec<(usize, Sum)> {
    let input = &vector.input;
    let first = (vector.word >> 8 & 12) as u8;
    let fv = |first: u8| std::array::from_fn(|i| input[input.fr(first + i as u8)]);
    if vector.form().is_some_and(|form| form.mnemonic() == "fipr") {
        let other = (vector.word >> 8 & 3) as u8 * 4;
        return vec![(input.fr(first + 3), sum(fv(first), fv(other), input[FPSCR]))];
    }
    let row = |row: u8| std::array::from_fn(|i| input[input.xf(row + 4 * i as u8)]);
    (0..4).map(|i| (input.fr(first + i), sum(row(i), fv(first), input[FPSCR]))).collect()
}

pub(crate) fn expect(vector: &Vector, out: &mut Record) {
    let mut events = 0;
    for (word, sum) in sums(vector) {
        out[word] = match sum {
            Sum::Special(bits, invalid) => {
                events |= if invalid { INVALID } else { 0 };
                bits
            }
            Sum::Near { value, .. } => (value as f32).to_bits(),
        };
    }
    raise(out, events);
}

/// The manual's bound (SH-4 hardware manual, geometric operations): 2^-23 of the largest product, and 2^-23 of the result or the
/// smallest denormalized number. Whether overflow, underflow and inexact are reported is left open.
pub(crate) fn close(vector: &Vector, word: usize, expected: u32, ours: u32) -> bool {
    if word == FPSCR {
        let decided = !CAUSE & !0x7c | INVALID;
        return (expected ^ ours) & decided == 0 && ours & vector.input[FPSCR] & 0x7c == vector.input[FPSCR] & 0x7c;
    }
    let found = sums(vector).into_iter().find(|(at, _)| *at == word);
    let Some((_, Sum::Near { value, largest })) = found else { return false };
    let unit = 2f64.powi(-23);
    let bound = largest * unit + (value.abs() * unit).max(2f64.powi(-149));
    let smallest = if vector.input[FPSCR] & DN != 0 { f64::from(f32::MIN_POSITIVE) } else { 0.0 };
    let limit = f64::from(f32::MAX);
    if value.abs() + bound > limit && (is_nan(ours) || single(ours).abs() >= limit) {
        return !is_nan(ours) && single(ours).signum() == value.signum();
    }
    (single(ours) - value).abs() <= bound.max(smallest)
}
