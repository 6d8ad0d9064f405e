//! A dump with a few words changed, without a copy of it.

use monitor_api::{AccessError, Clock, Memory, PhysAddr, Processors, Registers};

use crate::dump::Dump;

/// The dump, and what is written over it.
#[derive(Clone, Debug)]
pub(super) struct Overlay<'d> {
    dump: &'d Dump,
    changed: Vec<(u64, u32)>,
    now: u64,
}

impl<'d> Overlay<'d> {
    pub(super) fn new(dump: &'d Dump) -> Self {
        Self { dump, changed: Vec::new(), now: 1 }
    }

    /// The memory is that of the dump again.
    pub(super) fn clear(&mut self) {
        self.changed.clear();
    }

    /// The clock goes on.
    pub(super) fn advance(&mut self, nanoseconds: u64) {
        self.now += nanoseconds;
    }

    /// The word at a multiple of four; 0 where there is no memory.
    pub(super) fn word(&self, at: u64) -> u32 {
        let mut word = [0; 4];
        self.read(PhysAddr::new(at), &mut word).map_or(0, |()| u32::from_le_bytes(word))
    }

    /// Changes the word at a multiple of four.
    pub(super) fn put(&mut self, at: u64, word: u32) {
        self.changed.push((at, word));
    }
}

impl Memory for Overlay<'_> {
    fn read(&self, address: PhysAddr, into: &mut [u8]) -> Result<(), AccessError> {
        self.dump.read(address, into)?;
        let (from, to) = (address.get(), address.get() + into.len() as u64);
        for (at, word) in self.changed.iter().filter(|(at, _)| at + 4 > from && *at < to) {
            for (byte, at) in word.to_le_bytes().into_iter().zip(*at..) {
                if let Some(place) = at.checked_sub(from).and_then(|offset| into.get_mut(offset as usize)) {
                    *place = byte;
                }
            }
        }
        Ok(())
    }
}

impl Processors for Overlay<'_> {
    fn count(&self) -> usize {
        self.dump.count()
    }

    fn registers(&self, number: usize) -> Option<Registers> {
        self.dump.registers(number)
    }
}

impl Clock for Overlay<'_> {
    fn now(&self) -> u64 {
        self.now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_changed_is_read_in_pieces_of_any_length() {
        let dump = Dump::raw(0x100, vec![0; 16]);
        let mut overlay = Overlay::new(&dump);
        overlay.put(0x104, 0x4433_2211);
        let read = |from: u64, length: usize| {
            let mut bytes = vec![9; length];
            overlay.read(PhysAddr::new(from), &mut bytes).map(|()| bytes)
        };
        assert_eq!(read(0x102, 4).unwrap(), [0, 0, 0x11, 0x22]);
        assert_eq!(read(0x106, 3).unwrap(), [0x33, 0x44, 0]);
        assert_eq!(read(0x105, 1).unwrap(), [0x22]);
        assert_eq!(read(0x108, 1).unwrap(), [0]);
        assert!(read(0x10f, 2).is_err());
        assert_eq!(overlay.word(0x104), 0x4433_2211);
        overlay.clear();
        assert_eq!(overlay.word(0x104), 0);
    }
}
