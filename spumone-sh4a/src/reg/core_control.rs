//! Start and stop of SH-X3's cores (facts: Linux arch/sh/kernel/cpu/sh4a/smp-shx3.c).

use super::mmio::{read32, write32};

/// STBCR of core 0; + 0x1000 a core.
const STBCR: u32 = 0xfe40_0004;
/// Where the core begins; + 0x1000 a core.
const RESET_REG: u32 = 0xfe40_0008;
const STBCR_MSTP: u32 = 1;
const STBCR_RESET: u32 = 2;
const STBCR_LTSLP: u32 = 0x8000_0000;
/// Reads of STBCR until a core that does not stop is given up.
const PATIENCE: u32 = 100_000;

/// Stops `core`, whatever it does, and starts it at `entry`. False if it did not stop.
pub fn start(core: u8, entry: u32) -> bool {
    let offset = u32::from(core) << 12;
    let (stbcr, reset) = (STBCR + offset, RESET_REG + offset);
    write32(reset, entry);
    if read32(stbcr) & STBCR_MSTP == 0 {
        write32(stbcr, STBCR_MSTP);
    }
    let stopped = (0..PATIENCE).any(|_| read32(stbcr) & STBCR_MSTP != 0);
    if stopped {
        write32(stbcr, STBCR_RESET | STBCR_LTSLP);
    }
    stopped
}
