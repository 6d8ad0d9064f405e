//! RP1 (SH-X3): the facts of a bare machine are those of Linux's arch/sh/kernel/cpu/sh4a/setup-shx3.c.

use super::{ScifPlace, TimerPlace};
use crate::cpu::mmio::{read32, write32};

/// The interrupt controller has levels.
pub const LEVELS: bool = true;
/// MAX_IPM of a guest: level 15 is SPUMONE's.
pub const GUEST_LOCK: u32 = 14;
/// Pclk of the bare machine.
pub const PCLK_KHZ: u32 = 50_000;
/// TMU3.
pub const TIMER: TimerPlace = TimerPlace { unit: 0xffc2_0000, intevt: 0x460 };
/// SCIF1.
pub const LINE: ScifPlace = ScifPlace { base: 0xffc4_0000, intevt: [0x780, 0x7a0, 0x7c0, 0x7e0] };

const BASE: u32 = 0xfe41_0000;
const INT2PRI: u32 = BASE + 0x800;
const INT2MSK: u32 = BASE + 0x820;
const INT2MSKCLR: u32 = BASE + 0x850;

/// Masks everything.
pub fn init() {
    for register in [BASE + 0x30, BASE + 0x40, INT2MSK, INT2MSK + 0x10, INT2MSK + 0x20] {
        write32(register, u32::MAX);
    }
}

/// Level register and field, mask register and bit.
fn place(intevt: u32) -> Option<(u32, u32, u32, u32)> {
    match intevt {
        0x400..=0x4a0 => {
            let channel = (intevt - 0x400) / 0x20;
            Some((INT2PRI, 4 * channel, 0, 1 + channel))
        }
        0x700..=0x8e0 => {
            let source = (intevt - 0x700) / 0x20;
            Some((INT2PRI + 4, 4 * (source / 4), 0x20, source))
        }
        _ => None,
    }
}

/// Sets level and unmasks.
pub fn unmask(intevt: u32, level: u32) -> bool {
    let Some((register, shift, mask, bit)) = place(intevt) else { return false };
    write32(register, read32(register) & !(0xf << shift) | level << shift);
    write32(INT2MSKCLR + mask, 1 << bit);
    true
}

/// Masks.
pub fn mask(intevt: u32) -> bool {
    let Some((.., mask, bit)) = place(intevt) else { return false };
    write32(INT2MSK + mask, 1 << bit);
    true
}

/// The board cannot switch itself off; nothing shall wake the core.
pub fn power_off() {
    init();
}
