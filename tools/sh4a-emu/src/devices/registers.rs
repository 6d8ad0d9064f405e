//! Register blocks that only remember what was written: port controllers, bus state controller, board latches.

use crate::bus::{CoreId, Width};
use crate::device::{Device, Instant, Unanswered};

/// A block of plain registers. Any naturally aligned width inside the block is answered.
#[derive(Clone, Debug)]
pub struct Registers {
    bytes: Vec<u8>,
    writable: bool,
}

impl Registers {
    /// `len` bytes of registers, with reset values at some offsets.
    pub fn new(len: u32, reset: &[(u32, u32)]) -> Self {
        let mut block = Self { bytes: vec![0; len as usize], writable: true };
        for &(offset, value) in reset {
            for (byte, value) in block.bytes.iter_mut().skip(offset as usize).zip(value.to_le_bytes()) {
                *byte = value;
            }
        }
        block
    }

    /// A window in which nothing is fitted: reads give all ones, as an undriven bus with pull-ups does; stores vanish.
    pub fn empty_socket(len: u32) -> Self {
        Self { bytes: vec![0xff; len as usize], writable: false }
    }

    fn range(&self, offset: u32, width: Width) -> Result<std::ops::Range<usize>, Unanswered> {
        let start = offset as usize;
        let end = start + bytes_of(width);
        if end <= self.bytes.len() { Ok(start..end) } else { Err(Unanswered) }
    }
}

/// Number of bytes in an access.
pub(crate) fn bytes_of(width: Width) -> usize {
    match width {
        Width::Byte => 1,
        Width::Half => 2,
        Width::Long => 4,
    }
}

impl Device for Registers {
    fn read(&mut self, _core: CoreId, _now: Instant, offset: u32, width: Width) -> Result<u32, Unanswered> {
        let range = self.range(offset, width)?;
        Ok(self.bytes[range].iter().rev().fold(0, |value, &byte| value << 8 | u32::from(byte)))
    }

    fn write(&mut self, _core: CoreId, _now: Instant, offset: u32, width: Width, value: u32) -> Result<(), Unanswered> {
        let range = self.range(offset, width)?;
        if self.writable {
            let bytes = value.to_le_bytes();
            let len = range.len();
            self.bytes[range].copy_from_slice(&bytes[..len]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_what_was_written_in_any_width() {
        let mut block = Registers::new(8, &[(4, 0x1025_2048)]);
        assert_eq!(block.read(0, 0, 4, Width::Long), Ok(0x1025_2048));
        block.write(0, 0, 1, Width::Byte, 0xab).expect("inside");
        assert_eq!(block.read(0, 0, 0, Width::Half), Ok(0xab00));
        assert_eq!(block.read(0, 0, 8, Width::Byte), Err(Unanswered));
        assert_eq!(block.read(0, 0, 6, Width::Long), Err(Unanswered));
    }

    #[test]
    fn an_empty_socket_reads_all_ones() {
        let mut block = Registers::empty_socket(16);
        block.write(0, 0, 14, Width::Half, 0).expect("vanishes");
        assert_eq!(block.read(0, 0, 14, Width::Half), Ok(0xffff));
    }
}
