//! Addresses that guests name. A type here says what has been checked, not that an access will work.

use crate::system::Region;

/// An address as a guest wrote it: alleged until [`GuestRange::check`] has seen it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuestPointer(pub u32);

/// Bytes that lie in the guest's own memory and are reached without address translation (P1 or P2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuestRange {
    start: u32,
    length: u32,
}

impl GuestRange {
    /// Checks `length` bytes at `pointer`; `None` unless all of them lie in `memory` and in P1 or P2.
    /// No byte at all is nowhere, so a length of 0 is fine with any pointer.
    pub fn check(memory: &Region, pointer: GuestPointer, length: u32) -> Option<Self> {
        let GuestPointer(start) = pointer;
        if length == 0 {
            return Some(Self { start: 0, length: 0 });
        }
        let last = start.checked_add(length - 1)?;
        let untranslated = |address: u32| (0x8000_0000..0xc000_0000).contains(&address);
        let same_area = (start ^ last) >> 29 == 0;
        (untranslated(start) && same_area && memory.holds(start) && memory.holds(last))
            .then_some(Self { start, length })
    }

    /// First address, in P1 or P2.
    pub fn start(&self) -> u32 {
        self.start
    }

    /// Number of bytes.
    pub fn length(&self) -> u32 {
        self.length
    }
}
