//! Every arithmetic method of every integer type at its edges: checked, wrapping, saturating, overflowing, shifts, bits.

use core::fmt::Write;
use core::hint::black_box;

macro_rules! binary {
    ($out:ident, $a:ident, $b:ident; $($method:ident)*) => { $( let _ = write!($out, " {:?}", $a.$method($b)); )* };
}

macro_rules! unary {
    ($out:ident, $a:ident; $($method:ident)*) => { $( let _ = write!($out, " {:?}", $a.$method()); )* };
}

macro_rules! suite {
    ($name:ident, $ty:ident, [$($extra:ident)*], [$($sign:ident)*]) => {
        /// All of it for one type.
        pub fn $name(out: &mut dyn Write) {
            let edges: [$ty; 12] = [
                $ty::MIN, $ty::MIN + 1, $ty::MAX / 2, $ty::MAX / 2 + 1, $ty::MAX - 1, $ty::MAX,
                0, 1, 2, 7, 100, (0x5a3c_96e1_77b4_0f2d_1234_8765_a9cb_def0u128 >> 3) as $ty,
            ];
            for a in black_box(edges) {
                let _ = write!(out, "{a}:");
                unary!(out, a; count_ones leading_zeros trailing_zeros swap_bytes reverse_bits checked_neg wrapping_neg overflowing_neg);
                unary!(out, a; $($sign)*);
                for n in black_box([0u32, 1, 3, $ty::BITS / 2, $ty::BITS - 1, $ty::BITS, $ty::BITS + 5, 255]) {
                    binary!(out, a, n; checked_shl checked_shr wrapping_shl wrapping_shr overflowing_shl overflowing_shr rotate_left rotate_right);
                }
                for n in black_box([0u32, 1, 2, 5]) {
                    binary!(out, a, n; checked_pow wrapping_pow saturating_pow overflowing_pow);
                }
                let _ = writeln!(out);
                for b in black_box(edges) {
                    let _ = write!(out, " {b}:");
                    binary!(out, a, b; checked_add checked_sub checked_mul checked_div checked_rem);
                    binary!(out, a, b; wrapping_add wrapping_sub wrapping_mul saturating_add saturating_sub saturating_mul);
                    binary!(out, a, b; overflowing_add overflowing_sub overflowing_mul abs_diff min max);
                    binary!(out, a, b; checked_div_euclid checked_rem_euclid $($extra)*);
                    let _ = write!(out, " {:?} {} {} {} {}", a.cmp(&b), a < b, a & b, a | b, a ^ b);
                    if b != 0 {
                        binary!(out, a, b; wrapping_div wrapping_rem overflowing_div overflowing_rem);
                    }
                    let _ = writeln!(out);
                }
            }
        }
    };
}

suite!(run_u8, u8, [midpoint], [checked_next_power_of_two is_power_of_two checked_ilog2 checked_ilog10 isqrt]);
suite!(run_u16, u16, [midpoint], [checked_next_power_of_two is_power_of_two checked_ilog2 checked_ilog10 isqrt]);
suite!(run_u32, u32, [midpoint], [checked_next_power_of_two is_power_of_two checked_ilog2 checked_ilog10 isqrt]);
suite!(run_u64, u64, [midpoint], [checked_next_power_of_two is_power_of_two checked_ilog2 checked_ilog10 isqrt]);
suite!(run_u128, u128, [midpoint], [checked_next_power_of_two is_power_of_two checked_ilog2 checked_ilog10 isqrt]);
suite!(run_i8, i8, [], [checked_abs wrapping_abs overflowing_abs saturating_abs signum unsigned_abs]);
suite!(run_i16, i16, [], [checked_abs wrapping_abs overflowing_abs saturating_abs signum unsigned_abs]);
suite!(run_i32, i32, [], [checked_abs wrapping_abs overflowing_abs saturating_abs signum unsigned_abs]);
suite!(run_i64, i64, [], [checked_abs wrapping_abs overflowing_abs saturating_abs signum unsigned_abs]);
suite!(run_i128, i128, [], [checked_abs wrapping_abs overflowing_abs saturating_abs signum unsigned_abs]);
