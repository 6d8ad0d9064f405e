//! Casts between all integer types, `char`, `bool`, and byte orders.

use core::fmt::Write;
use core::hint::black_box;

macro_rules! to_all {
    ($out:ident, $value:expr) => {
        let v = $value;
        let _ = writeln!(
            $out,
            "{v}: {} {} {} {} {} {} {} {} {} {}",
            v as u8, v as i8, v as u16, v as i16, v as u32, v as i32, v as u64, v as i64, v as u128, v as i128
        );
    };
}

/// Every pair of types, at values that show sign extension and truncation.
pub fn run(out: &mut dyn Write) {
    for seed in black_box([0u128, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xdead_beef, 1 << 63, u128::MAX, 0x0123_4567_89ab_cdef << 40]) {
        to_all!(out, seed as u8);
        to_all!(out, seed as i8);
        to_all!(out, seed as u16);
        to_all!(out, seed as i16);
        to_all!(out, seed as u32);
        to_all!(out, seed as i32);
        to_all!(out, seed as u64);
        to_all!(out, seed as i64);
        to_all!(out, seed);
        to_all!(out, seed as i128);
        let _ = writeln!(out, "{:?} {:?}", u8::try_from(seed).ok(), i32::try_from(seed).ok());
        let _ = writeln!(out, "{:?} {:?} {:?}", char::from_u32(seed as u32), (seed as u8) as char, (seed & 1 == 1) as u64);
        let _ = writeln!(out, "{:?} {:?}", (seed as u32).to_be_bytes(), (seed as u64).to_le_bytes());
        let _ = writeln!(out, "{} {}", u16::from_be_bytes([seed as u8, 3]), i32::from_le_bytes([1, 2, 3, seed as u8]));
        let _ = writeln!(out, "{}", u128::from_be_bytes(seed.to_le_bytes()));
    }
    for c in black_box(['a', 'Z', 'é', '→', '😀']) {
        let _ = writeln!(out, "{} {} {:?}", c as u32, c as u8, c.to_ascii_uppercase());
    }
}
