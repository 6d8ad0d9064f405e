//! Writing a guest's memory while it stands.
//!
//! Through P1, so that whatever the operand caches of the cores hold of the guest's memory is overwritten too (hardware keeps them
//! coherent), then written back line by line: instructions are fetched from memory.

use crate::trap::symbols;

/// Bytes of a cache line.
const LINE: u32 = 32;

fn through_p1(address: u32) -> u32 {
    0x8000_0000 | (address & 0x1fff_ffff)
}

/// Copies `piece` to bus address `address`, which lies in a guest's memory.
pub fn copy(address: u32, piece: &[u8]) {
    let to = through_p1(address);
    if to.is_multiple_of(4) && (piece.as_ptr() as usize).is_multiple_of(4) && piece.len().is_multiple_of(16) {
        // SAFETY: (1) the guest stands, and no Rust object of SPUMONE lies in its memory; (2) both are aligned, and as long as that.
        unsafe { symbols::spumone_copy(to as usize as *mut u32, piece.as_ptr().cast(), piece.len() / 16) };
    } else {
        for (address, byte) in (to..).zip(piece) {
            // SAFETY: as above.
            unsafe { (address as usize as *mut u8).write_volatile(*byte) };
        }
    }
    write_back(to, piece.len() as u32);
}

/// Writes `length` zeros from bus address `address` on.
pub fn clear(address: u32, length: u32) {
    let to = through_p1(address);
    if to.is_multiple_of(4) && length.is_multiple_of(4) {
        for address in (to..to + length).step_by(4) {
            // SAFETY: as in `copy`.
            unsafe { (address as usize as *mut u32).write_volatile(0) };
        }
    } else {
        for address in to..to + length {
            // SAFETY: as in `copy`.
            unsafe { (address as usize as *mut u8).write_volatile(0) };
        }
    }
    write_back(to, length);
}

fn write_back(from: u32, length: u32) {
    if length > 0 {
        let first = from & !(LINE - 1);
        let lines = (from + length - first).div_ceil(LINE);
        // SAFETY: `ocbwb` changes nothing but where data is.
        unsafe { symbols::spumone_write_back(first, lines) };
    }
}
