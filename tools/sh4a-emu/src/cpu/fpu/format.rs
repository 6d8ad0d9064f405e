//! Single and double precision as the SH-4A knows them. NaNs differ from IEEE 754-2008's advice: the first fraction bit set
//! means *signaling*. Manual, "Non-Numbers (NaN)".

use rustc_apfloat::ieee::{Double, Single};
use rustc_apfloat::{Float, FloatConvert, Round, Status, StatusAnd};

/// Exception causes, in the order of FPSCR's fields.
pub(super) mod cause {
    pub(crate) const INEXACT: u32 = 1;
    pub(crate) const UNDERFLOW: u32 = 2;
    pub(crate) const OVERFLOW: u32 = 4;
    pub(crate) const DIVISION_BY_ZERO: u32 = 8;
    pub(crate) const INVALID: u32 = 16;
    pub(crate) const ERROR: u32 = 32;
}

/// What a bit pattern is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Zero,
    Denormal,
    Normal,
    Infinity,
    Quiet,
    Signaling,
}

/// A bit pattern and the causes that making it had.
pub(super) type Outcome = (u64, u32);

/// How FPSCR wants results.
#[derive(Clone, Copy)]
pub(super) struct Mode {
    pub(super) round: Round,
    /// FPSCR.DN.
    pub(super) flush: bool,
    /// A denormalized operand is an FPU error while DN = 0.
    pub(super) error: bool,
}

/// One of the two precisions.
pub(super) trait Format: Float + FloatConvert<Single> + FloatConvert<Double> {
    /// Fraction bits.
    const FRACTION: u32;
    /// All bits.
    const WIDTH: u32;
    /// The quiet NaN that operations give.
    const QNAN: u64;
}

impl Format for Single {
    const FRACTION: u32 = 23;
    const WIDTH: u32 = 32;
    const QNAN: u64 = 0x7fbf_ffff;
}

impl Format for Double {
    const FRACTION: u32 = 52;
    const WIDTH: u32 = 64;
    const QNAN: u64 = 0x7ff7_ffff_ffff_ffff;
}

pub(super) fn class<F: Format>(bits: u64) -> Class {
    let fraction = bits & ((1 << F::FRACTION) - 1);
    let exponent_mask = (1 << (F::WIDTH - 1 - F::FRACTION)) - 1;
    match (bits >> F::FRACTION & exponent_mask, fraction) {
        (0, 0) => Class::Zero,
        (0, _) => Class::Denormal,
        (exponent, _) if exponent != exponent_mask => Class::Normal,
        (_, 0) => Class::Infinity,
        _ if fraction >> (F::FRACTION - 1) != 0 => Class::Signaling,
        _ => Class::Quiet,
    }
}

pub(super) fn sign<F: Format>(bits: u64) -> u64 {
    bits & 1 << (F::WIDTH - 1)
}

/// Applies DN to one operand.
pub(super) fn flushed<F: Format>(bits: u64, mode: Mode) -> u64 {
    if mode.flush && class::<F>(bits) == Class::Denormal { sign::<F>(bits) } else { bits }
}

/// What the operands alone decide: NaNs first, then denormals. `Err` is the outcome.
pub(super) fn operands<F: Format, const N: usize>(mut bits: [u64; N], mode: Mode) -> Result<[F; N], Outcome> {
    let any = |wanted| bits.iter().any(|&bits| class::<F>(bits) == wanted);
    if any(Class::Signaling) {
        return Err((F::QNAN, cause::INVALID));
    }
    if any(Class::Quiet) {
        return Err((F::QNAN, 0));
    }
    if any(Class::Denormal) && !mode.flush && mode.error {
        return Err((0, cause::ERROR));
    }
    for bits in &mut bits {
        *bits = flushed::<F>(*bits, mode);
    }
    Ok(bits.map(|bits| F::from_bits(bits.into())))
}

/// A power of two that a computation is scaled by, to see how far past the range of normal numbers it went.
const SCALE: i32 = 4;

/// Two things that the status does not tell. Towards zero an overflow gives the largest number, like a value that was only cut
/// there; and a value too small for a normal number may be rounded up to the smallest one. `scaled` is the same computation times
/// two to the given power, where neither happens.
pub(super) fn checked_outcome<F: Format>(result: StatusAnd<F>, mode: Mode, scaled: impl Fn(i32) -> F) -> Outcome {
    let (bits, causes) = outcome(result, mode);
    let field = |bits: u64| (bits & !(1 << (F::WIDTH - 1))) >> F::FRACTION;
    let magnitude = bits & !(1 << (F::WIDTH - 1));
    let largest = (F::QNAN | 1 << (F::FRACTION - 1)) - (1 << F::FRACTION);
    let smallest = 1 << F::FRACTION;
    let exponent = |scale| field(scaled(scale).to_bits() as u64) as i64 - i64::from(scale);
    if causes & cause::INEXACT == 0 {
        (bits, causes)
    } else if magnitude == largest && mode.round == Round::TowardZero && exponent(-SCALE) > field(largest) as i64 {
        (bits, causes | cause::OVERFLOW)
    } else if magnitude == smallest && mode.round != Round::TowardZero && exponent(SCALE) < 1 {
        (bits, causes | cause::UNDERFLOW)
    } else {
        (bits, causes)
    }
}

/// A computed value as the FPU gives it.
pub(super) fn outcome<F: Format>(result: StatusAnd<F>, mode: Mode) -> Outcome {
    let mut causes = 0;
    for (status, flag) in [
        (Status::INEXACT, cause::INEXACT),
        (Status::UNDERFLOW, cause::UNDERFLOW | cause::INEXACT),
        (Status::OVERFLOW, cause::OVERFLOW | cause::INEXACT),
        (Status::DIV_BY_ZERO, cause::DIVISION_BY_ZERO),
        (Status::INVALID_OP, cause::INVALID),
    ] {
        if result.status.contains(status) {
            causes |= flag;
        }
    }
    let bits = result.value.to_bits() as u64;
    match class::<F>(bits) {
        Class::Quiet | Class::Signaling => (F::QNAN, causes),
        Class::Denormal if mode.flush => (sign::<F>(bits), causes | cause::UNDERFLOW | cause::INEXACT),
        _ => (bits, causes),
    }
}
