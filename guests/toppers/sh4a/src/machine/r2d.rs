//! The SH7751R board (hardware manual, section 19; Linux's arch/sh/kernel/cpu/sh4/setup-sh7750.c).

use super::{ScifPlace, TimerPlace};
use crate::cpu::mmio::{read16, read32, write16, write32};

/// Stock QEMU has no interrupt levels: only IMASK 15 masks, and a handler below it would be interrupted by its own source.
pub const LEVELS: bool = false;
/// MAX_IPM of a guest.
pub const GUEST_LOCK: u32 = 15;
/// Pclk of the bare machine, as QEMU has it.
pub const PCLK_KHZ: u32 = 60_000;
/// TMU3.
pub const TIMER: TimerPlace = TimerPlace { unit: 0xfe10_0000, intevt: 0xb00 };
/// SCIF; on SPUMONE it is Linux's.
pub const LINE: ScifPlace = ScifPlace { base: 0xffe8_0000, intevt: [0x700, 0x720, 0x740, 0x760] };

const IPRA: u32 = 0xffd0_0004;
const IPRC: u32 = 0xffd0_000c;
const INTPRI00: u32 = 0xfe08_0000;
const INTMSK00: u32 = 0xfe08_0040;
const INTMSKCLR00: u32 = 0xfe08_0060;
const PA_POWOFF: u32 = 0xa400_0030;

enum Place {
    Ipr(u32, u32),
    Extended(u32, u32),
}

fn place(intevt: u32) -> Option<Place> {
    match intevt {
        0x400..=0x440 => Some(Place::Ipr(IPRA, 12 - (intevt - 0x400) / 0x20 * 4)),
        0x700..=0x760 => Some(Place::Ipr(IPRC, 4)),
        0xb00 => Some(Place::Extended(8, 8)),
        0xb80 => Some(Place::Extended(12, 9)),
        _ => None,
    }
}

/// Masks everything.
pub fn init() {
    for register in [IPRA, IPRA + 4, IPRC, IPRC + 4] {
        write16(register, 0);
    }
    write32(INTMSK00, 0x3ff);
    write32(INTPRI00, 0);
}

/// Sets level and unmasks.
pub fn unmask(intevt: u32, level: u32) -> bool {
    match place(intevt) {
        Some(Place::Ipr(register, shift)) => set_level(register, shift, level),
        Some(Place::Extended(shift, bit)) => {
            write32(INTPRI00, read32(INTPRI00) & !(0xf << shift) | level << shift);
            write32(INTMSKCLR00, 1 << bit);
        }
        None => return false,
    }
    true
}

/// Masks.
pub fn mask(intevt: u32) -> bool {
    match place(intevt) {
        Some(Place::Ipr(register, shift)) => set_level(register, shift, 0),
        Some(Place::Extended(_, bit)) => write32(INTMSK00, 1 << bit),
        None => return false,
    }
    true
}

fn set_level(register: u32, shift: u32, level: u32) {
    write16(register, read16(register) & !(0xf << shift) | (level as u16) << shift);
}

/// The board switches itself off.
pub fn power_off() {
    write16(PA_POWOFF, 1);
}
