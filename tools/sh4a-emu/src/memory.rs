//! All plain memory of a machine in one arena, so that the CPU's fast path is an index and a bounds check.

/// The bytes of every RAM and ROM of a machine, one after the other; regions are offsets into it.
#[derive(Clone)]
pub struct Memory {
    bytes: Vec<u8>,
}

impl Memory {
    /// An arena of `len` bytes, all zero.
    pub fn new(len: usize) -> Self {
        Self { bytes: vec![0; len] }
    }

    /// The whole arena.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The whole arena, writable.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }
}
