//! INTC of SH7751R (hardware manual, section 19; Linux arch/sh/kernel/cpu/sh4/setup-sh7750.c). Most sources have no mask:
//! level 0 masks them.

use super::mmio::{read16, read32, write16, write32};
use core::sync::atomic::{AtomicBool, Ordering};
use spumone_core::irq::Code;

const IPR: [u32; 4] = [0xffd0_0004, 0xffd0_0008, 0xffd0_000c, 0xffd0_0010];
const INTPRI00: u32 = 0xfe08_0000;
const INTMSK00: u32 = 0xfe08_0040;
const INTMSKCLR00: u32 = 0xfe08_0060;

enum Place {
    /// A 4-bit field of a 16-bit IPR.
    Ipr { register: u32, shift: u32 },
    /// A 4-bit field of INTPRI00 and a bit of INTMSK00.
    Extended { shift: u32, bit: u32 },
}

fn place(code: Code) -> Option<Place> {
    let [ipra, iprb, iprc, _] = IPR;
    Some(match code.intevt() {
        0x400 => Place::Ipr { register: ipra, shift: 12 },
        0x420 => Place::Ipr { register: ipra, shift: 8 },
        0x440 | 0x460 => Place::Ipr { register: ipra, shift: 4 },
        0x480..=0x4c0 => Place::Ipr { register: ipra, shift: 0 },
        0x4e0..=0x540 => Place::Ipr { register: iprb, shift: 4 },
        0x700..=0x760 => Place::Ipr { register: iprc, shift: 4 },
        0xb00 => Place::Extended { shift: 8, bit: 8 },
        0xb80 => Place::Extended { shift: 12, bit: 9 },
        _ => return None,
    })
}

/// Stock QEMU 7.2 has the sense of INTMSK00 the wrong way round: a 1 enables. It also resets it to 0, where the chip has 1s.
static MASK_ENABLES: AtomicBool = AtomicBool::new(false);

/// Masks everything; once, after reset.
pub fn init() {
    for register in IPR {
        write16(register, 0);
    }
    MASK_ENABLES.store(read32(INTMSK00) == 0, Ordering::Relaxed);
    set_masked(0x3ff, true);
    write32(INTPRI00, 0);
}

fn set_masked(bits: u32, masked: bool) {
    let register = if masked == MASK_ENABLES.load(Ordering::Relaxed) { INTMSKCLR00 } else { INTMSK00 };
    write32(register, bits);
}

/// True for a source that this table knows.
pub fn knows(code: Code) -> bool {
    place(code).is_some()
}

/// Sets the level and unmasks; false for a source that this table does not know.
pub fn unmask(code: Code, level: u8) -> bool {
    match place(code) {
        Some(Place::Ipr { register, shift }) => set_level(register, shift, level),
        Some(Place::Extended { shift, bit }) => {
            let others = read32(INTPRI00) & !(0xf << shift);
            write32(INTPRI00, others | u32::from(level & 0xf) << shift);
            set_masked(1 << bit, false);
        }
        None => return false,
    }
    true
}

/// Masks; false as above.
pub fn mask(code: Code) -> bool {
    match place(code) {
        Some(Place::Ipr { register, shift }) => set_level(register, shift, 0),
        Some(Place::Extended { bit, .. }) => set_masked(1 << bit, true),
        None => return false,
    }
    true
}

fn set_level(register: u32, shift: u32, level: u8) {
    let others = read16(register) & !(0xf << shift);
    write16(register, others | u16::from(level & 0xf) << shift);
}
