//! The part of the MMU that belongs to one vCPU: TTB, MMUCR, PTEH with the number of its address space, and the TLB's contents,
//! which are not kept but dropped (SH-4A software manual, section 7).

use super::mmio::{read32, write32};
use crate::trap::symbols;

const PTEH: u32 = 0xff00_0000;
const TTB: u32 = 0xff00_0008;
const MMUCR: u32 = 0xff00_0010;
/// Drop all entries of the TLB.
const TI: u32 = 4;

/// TTB, MMUCR and PTEH. A frame has PTEH too, but a vCPU that goes on from a call has no frame.
pub fn save() -> [u32; 3] {
    [read32(TTB), read32(MMUCR), read32(PTEH)]
}

/// The reverse of [`save`], with an empty TLB.
pub fn load([ttb, mmucr, pteh]: [u32; 3]) {
    write32(TTB, ttb);
    write32(PTEH, pteh);
    // SAFETY: SPUMONE runs in P1 or in core-local memory, which are not translated.
    unsafe { symbols::spumone_write_mmucr(mmucr | TI) };
}
