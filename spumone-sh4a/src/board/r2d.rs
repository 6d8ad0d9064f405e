//! The SH7751R board that stock QEMU emulates (`-M r2d`).

use crate::reg::{intc_sh7751, mmio, sci::R2dSerial};
use spumone_core::arch::CoreInfo;
use spumone_core::format;
use spumone_core::irq::Code;

/// Number in image, system table and hypercall table.
pub const BOARD: format::Board = format::Board::R2d;
/// Core 0; clocks as QEMU has them (the core has none there; Pclk 60 MHz).
pub const CORE_INFO: CoreInfo = CoreInfo { core: 0, core_khz: 240_000, pclk_khz: 60_000 };
/// Stock QEMU's interrupt controller ignores levels.
pub const LEVELS: u32 = 0;
/// What is OR-ed into SSR to hold back an interrupt of a less urgent guest: IMASK 15, for only that masks.
pub const RAISE: u32 = 0xf0;
/// PTEA is not used by guests of this board, and stock QEMU has none.
pub const HAS_PTEA: u32 = 0;
/// SPUMONE's code lies in P1, CCR must be written from P2.
pub const P1_CODE: u32 = 1;
/// CCR at start: ICI, ICE, OCI, CB (P1 copy-back), OCE. An SH-4 has no SNM.
pub const CCR: u32 = 0x0000_090d;
/// Trace ring, in SDRAM through P2.
pub const TRACE: u32 = 0xac0c_0000;
/// Epitaph, in SDRAM through P2.
pub const EPITAPH: u32 = 0xac0f_f000;
/// The longest image: what QEMU's `-kernel` loads.
pub const IMAGE_MAX: usize = 16 << 20;
/// Serial port on which the boot stage speaks (SCI).
pub const BOOT_PORT: u8 = 0;

/// A serial port.
pub type Serial = R2dSerial;

/// Serial port `port`: 0 SCI, 1 SCIF.
pub fn serial(port: u8) -> Option<Serial> {
    R2dSerial::new(port, CORE_INFO.pclk_khz)
}

/// Masks every source, all levels 0; once, after reset.
pub fn intc_init() {
    intc_sh7751::init();
}

/// Sets level and unmasks; false for an unknown source.
pub fn irq_unmask(code: Code, level: u8) -> bool {
    intc_sh7751::unmask(code, level)
}

/// Masks; false for an unknown source.
pub fn irq_mask(code: Code) -> bool {
    intc_sh7751::mask(code)
}

/// Nothing is left to do before the end: IMASK 15 masks all.
pub fn quiesce() {}

/// The board FPGA's power-off register, PA_POWOFF (Linux: arch/sh/include/mach-common/mach/r2d.h).
pub fn power_off() {
    mmio::write16(0xa400_0030, 1);
}
