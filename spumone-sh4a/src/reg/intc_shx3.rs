//! INTC of SH-X3 (facts: Linux arch/sh/kernel/cpu/sh4a/setup-shx3.c).

use super::mmio::{read32, write32};
use spumone_core::irq::{Code, Codes};

const BASE: u32 = 0xfe41_0000;
/// Level fields of the on-chip sources, 4 bits each.
const INT2PRI: u32 = BASE + 0x800;
/// Write 1 to mask, for core 0; + 4 a core, + 0x10 a register.
const INT2MSK: u32 = BASE + 0x820;
/// Write 1 to unmask.
const INT2MSKCLR: u32 = BASE + 0x850;
/// Inter-core interrupts: set, clear, level; + 4 a core, a nibble a message.
const INTICI: u32 = BASE + 0x70;
const INTICICLR: u32 = BASE + 0x80;
const ICIPRI: u32 = BASE + 0x90;
const ICIPRICLR: u32 = BASE + 0xa0;
const INTMSK: [u32; 2] = [BASE + 0x30, BASE + 0x40];

/// Where a source's level and mask bit are.
struct Place {
    priority: u32,
    shift: u32,
    mask_register: u32,
    bit: u32,
}

fn place(code: Code) -> Option<Place> {
    match code.intevt() {
        // INT2PRI0 {-, HUDI, TMU5..TMU0}; INT2MSK0 bits 1..6.
        tmu @ 0x400..=0x4a0 => {
            let channel = (tmu - 0x400) / 0x20;
            Some(Place { priority: 0, shift: 4 * channel, mask_register: 0, bit: 1 + channel })
        }
        // INT2PRI1 {DTU3..DTU0, SCIF3..SCIF0}; INT2MSK2 bits 0..15: ERI, RXI, BRI, TXI of each.
        scif @ 0x700..=0x8e0 => {
            let source = (scif - 0x700) / 0x20;
            Some(Place { priority: 1, shift: 4 * (source / 4), mask_register: 2, bit: source })
        }
        _ => None,
    }
}

/// Masks everything on `core`; levels 0 if it is the first one.
pub fn init(core: u8) {
    let offset = 4 * u32::from(core);
    for register in INTMSK {
        write32(register + offset, 0xffff_ffff);
    }
    for register in 0..3 {
        write32(INT2MSK + 0x10 * register + offset, 0xffff_ffff);
    }
    write32(ICIPRICLR + offset, 0xffff_ffff);
    write32(INTICICLR + offset, 0xffff_ffff);
    if core == 0 {
        for register in 0..5 {
            write32(INT2PRI + 4 * register, 0);
        }
    }
}

/// True for a source that this table knows.
pub fn knows(code: Code) -> bool {
    place(code).is_some()
}

/// Sets the level, for all cores; false for a source that this table does not know. What has that level already is not written:
/// the register holds levels of other cores' sources too.
pub fn set_level(code: Code, level: u8) -> bool {
    let Some(place) = place(code) else { return false };
    let register = INT2PRI + 4 * place.priority;
    let old = read32(register);
    let new = old & !(0xf << place.shift) | u32::from(level & 0xf) << place.shift;
    if new != old {
        write32(register, new);
    }
    true
}

/// Sends inter-core interrupt `message` to `core`; it has taken effect when this returns.
pub fn raise(core: u8, message: u32) {
    let register = INTICI + 4 * u32::from(core);
    write32(register, 1 << (message << 2));
    read32(register);
}

/// Clears inter-core interrupt `message` of `core`.
pub fn clear(core: u8, message: u32) {
    let core = 4 * u32::from(core);
    write32(INTICICLR + core, 1 << (message << 2));
    read32(INTICI + core);
}

/// Sets the level of inter-core interrupt `message` on `core`, which was 0.
pub fn set_message_level(core: u8, message: u32, level: u8) {
    write32(ICIPRI + 4 * u32::from(core), u32::from(level) << (message << 2));
}

/// Unmasks on `core`; false as above.
pub fn unmask(core: u8, code: Code) -> bool {
    let Some(place) = place(code) else { return false };
    write32(INT2MSKCLR + 0x10 * place.mask_register + 4 * u32::from(core), 1 << place.bit);
    true
}

/// Masks on `core`; false as above. Its requests have stopped when this returns.
pub fn mask(core: u8, code: Code) -> bool {
    let Some(place) = place(code) else { return false };
    let register = INT2MSK + 0x10 * place.mask_register + 4 * u32::from(core);
    write32(register, 1 << place.bit);
    read32(register);
    true
}

/// Mask registers and their bits of a set of sources, as `place` has them: in the second word of the set the TMU's codes are bits 0 to 5,
/// the SCIF's begin at bit 24.
fn mask_bits(codes: Codes) -> [(u32, u32); 2] {
    let [_, low, high, _] = codes.to_words();
    [(0, (low & 0x3f) << 1), (2, low >> 24 | (high & 0xff) << 8)]
}

/// Unmasks on `core`.
pub fn unmask_all(core: u8, codes: Codes) {
    for (register, bits) in mask_bits(codes) {
        if bits != 0 {
            write32(INT2MSKCLR + 0x10 * register + 4 * u32::from(core), bits);
        }
    }
}

/// Masks on `core`; requests have stopped when this returns.
pub fn mask_all(core: u8, codes: Codes) {
    for (register, bits) in mask_bits(codes) {
        if bits != 0 {
            let register = INT2MSK + 0x10 * register + 4 * u32::from(core);
            write32(register, bits);
            read32(register);
        }
    }
}
