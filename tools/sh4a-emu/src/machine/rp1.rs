//! Machine rp1: SH-X3 (RP1) on its board MSRP1BASE02, with what Linux's x3proto board support touches.

use super::board::Board;
use super::config::{Config, LocalWindow};
use crate::devices::board::{Keys, ilsel, leds};
use crate::devices::core_control::CoreControl;
use crate::devices::cpg::Cpg;
use crate::devices::flash::Flash;
use crate::devices::intc::{CORES, Shx3Intc};
use crate::devices::registers::Registers;
use crate::devices::scif::Scif;
use crate::devices::tmu::Tmu;

const FLASH: u32 = 0;
/// NOR flash of the board.
pub(super) const FLASH_LEN: u32 = 64 << 20;
const DDR: u32 = 0x0c00_0000;
const DDR_LEN: u32 = 128 << 20;
const CSM: u32 = 0x1600_0000;
const CSM_LEN: u32 = 128 << 10;
/// Core-local memories: address and length of ILRAM, OLRAM, URAM.
const LOCALS: [(u32, u32); 3] = [(0xe520_0000, 8 << 10), (0xe500_e000, 16 << 10), (0xe55f_0000, 128 << 10)];
/// Core n's local memories seen from anywhere: this plus n * 8 MB plus the low 23 bits of the local address.
const WINDOWS: u32 = 0x1400_0000;
const WINDOW_STRIDE: u32 = 0x80_0000;

const TMU: [(u32, &[u16]); 2] = [(0xffc1_0000, &[0x400, 0x420, 0x440]), (0xffc2_0000, &[0x460, 0x480, 0x4a0])];
const SCIF: [(u32, &[u16]); 4] = [
    (0xffc3_0000, &[0x700, 0x720, 0x740, 0x760]),
    (0xffc4_0000, &[0x780, 0x7a0, 0x7c0, 0x7e0]),
    (0xffc5_0000, &[0x800, 0x820, 0x840, 0x860]),
    (0xffc6_0000, &[0x880, 0x8a0, 0x8c0, 0x8e0]),
];

/// Wires the machine. `config.cores` is 1..=4.
pub(super) fn build(config: &Config) -> Board {
    let clock = config.peripheral_clock();
    let locals_len: u32 = LOCALS.iter().map(|(_, len)| len).sum::<u32>() * CORES as u32;
    let total = FLASH_LEN + DDR_LEN + CSM_LEN + locals_len;
    let mut board = Board::new(total as usize, Box::new(Shx3Intc::default()));

    board.memory_mut().bytes_mut()[..FLASH_LEN as usize].fill(0xff);
    board.place_over_memory(FLASH, FLASH_LEN, Box::new(Flash::new(FLASH_LEN)), 0);
    board.map_mut().add_memory(DDR, DDR_LEN, FLASH_LEN as usize, true);
    board.map_mut().add_memory(CSM, CSM_LEN, (FLASH_LEN + DDR_LEN) as usize, true);
    let mut offset = FLASH_LEN + DDR_LEN + CSM_LEN;
    for (start, len) in LOCALS {
        board.map_mut().add_local(start, len, offset as usize, len as usize);
        for core in 0..config.cores as u32 {
            if config.local_window == LocalWindow::Open {
                let window = WINDOWS + core * WINDOW_STRIDE + start % WINDOW_STRIDE;
                board.map_mut().add_memory(window, len, (offset + core * len) as usize, true);
            }
        }
        offset += len * CORES as u32;
    }

    board.map_mut().add_region(0xfe41_0000, 0x2000, super::map::Placement::Controller(0));
    for (start, intevts) in TMU {
        board.place(start, 0x100, Box::new(Tmu::new(clock, 3)), intevts);
    }
    for (port, (start, intevts)) in SCIF.into_iter().enumerate() {
        board.place_port(start, 0x100, Box::new(Scif::new(clock)), intevts, port);
    }
    board.place(0xffc0_0000, 0x100, Box::new(Cpg::shx3()), &[]);
    board.place(0xffc7_0000, 0x100, Box::new(Registers::new(0x100, &[])), &[]); // PFC and GPIO
    board.place(0xfe40_0000, 0x4000, Box::new(CoreControl::new(config.cores)), &[]);

    board.place(0x1810_0000, 0x10, Box::new(ilsel()), &[]);
    board.place(0x1814_0000, 0x40, Box::new(leds()), &[]);
    board.place(0x181c_0000, 0x10, Box::new(Keys::default()), &[]);
    // Not fitted: SMC91C111, the USB host and the USB function controller.
    board.place(0x1800_0300, 0x10, Box::new(Registers::empty_socket(0x10)), &[]);
    board.place(0x1804_0000, 0x4_0000, Box::new(Registers::empty_socket(0x4_0000)), &[]);
    board.place(0x1808_0000, 0x4_0000, Box::new(Registers::empty_socket(0x4_0000)), &[]);
    board
}
