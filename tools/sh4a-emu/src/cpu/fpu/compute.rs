//! The operations on bit patterns, without registers: each gives a bit pattern and the causes.

use super::format::{Class, Format, Mode, Outcome, cause, checked_outcome, class, flushed, operands, outcome, sign};
use rustc_apfloat::ieee::{Double, Single};
use rustc_apfloat::{Float, FloatConvert, Round, Status, StatusAnd};
use std::cmp::Ordering;

/// Two-operand operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binary {
    Add,
    Sub,
    Mul,
    Div,
}

/// `n` op `m`.
pub(super) fn binary<F: Format>(op: Binary, n: u64, m: u64, mode: Mode) -> Outcome {
    let [n, m] = match operands::<F, 2>([n, m], mode) {
        Ok(values) => values,
        Err(outcome) => return outcome,
    };
    let compute = |n: F, m: F| match op {
        Binary::Add => n.add_r(m, mode.round),
        Binary::Sub => n.sub_r(m, mode.round),
        Binary::Mul => n.mul_r(m, mode.round),
        Binary::Div => n.div_r(m, mode.round),
    };
    let both = matches!(op, Binary::Add | Binary::Sub);
    checked_outcome(compute(n, m), mode, |by| compute(n.scalbn(by), if both { m.scalbn(by) } else { m }).value)
}

/// `a * b + c`, rounded once.
pub(super) fn multiply_add(a: u64, b: u64, c: u64, mode: Mode) -> Outcome {
    // 0 * infinity is invalid even when the addend is a quiet NaN.
    let product_invalid = matches!(
        (class::<Single>(flushed::<Single>(a, mode)), class::<Single>(flushed::<Single>(b, mode))),
        (Class::Zero, Class::Infinity) | (Class::Infinity, Class::Zero)
    );
    if product_invalid {
        return (Single::QNAN, cause::INVALID);
    }
    match operands::<Single, 3>([a, b, c], mode) {
        Ok([a, b, c]) => checked_outcome(a.mul_add_r(b, c, mode.round), mode, |by| {
            a.scalbn(by).mul_add_r(b, c.scalbn(by), mode.round).value
        }),
        Err(outcome) => outcome,
    }
}

/// Square root by integer arithmetic: enough bits of the root, and whether something is left over.
pub(super) fn square_root<F: Format>(bits: u64, mode: Mode) -> Outcome {
    let [value] = match operands::<F, 1>([bits], mode) {
        Ok(values) => values,
        Err(outcome) => return outcome,
    };
    let bits = value.to_bits() as u64;
    match class::<F>(bits) {
        Class::Zero => return (bits, 0),
        _ if sign::<F>(bits) != 0 => return (F::QNAN, cause::INVALID),
        Class::Infinity => return (bits, 0),
        _ => {}
    }
    let field = bits >> F::FRACTION;
    let fraction = u128::from(bits & ((1 << F::FRACTION) - 1));
    let bias = (1i64 << (F::WIDTH - 2 - F::FRACTION)) - 1;
    // value = significand * 2^exponent
    let (mut significand, mut exponent) = match field {
        0 => (fraction, 1 - bias - i64::from(F::FRACTION)),
        _ => (fraction | 1 << F::FRACTION, field as i64 - bias - i64::from(F::FRACTION)),
    };
    // Make it long enough for FRACTION + 3 bits of root, and the exponent even.
    let wanted = 2 * F::FRACTION + 6;
    let shift = wanted.saturating_sub(128 - significand.leading_zeros());
    significand <<= shift;
    exponent -= i64::from(shift);
    if exponent & 1 != 0 {
        significand <<= 1;
        exponent -= 1;
    }
    let root = significand.isqrt();
    let sticky = u128::from(root * root != significand);
    let rounded = F::from_u128_r(root << 1 | sticky, mode.round);
    let scaled = rounded.value.scalbn(exponent as i32 / 2 - 1);
    outcome(StatusAnd { status: rounded.status, value: scaled }, mode)
}

/// fcmp: how `n` stands to `m`, `None` if unordered. With `signal_quiet` a quiet NaN is invalid as well.
pub(super) fn compare<F: Format>(n: u64, m: u64, mode: Mode, signal_quiet: bool) -> (Option<Ordering>, u32) {
    let any = |wanted| class::<F>(n) == wanted || class::<F>(m) == wanted;
    if any(Class::Signaling) || signal_quiet && any(Class::Quiet) {
        return (None, cause::INVALID);
    }
    if any(Class::Quiet) {
        return (None, 0);
    }
    let value = |bits| F::from_bits(flushed::<F>(bits, mode).into());
    (value(n).partial_cmp(&value(m)), 0)
}

/// ftrc: towards zero; what does not fit, and NaN, is invalid. NaN counts as negative.
pub(super) fn truncate<F: Format>(bits: u64, mode: Mode) -> (u32, u32) {
    let bits = flushed::<F>(bits, mode);
    if matches!(class::<F>(bits), Class::Quiet | Class::Signaling) {
        return (0x8000_0000, cause::INVALID);
    }
    let mut exact = false;
    let result = F::from_bits(bits.into()).to_i128_r(32, Round::TowardZero, &mut exact);
    match result.status.contains(Status::INVALID_OP) {
        false => (result.value as u32, 0),
        true if sign::<F>(bits) != 0 => (0x8000_0000, cause::INVALID),
        true => (0x7fff_ffff, cause::INVALID),
    }
}

/// float: a signed integer.
pub(super) fn from_integer<F: Format>(value: u32, mode: Mode) -> Outcome {
    outcome(F::from_i128_r(i128::from(value as i32), mode.round), mode)
}

/// fcnvsd, fcnvds.
pub(super) fn convert<F: Format + FloatConvert<T>, T: Format>(bits: u64, mode: Mode) -> Outcome {
    match operands::<F, 1>([bits], mode) {
        Ok([value]) => {
            let mut loses_info = false;
            let result: StatusAnd<T> = value.convert_r(mode.round, &mut loses_info);
            checked_outcome(result, mode, |by| value.scalbn(by).convert_r(mode.round, &mut false).value)
        }
        Err((_, causes)) if causes & cause::ERROR != 0 => (0, causes),
        Err((_, causes)) => (T::QNAN, causes),
    }
}

/// The sum of four products, rounded to single at the end: closer than the manual promises (2^-25 of the largest product). The
/// products are exact in double; what their sum loses counts as inexact.
pub(super) fn inner_product(left: [u32; 4], right: [u32; 4], mode: Mode) -> Outcome {
    let bits = |bits: u32| flushed::<Single>(bits.into(), mode);
    let pairs = left.into_iter().zip(right);
    let impossible = pairs.clone().any(|(a, b)| {
        let classes = (class::<Single>(bits(a)), class::<Single>(bits(b)));
        matches!(classes, (Class::Zero, Class::Infinity) | (Class::Infinity, Class::Zero))
    });
    if impossible {
        return (Single::QNAN, cause::INVALID);
    }
    let operand = |index: usize| u64::from(if index < 4 { left[index] } else { right[index - 4] });
    if let Err(outcome) = operands::<Single, 8>(std::array::from_fn(operand), mode) {
        return outcome;
    }
    let number = |value: u32| f64::from(f32::from_bits(bits(value) as u32));
    let (mut sum, mut exact) = (0.0, true);
    for (index, (a, b)) in pairs.enumerate() {
        let product = number(a) * number(b);
        let next = if index == 0 { product } else { sum + product };
        exact &= index == 0 || next - sum == product && next - product == sum;
        sum = next;
    }
    if sum.is_nan() {
        return (Single::QNAN, cause::INVALID); // infinities of both signs
    }
    let (result, causes) = convert::<Double, Single>(sum.to_bits(), Mode { flush: mode.flush, error: false, ..mode });
    (result, if exact || sum.is_infinite() { causes } else { causes | cause::INEXACT })
}

/// fsrra: 1 / sqrt(x), as two operations.
pub(super) fn reciprocal_root(bits: u64, mode: Mode) -> Outcome {
    let (root, first) = square_root::<Single>(bits, mode);
    if first & (cause::INVALID | cause::ERROR) != 0 {
        return (root, first);
    }
    let (result, second) = binary::<Single>(Binary::Div, 0x3f80_0000, root, mode);
    (result, first | second)
}

/// fsca: sine and cosine of `angle` / 65536 of a full circle. The low 16 bits count. Correct at multiples of a quarter circle,
/// elsewhere within half a unit in the last place or so; no host function is involved, so that every host agrees.
pub(super) fn sine_cosine(angle: u32) -> (u32, u32, u32) {
    let angle = angle & 0xffff;
    let (quarter, rest) = (angle >> 14, angle & 0x3fff);
    let (sine, cosine) = if rest <= 0x2000 {
        series(rest)
    } else {
        let (sine, cosine) = series(0x4000 - rest);
        (cosine, sine)
    };
    let (sine, cosine) = match quarter {
        0 => (sine, cosine),
        1 => (cosine, -sine),
        2 => (-sine, -cosine),
        _ => (-cosine, sine),
    };
    let bits = |value: f64| if value == 0.0 { 0 } else { (value as f32).to_bits() };
    (bits(sine), bits(cosine), if rest == 0 { 0 } else { cause::INEXACT })
}

/// Sine and cosine of at most an eighth of the circle by their power series: twelve terms leave an error below 2^-60.
fn series(angle: u32) -> (f64, f64) {
    let x = f64::from(angle) * (std::f64::consts::PI / 32768.0);
    let (mut sine, mut cosine) = (0.0, 0.0);
    let mut term = 1.0;
    let mut terms = [0.0; 24];
    for (power, place) in terms.iter_mut().enumerate() {
        *place = term;
        term = term * x / (power + 1) as f64;
    }
    for (power, term) in terms.into_iter().enumerate().rev() {
        let signed = if power / 2 % 2 == 0 { term } else { -term };
        if power % 2 == 0 {
            cosine += signed;
        } else {
            sine += signed;
        }
    }
    (sine, cosine)
}
