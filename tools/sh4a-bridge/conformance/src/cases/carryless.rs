//! Multiplication without carries.

use core::fmt::Write;
use core::hint::black_box;

macro_rules! all {
    ($out:ident, $($ty:ident)*) => { $(
        let factors: [$ty; 6] = [0, 1, 3, $ty::MAX, $ty::MAX / 3, (0x5a3c_96e1_77b4_0f2d_1234_8765_a9cb_def0u128 >> 3) as $ty];
        for a in black_box(factors) {
            for b in black_box(factors) {
                let _ = write!($out, " {}", a.carryless_mul(b));
            }
        }
        let _ = writeln!($out);
    )* };
}

/// Every width.
pub fn run(out: &mut dyn Write) {
    all!(out, u8 u16 u32 u64 u128);
}
