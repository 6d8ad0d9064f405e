//! The SH7751R board that stock QEMU emulates (`-M r2d`).

use crate::reg::{intc_sh7751, mmio, sci::R2dSerial};
use spumone_core::arch::{CoreInfo, OwnCodes};
use spumone_core::cluster::Set;
use spumone_core::format;
use spumone_core::irq::{Code, Codes};

/// Number in image, system table and hypercall table.
pub const BOARD: format::Board = format::Board::R2d;
/// Cores of the chip.
pub const CORES: u8 = 1;
/// Pclk as QEMU has it.
const PCLK_KHZ: u32 = 60_000;
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
/// What all instances share (shared.rs), in SDRAM through P2. There is but one here.
pub const SHARED: u32 = 0xac0c_0000;
/// Epitaphs, in SDRAM too.
pub const EPITAPHS: u32 = 0xac0f_f000;
/// The longest image: what QEMU's `-kernel` loads.
pub const IMAGE_MAX: usize = 16 << 20;
/// The image lies in SDRAM, which guests overwrite.
pub const IMAGE: Option<u32> = None;
/// Serial port on which the boot stage speaks (SCI).
pub const BOOT_PORT: u8 = 0;

/// The core that this runs on.
pub fn core() -> u8 {
    0
}

/// The core, and the clocks as QEMU has them (the core has none there).
pub fn core_info() -> CoreInfo {
    CoreInfo { core: 0, core_khz: 240_000, pclk_khz: PCLK_KHZ }
}

/// There is no other core.
pub fn start_core(_core: u8) -> bool {
    false
}

/// A serial port.
pub type Serial = R2dSerial;

/// Serial port `port`: 0 SCI, 1 SCIF.
pub fn serial(port: u8) -> Option<Serial> {
    R2dSerial::new(port, PCLK_KHZ)
}

/// Masks every source, all levels 0; once, after reset.
pub fn intc_init() {
    intc_sh7751::init();
}

/// True for a source that can be masked and has a level.
pub fn knows_irq(code: Code) -> bool {
    intc_sh7751::knows(code)
}

/// A source that has a level is not masked here.
pub fn irq_level(_code: Code, _level: u8) {}

/// Sets level and unmasks; false for an unknown source.
pub fn irq_unmask(code: Code, level: u8) -> bool {
    intc_sh7751::unmask(code, level)
}

/// With one core SPUMONE has no interrupts of its own.
pub fn own_codes() -> Option<OwnCodes> {
    None
}

/// SPUMONE has no interrupts of its own; nothing shall come between its steps.
pub const OWN_LEVEL: u8 = 15;

/// There is no tick.
pub fn start_tick() {}

/// There is no tick.
pub fn relay_tick(_others: Set) {}

/// There is no tick.
pub fn clear_tick() {}

/// No guest watches another one here: it would have to be on another core.
pub fn start_counter() {}

/// Nothing counts.
pub fn counter() -> (u32, u32) {
    (0, 0)
}

/// There are no interrupts of SPUMONE's own.
pub fn open_own(_tick: bool) {}

/// There is no other core.
pub fn raise_mail(_core: u8) {}

/// There is no other core.
pub fn clear_mail() {}

/// There is no other vCPU.
pub fn raise_bell(_core: u8) {}

/// There is no other vCPU.
pub fn clear_bell() {}

/// Masks; false for an unknown source.
pub fn irq_mask(code: Code) -> bool {
    intc_sh7751::mask(code)
}

/// Masks sources.
pub fn irq_mask_all(codes: Codes) {
    codes.for_each(|code| {
        irq_mask(code);
    });
}

/// No guest begins anew here: nobody keeps its image.
pub fn quiet(_code: Code) {}

/// With one core nobody arrives.
pub fn irq_unmask_all(_codes: Codes) {}

/// With one core nobody else writes instructions.
pub fn forget_instructions() {}

/// Nothing is left to do before the end: IMASK 15 masks all.
pub fn quiesce() {}

/// The board FPGA's power-off register, PA_POWOFF (Linux: arch/sh/include/mach-common/mach/r2d.h).
pub fn power_off() {
    mmio::write16(0xa400_0030, 1);
}
