//! NOR flash on a 16-bit bus with the AMD/Fujitsu command set and CFI (JEDEC JESD68, command set 0002).
//!
//! The device holds only the command state; the bytes lie in the machine's memory, which loads see directly while the flash is
//! in read-array mode. Programming and erasing take no time, so a driver's status polls see the finished data at once.

use crate::bus::{CoreId, Width};
use crate::device::{Device, FlashChange, Instant, Request, Unanswered};

/// Bytes in a sector.
pub const SECTOR_LEN: u32 = 128 * 1024;

/// Word addresses of the unlock cycles.
const UNLOCK1: u32 = 0x555;
const UNLOCK2: u32 = 0x2aa;
const CFI_ADDRESS: u32 = 0x55;
const ADDRESS_MASK: u32 = 0x7ff;

/// Spansion, S29GL-like.
const MANUFACTURER: u16 = 0x0001;
const DEVICE_ID: u16 = 0x227e;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    ReadArray,
    Unlock1,
    Unlock2,
    AutoSelect,
    Cfi,
    Program,
    EraseUnlock0,
    EraseUnlock1,
    EraseUnlock2,
}

/// A flash chip.
#[derive(Clone, Debug)]
pub struct Flash {
    len: u32,
    mode: Mode,
    request: Option<Request>,
}

impl Flash {
    /// A chip of `len` bytes (a power of two).
    pub fn new(len: u32) -> Self {
        Self { len, mode: Mode::ReadArray, request: None }
    }

    fn cfi(&self, word: u32) -> u16 {
        let size_exponent = self.len.trailing_zeros() as u16;
        let sectors = (self.len / SECTOR_LEN).saturating_sub(1);
        match word {
            0x10 => b'Q'.into(),
            0x11 => b'R'.into(),
            0x12 => b'Y'.into(),
            0x13 => 2,    // primary command set 0002
            0x15 => 0x40, // its table
            0x1b => 0x27, // Vcc 2.7 V to 3.6 V
            0x1c => 0x36,
            0x1f => 4, // typical word program 2^4 us, sector erase 2^9 ms, maxima a few times that
            0x21 => 9,
            0x23 => 3,
            0x25 => 3,
            0x27 => size_exponent,
            0x28 => 1, // 16 bits wide
            0x2c => 1, // one erase region
            0x2d => sectors as u16 & 0xff,
            0x2e => (sectors >> 8) as u16 & 0xff,
            0x2f => (SECTOR_LEN >> 8) as u16 & 0xff,
            0x30 => (SECTOR_LEN >> 16) as u16,
            0x40 => b'P'.into(),
            0x41 => b'R'.into(),
            0x42 => b'I'.into(),
            0x43 => b'1'.into(),
            0x44 => b'3'.into(),
            _ => 0,
        }
    }

    fn word(&self, word: u32) -> u16 {
        match self.mode {
            Mode::Cfi => self.cfi(word),
            Mode::AutoSelect => match word & 0xff {
                0 => MANUFACTURER,
                1 | 0x0e | 0x0f => DEVICE_ID,
                _ => 0,
            },
            _ => 0xffff,
        }
    }

    fn command(&mut self, offset: u32, value: u16) {
        let word = (offset / 2) & ADDRESS_MASK;
        let code = value as u8;
        self.mode = match (self.mode, word, code) {
            (Mode::Program, ..) => {
                let change = FlashChange::Clear { value: value.into() };
                self.request = Some(Request::Program { offset: offset & !1, len: 2, change });
                Mode::ReadArray
            }
            (_, _, 0xf0) => Mode::ReadArray,
            (Mode::ReadArray | Mode::AutoSelect, word, 0x98) if word & 0xff == CFI_ADDRESS => Mode::Cfi,
            (Mode::ReadArray | Mode::AutoSelect, UNLOCK1, 0xaa) => Mode::Unlock1,
            (Mode::Unlock1, UNLOCK2, 0x55) => Mode::Unlock2,
            (Mode::Unlock2, UNLOCK1, 0x90) => Mode::AutoSelect,
            (Mode::Unlock2, UNLOCK1, 0xa0) => Mode::Program,
            (Mode::Unlock2, UNLOCK1, 0x80) => Mode::EraseUnlock0,
            (Mode::EraseUnlock0, UNLOCK1, 0xaa) => Mode::EraseUnlock1,
            (Mode::EraseUnlock1, UNLOCK2, 0x55) => Mode::EraseUnlock2,
            (Mode::EraseUnlock2, _, 0x30) => {
                let offset = offset & !(SECTOR_LEN - 1);
                self.request = Some(Request::Program { offset, len: SECTOR_LEN, change: FlashChange::Erase });
                Mode::ReadArray
            }
            (Mode::EraseUnlock2, UNLOCK1, 0x10) => {
                self.request = Some(Request::Program { offset: 0, len: self.len, change: FlashChange::Erase });
                Mode::ReadArray
            }
            // A wrong cycle ends a sequence; the query modes stay until they are left with 0xf0.
            (mode @ (Mode::Cfi | Mode::AutoSelect), ..) => mode,
            _ => Mode::ReadArray,
        };
    }
}

impl Device for Flash {
    fn read(&mut self, _core: CoreId, _now: Instant, offset: u32, width: Width) -> Result<u32, Unanswered> {
        let low = u32::from(self.word(offset / 2));
        Ok(match width {
            Width::Byte => low >> (8 * (offset & 1)) & 0xff,
            Width::Half => low,
            Width::Long => u32::from(self.word(offset / 2 + 1)) << 16 | low,
        })
    }

    fn write(&mut self, _core: CoreId, _now: Instant, offset: u32, width: Width, value: u32) -> Result<(), Unanswered> {
        // A 16-bit bus: a long store would be two cycles, which no command sequence consists of.
        if width == Width::Long {
            return Err(Unanswered);
        }
        self.command(offset, value as u16);
        Ok(())
    }

    fn take_request(&mut self) -> Option<Request> {
        self.request.take()
    }

    fn memory_visible(&self) -> bool {
        !matches!(self.mode, Mode::Cfi | Mode::AutoSelect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn send(flash: &mut Flash, cycles: &[(u32, u32)]) {
        for &(word, value) in cycles {
            flash.write(0, 0, word * 2, Width::Half, value).expect("a command cycle");
        }
    }

    #[test]
    fn answers_a_cfi_query_as_the_kernels_probe_asks_it() {
        let mut flash = Flash::new(64 << 20);
        assert!(flash.memory_visible());
        send(&mut flash, &[(0x55, 0x98)]);
        assert!(!flash.memory_visible());
        let query: Vec<u32> = (0x10..0x13).map(|word| flash.read(0, 0, word * 2, Width::Half).expect("CFI")).collect();
        assert_eq!(query, b"QRY".map(u32::from));
        // 2^26 bytes in (0x1ff + 1) sectors of 0x200 * 256 bytes.
        let at = |flash: &mut Flash, word: u32| flash.read(0, 0, word * 2, Width::Half).expect("CFI");
        assert_eq!(1u32 << at(&mut flash, 0x27), 64 << 20);
        let sectors = (at(&mut flash, 0x2d) | at(&mut flash, 0x2e) << 8) + 1;
        let sector_len = (at(&mut flash, 0x2f) | at(&mut flash, 0x30) << 8) * 256;
        assert_eq!(sectors * sector_len, 64 << 20);
        send(&mut flash, &[(0, 0xf0)]);
        assert!(flash.memory_visible());
    }

    #[test]
    fn programs_one_word_after_the_unlock_sequence_only() {
        let mut flash = Flash::new(1 << 20);
        send(&mut flash, &[(0x100, 0x1234)]);
        assert_eq!(flash.take_request(), None);
        send(&mut flash, &[(0x555, 0xaa), (0x2aa, 0x55), (0x555, 0xa0), (0x100, 0x1234)]);
        let change = FlashChange::Clear { value: 0x1234 };
        assert_eq!(flash.take_request(), Some(Request::Program { offset: 0x200, len: 2, change }));
        assert!(flash.memory_visible());
    }

    #[test]
    fn erases_the_sector_that_is_named() {
        let mut flash = Flash::new(1 << 20);
        let sequence = [(0x555, 0xaa), (0x2aa, 0x55), (0x555, 0x80), (0x555, 0xaa), (0x2aa, 0x55)];
        send(&mut flash, &sequence);
        send(&mut flash, &[(0x18000, 0x30)]);
        let change = FlashChange::Erase;
        assert_eq!(flash.take_request(), Some(Request::Program { offset: 0x20000, len: SECTOR_LEN, change }));
        // A broken sequence erases nothing.
        send(&mut flash, &[(0x555, 0xaa), (0x2aa, 0x55), (0x555, 0x80), (0x555, 0xaa), (0x2ab, 0x55), (0, 0x30)]);
        assert_eq!(flash.take_request(), None);
    }

    #[test]
    fn autoselect_shows_the_makers_code() {
        let mut flash = Flash::new(1 << 20);
        send(&mut flash, &[(0x555, 0xaa), (0x2aa, 0x55), (0x555, 0x90)]);
        assert_eq!(flash.read(0, 0, 0, Width::Half), Ok(1));
        assert_eq!(flash.read(0, 0, 2, Width::Half), Ok(0x227e));
    }
}
