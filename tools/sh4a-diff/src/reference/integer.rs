//! What the SH-4A software manual says where QEMU 7.2 is no help: integer instructions.

use crate::record::{M_OR_S, MACH, MACL, Q_OR_MQ, R, Record, S, T, WINDOW};
use crate::vector::Vector;

fn n(vector: &Vector) -> usize {
    usize::from(vector.word >> 8 & 15)
}

fn m(vector: &Vector) -> usize {
    usize::from(vector.word >> 4 & 15)
}

/// The operands of a `mac`, and the address registers stepped: Rn is read first.
fn operands(vector: &Vector, out: &mut Record, bytes: u32) -> (i64, i64) {
    let memory: Vec<u8> = vector.input.0[WINDOW].iter().flat_map(|word| word.to_le_bytes()).collect();
    let mut take = |register: usize| {
        let at = (out[R + register] - vector.window) as usize;
        out[R + register] = out[R + register].wrapping_add(bytes);
        match bytes {
            2 => i64::from(i16::from_le_bytes([memory[at], memory[at + 1]])),
            _ => i64::from(i32::from_le_bytes([memory[at], memory[at + 1], memory[at + 2], memory[at + 3]])),
        }
    };
    let first = take(n(vector));
    (first, take(m(vector)))
}

fn mac(record: &Record) -> i64 {
    i64::from(record[MACH] as i32) << 32 | i64::from(record[MACL])
}

fn set_mac(record: &mut Record, value: i64) {
    record[MACH] = (value >> 32) as u32;
    record[MACL] = value as u32;
}

pub(crate) fn mac_w(vector: &Vector, out: &mut Record) {
    let (a, b) = operands(vector, out, 2);
    if vector.input[S] & 1 == 0 {
        let sum = mac(&vector.input).wrapping_add(a * b);
        return set_mac(out, sum);
    }
    let sum = i64::from(vector.input[MACL] as i32) + a * b;
    let limited = sum.clamp(i32::MIN.into(), i32::MAX.into());
    out[MACL] = limited as u32;
    out[MACH] |= u32::from(limited != sum);
}

pub(crate) fn mac_l(vector: &Vector, out: &mut Record) {
    let mut stepped = vector.input.untouched(vector.scratch);
    let (a, b) = operands(vector, &mut stepped, 4);
    if vector.input[S] & 1 == 0 {
        let sum = mac(&vector.input).wrapping_add(a.wrapping_mul(b));
        return set_mac(out, sum);
    }
    let sum = i128::from(mac(&vector.input)) + i128::from(a) * i128::from(b);
    set_mac(out, sum.clamp(-(1 << 47), (1 << 47) - 1) as i64);
}

/// T is the bit that was rotated around.
pub(crate) fn rotate(vector: &Vector, out: &mut Record) {
    let bit = if vector.text().starts_with("rotl") { 31 } else { 0 };
    out[T] = vector.input[R + n(vector)] >> bit & 1;
}

/// The sum goes to Rn, T tells a signed overflow.
pub(crate) fn addv(vector: &Vector, out: &mut Record) {
    let (a, b) = (vector.input[R + n(vector)] as i32, vector.input[R + m(vector)] as i32);
    let (sum, overflow) = a.overflowing_add(b);
    out[R + m(vector)] = b as u32;
    out[R + n(vector)] = sum as u32;
    out[T] = overflow.into();
}

/// T tells a signed overflow.
pub(crate) fn subv(vector: &Vector, out: &mut Record) {
    let (a, b) = (vector.input[R + n(vector)] as i32, vector.input[R + m(vector)] as i32);
    out[T] = a.overflowing_sub(b).1.into();
}

/// One step of a division: the divisor is Rm before the shift, the carry that of a true subtraction.
pub(crate) fn div1(vector: &Vector, out: &mut Record) {
    let (value, divisor) = (vector.input[R + n(vector)], vector.input[R + m(vector)]);
    let shifted = value << 1 | vector.input[T] & 1;
    let (m, q) = (vector.input[M_OR_S] >> 31 == 1, vector.input[Q_OR_MQ] >> 31 == 1);
    let (result, carry) = if m == q { shifted.overflowing_sub(divisor) } else { shifted.overflowing_add(divisor) };
    out[R + n(vector)] = result;
    let q = (value >> 31 == 1) ^ carry ^ m;
    out[T] = (q == m).into();
    out[Q_OR_MQ] = if q == m { 0x1f00_0000 } else { 0x2100_0000 };
}

/// The loaded value wins over the increment, as in every other load with post-increment of its own destination.
pub(crate) fn movua_same(vector: &Vector, out: &mut Record) {
    let at = (vector.input[R] - vector.window) as usize;
    let bytes = vector.input.0[WINDOW].iter().flat_map(|word| word.to_le_bytes());
    out[R] = bytes.skip(at).take(4).enumerate().map(|(i, byte)| u32::from(byte) << (8 * i)).sum();
}
