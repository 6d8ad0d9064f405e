//! RP1 (SH-X3) on its board.

use crate::reg::{intc_shx3, scif::Scif};
use spumone_core::arch::CoreInfo;
use spumone_core::format;
use spumone_core::irq::Code;

/// Number in image, system table and hypercall table.
pub const BOARD: format::Board = format::Board::Rp1;
/// Core 0; I 600 MHz, P 50 MHz (FRQMR1 0x10252048).
pub const CORE_INFO: CoreInfo = CoreInfo { core: 0, core_khz: 600_000, pclk_khz: 50_000 };
/// The interrupt controller has levels.
pub const LEVELS: u32 = 1;
/// What is OR-ed into SSR to hold back an interrupt of a less urgent guest: IMASK 7.
pub const RAISE: u32 = 0x70;
/// PTEA exists.
pub const HAS_PTEA: u32 = 1;
/// SPUMONE's code does not lie in P1.
pub const P1_CODE: u32 = 0;
/// CCR at start: ICI, ICE, OCI, CB (P1 copy-back), OCE, and SNM: the hardware takes care of synonyms (aliases) in the operand
/// cache. Linux built for SH-X3 counts on it (arch/sh/mm/cache-shx3.c) and cannot set it, for CCR is SPUMONE's.
pub const CCR: u32 = 0x0004_090d;
/// Trace ring, in CSM through P2.
pub const TRACE: u32 = 0xb600_0000;
/// Epitaph, in CSM through P2.
pub const EPITAPH: u32 = 0xb601_f000;
/// The longest image: the NOR flash.
pub const IMAGE_MAX: usize = 64 << 20;
/// Serial port on which the boot stage speaks (SCIF3).
pub const BOOT_PORT: u8 = 3;

/// A serial port.
pub type Serial = Scif;

/// Serial port `port`: SCIF0..3.
pub fn serial(port: u8) -> Option<Serial> {
    (port < 4).then(|| Scif::new(0xffc3_0000 + u32::from(port) * 0x1_0000, CORE_INFO.pclk_khz))
}

/// Masks every source, all levels 0.
pub fn intc_init() {
    intc_shx3::init(CORE_INFO.core);
}

/// Sets level and unmasks; false for an unknown source.
pub fn irq_unmask(code: Code, level: u8) -> bool {
    intc_shx3::unmask(CORE_INFO.core, code, level)
}

/// Masks; false for an unknown source.
pub fn irq_mask(code: Code) -> bool {
    intc_shx3::mask(CORE_INFO.core, code)
}

/// Nothing shall wake the core at the end.
pub fn quiesce() {
    intc_init();
}

/// The board cannot switch itself off.
pub fn power_off() {}
