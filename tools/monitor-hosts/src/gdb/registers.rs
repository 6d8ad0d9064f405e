//! Registers of a `g` packet: little-endian words in gdb's order for sh4.

use monitor_api::Registers;
use spumone_core::dump::from_words;

/// Registers out of little-endian words; `None` if they are too few.
pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Registers> {
    let words: Vec<u32> = bytes.as_chunks().0.iter().map(|word| u32::from_le_bytes(*word)).collect();
    from_words(&words)
}
