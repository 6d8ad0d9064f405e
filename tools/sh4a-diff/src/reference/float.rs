//! What the SH-4A software manual says where QEMU 7.2 is no help: floating point.

use crate::record::{FPSCR, FPSCR_PR, FPUL, Record, T};
use crate::vector::Vector;

/// FPSCR.DN: denormalized numbers are zero.
pub(super) const DN: u32 = 1 << 18;
/// FPSCR cause bits E V Z O U I.
pub(super) const CAUSE: u32 = 0x3f << 12;

/// Cause and flag bit together.
const fn event(bit: u32) -> u32 {
    1 << (12 + bit) | 1 << (2 + bit)
}
pub(super) const INEXACT: u32 = event(0);
pub(super) const UNDERFLOW: u32 = event(1);
const DIVISION: u32 = event(3);
pub(super) const INVALID: u32 = event(4);

/// The quiet NaN that every invalid operation gives.
pub(super) const QNAN: u32 = 0x7fbf_ffff;

pub(super) fn single(bits: u32) -> f64 {
    f64::from(f32::from_bits(bits))
}

pub(super) fn is_denormal(bits: u32) -> bool {
    bits << 1 != 0 && bits & 0x7f80_0000 == 0
}

pub(super) fn is_nan(bits: u32) -> bool {
    bits << 1 > 0xff00_0000
}

/// SuperH: a NaN with the top fraction bit set signals.
pub(super) fn is_signalling(bits: u32) -> bool {
    is_nan(bits) && bits & 0x0040_0000 != 0
}

pub(super) fn raise(out: &mut Record, events: u32) {
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

/// Is this FPSCR, and do the values differ in nothing but the inexact event? The manual's descriptions of the approximations
/// always set it; whether an exact result does so too is left open here.
fn inexact_only(word: usize, expected: u32, ours: u32) -> bool {
    word == FPSCR && (expected ^ ours) & !INEXACT == 0
}

pub(crate) fn fsca_close(vector: &Vector, word: usize, expected: u32, ours: u32) -> bool {
    if inexact_only(word, expected, ours) {
        return true;
    }
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
    inexact_only(word, expected, ours)
        || word == at && !is_nan(expected) && (single(expected) - single(ours)).abs() <= 2f64.powi(exponent - 21)
}

/// Does a double fit `ftrc`'s result?
fn truncates(value: f64) -> bool {
    value.trunc() >= f64::from(i32::MIN) && value.trunc() <= f64::from(i32::MAX)
}

/// `ftrc`: NaN counts as too small, nothing but invalid is reported.
pub(crate) fn ftrc(vector: &Vector, out: &mut Record) {
    let input = &vector.input;
    let m = (vector.word >> 8) as u8;
    let value = if input[FPSCR] & FPSCR_PR == 0 { single(input[input.fr(m)]) } else { double(input, m) };
    out[FPUL] = match value {
        _ if truncates(value) => value as i32 as u32,
        _ if value > 0.0 => i32::MAX as u32,
        _ => i32::MIN as u32,
    };
    out[FPSCR] = input[FPSCR];
    raise(out, if truncates(value) { 0 } else { INVALID });
}

/// Bits of DRn.
fn double_bits(record: &Record, n: u8) -> u64 {
    u64::from(record[record.fr(n & 14)]) << 32 | u64::from(record[record.fr(n | 1)])
}

fn double(record: &Record, n: u8) -> f64 {
    f64::from_bits(double_bits(record, n))
}

const DOUBLE_INFINITY: u64 = 0x7ff0_0000_0000_0000;

fn quiet_and_signalling(record: &Record, n: u8) -> (bool, bool) {
    if record[FPSCR] & FPSCR_PR == 0 {
        let bits = record[record.fr(n)];
        return (is_nan(bits) && !is_signalling(bits), is_signalling(bits));
    }
    let bits = double_bits(record, n);
    let (nan, signalling) = (bits << 1 > DOUBLE_INFINITY << 1, bits & 1 << 51 != 0);
    (nan && !signalling, nan && signalling)
}

/// True for a comparison of which an operand is a quiet NaN and none a signalling one.
pub(crate) fn compares_quiet(vector: &Vector) -> bool {
    let both = [vector.word >> 8, vector.word >> 4].map(|n| quiet_and_signalling(&vector.input, n as u8 & 15));
    both.iter().any(|(quiet, _)| *quiet) && !both.iter().any(|(_, signalling)| *signalling)
}

/// `fcmp/eq` with a quiet NaN: not equal, and no event.
pub(crate) fn unequal(vector: &Vector, out: &mut Record) {
    out[T] = 0;
    out[FPSCR] = vector.input[FPSCR];
    raise(out, 0);
}
