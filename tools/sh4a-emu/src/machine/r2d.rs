//! Machine r2d: RTS7751R2D as far as stock QEMU's `-M r2d` models it and our images touch it.

use super::board::Board;
use super::config::Config;
use super::map::Placement;
use crate::devices::cpg::Cpg;
use crate::devices::flash::Flash;
use crate::devices::fpga::Fpga;
use crate::devices::intc::Sh7751rIntc;
use crate::devices::registers::Registers;
use crate::devices::sci::Sci;
use crate::devices::scif::Scif;
use crate::devices::tmu::Tmu;

/// NOR flash of the board.
pub(super) const FLASH_LEN: u32 = 16 << 20;
const SDRAM: u32 = 0x0c00_0000;
const SDRAM_LEN: u32 = 64 << 20;

/// Serial port 0 is the SCI, port 1 the SCIF: the order of QEMU's `-serial` options.
const SCI_PORT: usize = 0;
const SCIF_PORT: usize = 1;

/// Wires the machine.
pub(super) fn build(config: &Config) -> Board {
    let clock = config.peripheral_clock();
    let mut board = Board::new((FLASH_LEN + SDRAM_LEN) as usize, Box::new(Sh7751rIntc::default()));
    board.memory_mut().bytes_mut()[..FLASH_LEN as usize].fill(0xff);
    board.place_over_memory(0, FLASH_LEN, Box::new(Flash::new(FLASH_LEN)), 0);
    board.map_mut().add_memory(SDRAM, SDRAM_LEN, FLASH_LEN as usize, true);

    board.map_mut().add_region(0xffd0_0000, 0x20, Placement::Controller(0));
    board.map_mut().add_region(0xfe08_0000, 0x100, Placement::Controller(1));
    board.place(0xffd8_0000, 0x30, Box::new(Tmu::new(clock, 3)), &[0x400, 0x420, 0x440]);
    board.place(0xfe10_0000, 0x20, Box::new(Tmu::new(clock, 2)), &[0xb00, 0xb80]);
    board.place_port(0xffe0_0000, 0x20, Box::new(Sci::new(clock)), &[0x4e0, 0x500, 0x520, 0x540], SCI_PORT);
    let scif = Scif::new(clock);
    let scif = if config.qemus_serial_flags { scif.with_qemus_flags() } else { scif };
    board.place_port(0xffe8_0000, 0x100, Box::new(scif), &[0x700, 0x720, 0x740, 0x760], SCIF_PORT);
    board.place(0xffc0_0000, 0x14, Box::new(Cpg::sh7751r()), &[]);
    // Bus state controller with the I/O ports behind it; BCR4.
    board.place(0xff80_0000, 0x100, Box::new(Registers::new(0x100, &[])), &[]);
    board.place(0xfe0a_00f0, 0x10, Box::new(Registers::new(0x10, &[])), &[]);

    board.place(0x0400_0000, 0x40, Box::new(Fpga::default()), &[]);
    // Registers of the SM501, which the board's start code touches; the chip itself is not modelled.
    board.place(0x13e0_0000, 0x1_0000, Box::new(Registers::new(0x1_0000, &[])), &[]);
    board
}
