//! What the exception handler stores.

use std::fmt;
use std::ops::{Index, IndexMut};

/// Names of an entry's words, in order.
pub(super) const NAMES: [&str; WORDS] = [
    "vector", "expevt", "tea", "tra", "pteh", "spc", "ssr", "sgr", "sr", "r0_bank", "r1_bank", "r2_bank", "r3_bank",
    "r4_bank", "r5_bank", "r6_bank", "r7_bank", "r8", "r9", "pr", "fpscr", "fpul", "gbr", "macl",
];
/// Words of an entry.
pub(super) const WORDS: usize = 24;

/// One exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry(pub(super) [u32; WORDS]);

/// By name.
impl Index<&str> for Entry {
    type Output = u32;
    fn index(&self, name: &str) -> &u32 {
        &self.0[position(name)]
    }
}

impl IndexMut<&str> for Entry {
    fn index_mut(&mut self, name: &str) -> &mut u32 {
        &mut self.0[position(name)]
    }
}

/// A name that does not exist is a mistake in the table of deviations, met by its first run.
fn position(name: &str) -> usize {
    NAMES.iter().position(|known| *known == name).unwrap_or_else(|| panic!("no word is called {name:?}"))
}

/// The entries in a log.
pub(super) fn parse(bytes: &[u8]) -> Vec<Entry> {
    let entry = |chunk: &[u8]| {
        let mut words = chunk.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]));
        Entry(std::array::from_fn(|_| words.next().unwrap_or_default()))
    };
    bytes.chunks_exact(4 * WORDS).map(entry).collect()
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in NAMES.iter().zip(self.0) {
            write!(f, "{name} {value:x} ")?;
        }
        Ok(())
    }
}
