//! Operand values: edges more often than chance would give them.

use fastrand::Rng;

const INTEGERS: [u32; 24] = [
    0,
    1,
    2,
    3,
    0xffff_ffff,
    0xffff_fffe,
    0x7fff_ffff,
    0x8000_0000,
    0x8000_0001,
    0x7fff,
    0x8000,
    0xffff,
    0x1_0000,
    0x7f,
    0x80,
    0xff,
    0x100,
    31,
    32,
    0xffff_ffe0,
    0xffff_ff80,
    0xffff_8000,
    0x5555_5555,
    0xaaaa_aaaa,
];

const SINGLES: [u32; 22] = [
    0x0000_0000,
    0x3f80_0000,
    0x4000_0000,
    0x3f00_0000,
    0x0080_0000,
    0x0080_0001,
    0x7f7f_ffff,
    0x7f80_0000,
    0x3fff_ffff,
    0x3f80_0001,
    0x4b00_0000,
    0x4b7f_ffff,
    0x4eff_ffff,
    0x4f00_0000,
    0x4f00_0001,
    0x3eaa_aaab,
    0x4049_0fdb,
    0x1f80_0000,
    0x5f00_0000,
    0x00ff_ffff,
    0x7e80_0000,
    0x3f7f_ffff,
];

/// SuperH's quiet NaNs have the top fraction bit clear, its signalling ones have it set.
const NANS: [u32; 5] = [0x7fbf_ffff, 0x7f80_0001, 0x7fc0_0000, 0x7fff_ffff, 0x7fa0_1234];

const DENORMALS: [u32; 4] = [0x0000_0001, 0x007f_ffff, 0x0040_0000, 0x0000_1234];

const DOUBLES: [u64; 16] = [
    0x0000_0000_0000_0000,
    0x3ff0_0000_0000_0000,
    0x4000_0000_0000_0000,
    0x3fe0_0000_0000_0000,
    0x0010_0000_0000_0000,
    0x7fef_ffff_ffff_ffff,
    0x7ff0_0000_0000_0000,
    0x3fff_ffff_ffff_ffff,
    0x3ff0_0000_0000_0001,
    0x41df_ffff_ffc0_0000,
    0x41e0_0000_0000_0000,
    0x47ef_ffff_e000_0000,
    0x47ef_ffff_f000_0000,
    0x3810_0000_0000_0000,
    0x3690_0000_0000_0000,
    0x4330_0000_0000_0001,
];

const DOUBLE_NANS: [u64; 3] = [0x7ff7_ffff_ffff_ffff, 0x7ff8_0000_0000_0000, 0x7ff0_0000_0000_0001];

const DOUBLE_DENORMALS: [u64; 3] = [1, 0x000f_ffff_ffff_ffff, 0x0008_0000_0000_0000];

/// A general register's or memory word's value.
pub(crate) fn integer(rng: &mut Rng) -> u32 {
    match rng.u8(..4) {
        0 => INTEGERS[rng.usize(..INTEGERS.len())],
        1 => rng.u32(..) >> rng.u32(..32),
        _ => rng.u32(..),
    }
}

/// A single-precision operand's bits.
pub(crate) fn single(rng: &mut Rng) -> u32 {
    let sign = rng.u32(..2) << 31;
    sign | match rng.u8(..16) {
        0..4 => SINGLES[rng.usize(..SINGLES.len())],
        4 => NANS[rng.usize(..NANS.len())],
        5 => DENORMALS[rng.usize(..DENORMALS.len())],
        6..12 => rng.u32(0x3e00_0000..0x4200_0000),
        12 => rng.u32(0x4a00_0000..0x5000_0000),
        13 => rng.u32(0x3f80_0000..0x3f80_0010),
        _ => rng.u32(..0x7f80_0000),
    }
}

/// A double-precision operand's bits.
pub(crate) fn double(rng: &mut Rng) -> u64 {
    let sign = rng.u64(..2) << 63;
    sign | match rng.u8(..16) {
        0..4 => DOUBLES[rng.usize(..DOUBLES.len())],
        4 => DOUBLE_NANS[rng.usize(..DOUBLE_NANS.len())],
        5 => DOUBLE_DENORMALS[rng.usize(..DOUBLE_DENORMALS.len())],
        6..11 => rng.u64(0x3fc0_0000_0000_0000..0x4040_0000_0000_0000),
        11 => rng.u64(0x41d0_0000_0000_0000..0x41f0_0000_0000_0000),
        12 => rng.u64(0x3680_0000_0000_0000..0x3820_0000_0000_0000),
        13 => rng.u64(0x47e0_0000_0000_0000..0x4800_0000_0000_0000),
        _ => rng.u64(..0x7ff0_0000_0000_0000),
    }
}
