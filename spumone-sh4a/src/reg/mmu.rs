//! The part of the MMU that belongs to one vCPU: TTB, MMUCR, and the TLB's contents, which are not kept but dropped (SH-4A
//! software manual, section 7).

use super::mmio::{read32, write32};
use crate::trap::symbols;

const TTB: u32 = 0xff00_0008;
const MMUCR: u32 = 0xff00_0010;
/// Drop all entries of the TLB.
const TI: u32 = 4;

/// TTB and MMUCR.
pub fn save() -> [u32; 2] {
    [read32(TTB), read32(MMUCR)]
}

/// The reverse of [`save`], with an empty TLB.
pub fn load([ttb, mmucr]: [u32; 2]) {
    write32(TTB, ttb);
    // SAFETY: SPUMONE runs in P1 or in core-local memory, which are not translated.
    unsafe { symbols::spumone_write_mmucr(mmucr | TI) };
}
