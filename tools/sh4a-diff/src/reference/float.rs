//! What the SH-4A software manual says where QEMU 7.2 is no help: floating point.

use crate::record::{FPSCR, FPUL, Record};
use crate::vector::Vector;

/// FPSCR.RM: round to zero.
const RM: u32 = 1;
/// FPSCR.DN: denormalized numbers are zero.
const DN: u32 = 1 << 18;
/// FPSCR cause bits E V Z O U I.
const CAUSE: u32 = 0x3f << 12;

/// Cause and flag bit together.
const fn event(bit: u32) -> u32 {
    1 << (12 + bit) | 1 << (2 + bit)
}
const INEXACT: u32 = event(0);
const UNDERFLOW: u32 = event(1);
const OVERFLOW: u32 = event(2);
const DIVISION: u32 = event(3);
const INVALID: u32 = event(4);

/// The quiet NaN that every invalid operation gives.
const QNAN: u32 = 0x7fbf_ffff;

fn single(bits: u32) -> f64 {
    f64::from(f32::from_bits(bits))
}

fn is_denormal(bits: u32) -> bool {
    bits << 1 != 0 && bits & 0x7f80_0000 == 0
}

fn is_nan(bits: u32) -> bool {
    bits << 1 > 0xff00_0000
}

/// SuperH: a NaN with the top fraction bit set signals.
fn is_signalling(bits: u32) -> bool {
    is_nan(bits) && bits & 0x0040_0000 != 0
}

fn raise(out: &mut Record, events: u32) {
    out[FPSCR] = out[FPSCR] & !CAUSE | events;
}

pub(crate) fn fsca(vector: &Vector, out: &mut Record) {
    let turn = f64::from(vector.input[FPUL] & 0xffff) / 65536.0;
    let (sine, cosine) = (turn * std::f64::consts::TAU).sin_cos();
    let at = vector.input.fr((vector.word >> 8 & 14) as u8);
    out[at] = (sine as f32).to_bits();
    out[at + 1] = (cosine as f32).to_bits();
    raise(out, INEXACT);
}

pub(crate) fn fsca_close(vector: &Vector, word: usize, expected: u32, ours: u32) -> bool {
    let at = vector.input.fr((vector.word >> 8 & 14) as u8);
    (at..at + 2).contains(&word) && (single(expected) - single(ours)).abs() <= 2f64.powi(-21)
}

pub(crate) fn fsrra(vector: &Vector, out: &mut Record) {
    let at = vector.input.fr((vector.word >> 8) as u8);
    let mut bits = vector.input[at];
    if is_denormal(bits) && vector.input[FPSCR] & DN != 0 {
        bits &= 0x8000_0000;
    }
    let (result, events) = match bits {
        _ if is_signalling(bits) => (QNAN, INVALID),
        _ if is_nan(bits) => (QNAN, 0),
        0x0000_0000 | 0x8000_0000 => (bits | 0x7f80_0000, DIVISION),
        0x8000_0001.. => (QNAN, INVALID),
        0x7f80_0000 => (0, 0),
        _ => (((1.0 / single(bits).sqrt()) as f32).to_bits(), INEXACT),
    };
    out[at] = result;
    raise(out, events);
}

pub(crate) fn fsrra_close(vector: &Vector, word: usize, expected: u32, ours: u32) -> bool {
    let at = vector.input.fr((vector.word >> 8) as u8);
    let exponent = (expected >> 23 & 0xff) as i32 - 127;
    word == at && !is_nan(expected) && (single(expected) - single(ours)).abs() <= 2f64.powi(exponent - 21)
}

/// `fipr` and `ftrv`: results within the manual's error of each other; the events that depend on it are left open.
pub(crate) fn vector_close(vector: &Vector, word: usize, expected: u32, ours: u32) -> bool {
    let input = &vector.input;
    let first = vector.word >> 8 & 12;
    let fr = |n: u16| input[input.fr(n as u8)];
    let whole = vector.form().is_some_and(|form| form.mnemonic() == "ftrv");
    if word == FPSCR {
        let open = INEXACT | UNDERFLOW | OVERFLOW;
        return expected & !open == ours & !open;
    }
    let base = input.fr(first as u8);
    let results = if whole { base..base + 4 } else { base + 3..base + 4 };
    if !results.contains(&word) {
        return false;
    }
    let row = (word - base) as u16;
    let product = |i: u16| {
        let other = if whole { input[input.xf((row + 4 * i) as u8)] } else { fr((vector.word >> 8 & 3) * 4 + i) };
        (single(fr(first + i)) * single(other)).abs()
    };
    let largest = (0..4).map(product).fold(0.0, f64::max);
    // Every one of QEMU's four products and three sums is rounded, up to half a unit or a whole one by FPSCR.RM.
    let unit = if input[FPSCR] & RM == 0 { 2f64.powi(-24) } else { 2f64.powi(-23) };
    let tolerance = largest * unit * 16.0 + 2f64.powi(-148);
    (single(expected) - single(ours)).abs() <= tolerance
}
