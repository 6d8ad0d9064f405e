//! Floating point: arithmetic to the last bit, comparisons with NaN, conversions, and the functions that core has.

use core::fmt::Write;
use core::hint::black_box;

macro_rules! suite {
    ($name:ident, $ty:ident, $bits:ident) => {
        /// All of it for one type.
        pub fn $name(out: &mut dyn Write) {
            let edges: [$ty; 16] = [
                0.0, -0.0, 1.0, -1.5, 0.1, 1e10, -1e-10, $ty::MAX, $ty::MIN, $ty::MIN_POSITIVE, $ty::from_bits(1), $ty::EPSILON,
                $ty::INFINITY, $ty::NEG_INFINITY, $ty::NAN, 16777217.0,
            ];
            let show = |out: &mut dyn Write, x: $ty| {
                let _ = if x.is_nan() { write!(out, " nan") } else { write!(out, " {:x}", x.to_bits()) };
            };
            // `+ 0.0` after `min` and `max`: which of two zeros they give is not specified.
            for a in black_box(edges) {
                let _ = write!(out, "{a:?} {a} {a:e}");
                let _ = write!(out, " {} {} {} {} {} {}", a as u8, a as i8, a as u16, a as i16, a as u32, a as i32);
                let _ = write!(out, " {} {} {} {}", a as u64, a as i64, a as u128, a as i128);
                let _ = write!(out, " {:?} {} {}", a.classify(), a.is_sign_negative() && !a.is_nan(), a.is_finite());
                show(out, a.abs());
                show(out, -a);
                show(out, a.signum());
                show(out, a.recip());
                show(out, a as f32 as $ty);
                let _ = writeln!(out);
                for b in black_box(edges) {
                    for x in [a + b, a - b, a * b, a / b, a % b, a.min(b) + 0.0, a.max(b) + 0.0, a.copysign(b)] {
                        show(out, x);
                    }
                    let _ = write!(out, " {} {} {} {} {} {:?}", a == b, a != b, a < b, a <= b, a > b, a.partial_cmp(&b));
                    if !a.is_nan() && !b.is_nan() {
                        let _ = write!(out, " {:?} {}", a.total_cmp(&b), a.clamp(-2.0, 3.0));
                    }
                    let _ = writeln!(out);
                }
            }
            for n in black_box([0u64, 1, 3, 1 << 24, (1 << 24) + 1, (1 << 53) + 1, u64::MAX, 0x8000_0080_0000_0001]) {
                show(out, n as $ty);
                show(out, n as i64 as $ty);
                show(out, n as u32 as $ty);
                show(out, n as i32 as $ty);
                show(out, (n as u128 * n as u128) as $ty);
                show(out, -(n as i128) as $ty);
                show(out, n as u16 as $ty);
                show(out, n as i8 as $ty);
            }
            let _ = writeln!(out);
            for text in black_box(["1", "-2.5e-3", "3.4028235e38", "1e400", "4.9e-324", "0.1", "nan", "x", "", "123456789012345678901234567890"]) {
                match text.parse::<$ty>() {
                    Ok(x) => show(out, x),
                    Err(error) => {
                        let _ = write!(out, " {error}");
                    }
                }
            }
            let _ = writeln!(out);
        }
    };
}

suite!(run_f32, f32, u32);
suite!(run_f64, f64, u64);

/// What core offers beyond arithmetic.
pub fn functions(out: &mut dyn Write) {
    for x in black_box([0.0f64, -0.0, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999999999999994, 1e300, -123.456, 4503599627370497.5]) {
        let y = x as f32;
        let _ = writeln!(
            out,
            "{x:?} {:?} {:?} {:?} {:?} {:?} | {:?} {:?} {:?} {:?}",
            x.to_degrees(),
            x.mul_add_twice(),
            x.midpoint(3.0),
            x.rem_euclid_by(0.7),
            x.to_int(),
            y.to_degrees(),
            y.midpoint(3.0),
            y as f64,
            y.to_int(),
        );
        let _ = writeln!(out, "{x:.0} {x:.3} {x:10.2}| {x:<10.1}| {x:+e} {y:.2} {y:E}");
    }
}

trait More {
    fn mul_add_twice(self) -> Self;
    fn rem_euclid_by(self, by: Self) -> Self;
    fn to_int(self) -> i64;
}

impl More for f64 {
    fn mul_add_twice(self) -> Self {
        self * 2.0 + self
    }
    fn rem_euclid_by(self, by: Self) -> Self {
        let r = self % by;
        if r < 0.0 { r + by } else { r }
    }
    fn to_int(self) -> i64 {
        self as i64
    }
}

impl More for f32 {
    fn mul_add_twice(self) -> Self {
        self * 2.0 + self
    }
    fn rem_euclid_by(self, by: Self) -> Self {
        let r = self % by;
        if r < 0.0 { r + by } else { r }
    }
    fn to_int(self) -> i64 {
        self as i64
    }
}
