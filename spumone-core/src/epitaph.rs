//! The record of SPUMONE's own last failure: bounded, in memory that a warm reset keeps, decoded on a host.
//!
//! [`Epitaph::encode`] is the writer's side, [`Epitaph::decode`] the reader's. The layout is words in little endian
//! order, then the message: magic, version, CRC-32 of what follows, deaths, core, vCPU, EXPEVT, PC, SR, TEA, R15, PR, line,
//! message length, message.

use crate::error::exception_name;
use crate::format::crc32;
use core::fmt;

/// Bytes of a record.
pub const BYTES: usize = 512;
const MAGIC: u32 = 0x4154_5045; // "EPTA"
const VERSION: u32 = 1;
const MESSAGE_AT: usize = 56;
/// The longest message; more is cut off.
pub const MESSAGE_BYTES: usize = BYTES - MESSAGE_AT;

/// In [`Epitaph::vcpu`]: none.
pub const NO_VCPU: u32 = 0xff;

/// Registers at a death by exception; zero where a panic is the reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Registers {
    /// EXPEVT.
    pub expevt: u32,
    /// SPC.
    pub pc: u32,
    /// SSR.
    pub sr: u32,
    /// TEA.
    pub tea: u32,
    /// SGR, the interrupted R15.
    pub r15: u32,
    /// PR.
    pub pr: u32,
}

/// What a dying instance leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Epitaph<'a> {
    /// 1, or more if the instance died again while it wrote this.
    pub deaths: u32,
    /// The core.
    pub core: u32,
    /// The current vCPU, [`NO_VCPU`] if none.
    pub vcpu: u32,
    /// Registers.
    pub registers: Registers,
    /// Source line of a panic.
    pub line: u32,
    /// File or text, UTF-8, cut to [`MESSAGE_BYTES`].
    pub message: &'a str,
}

/// Why bytes are not an epitaph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoEpitaph {
    /// Fewer than [`BYTES`].
    Truncated,
    /// Nothing was written there.
    Magic,
    /// Written by a version that this one does not know.
    Version,
    /// Written, and damaged since.
    Damaged,
}

impl<'a> Epitaph<'a> {
    /// The record as bytes.
    pub fn encode(&self) -> [u8; BYTES] {
        let mut out = [0; BYTES];
        let mut length = self.message.len().min(MESSAGE_BYTES);
        while !self.message.is_char_boundary(length) {
            length -= 1;
        }
        let r = &self.registers;
        let words =
            [self.deaths, self.core, self.vcpu, r.expevt, r.pc, r.sr, r.tea, r.r15, r.pr, self.line, length as u32];
        for (place, word) in out.chunks_exact_mut(4).skip(3).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        for (place, byte) in out.iter_mut().skip(MESSAGE_AT).zip(self.message.bytes().take(length)) {
            *place = byte;
        }
        let crc = crc32(out.get(12..).unwrap_or(&[]));
        for (place, word) in out.chunks_exact_mut(4).zip([MAGIC, VERSION, crc]) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        out
    }

    /// The record in `bytes`.
    ///
    /// # Errors
    /// Why it is none.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, NoEpitaph> {
        let bytes = bytes.get(..BYTES).ok_or(NoEpitaph::Truncated)?;
        let word = |index: usize| {
            let word = bytes.get(4 * index..4 * index + 4).and_then(|word| word.try_into().ok());
            word.map(u32::from_le_bytes).ok_or(NoEpitaph::Truncated)
        };
        if word(0)? != MAGIC {
            return Err(NoEpitaph::Magic);
        }
        if word(1)? != VERSION {
            return Err(NoEpitaph::Version);
        }
        if word(2)? != crc32(bytes.get(12..).unwrap_or(&[])) {
            return Err(NoEpitaph::Damaged);
        }
        let end = MESSAGE_AT.saturating_add(word(13)? as usize);
        let message = bytes.get(MESSAGE_AT..end).ok_or(NoEpitaph::Damaged)?;
        Ok(Self {
            deaths: word(3)?,
            core: word(4)?,
            vcpu: word(5)?,
            registers: Registers {
                expevt: word(6)?,
                pc: word(7)?,
                sr: word(8)?,
                tea: word(9)?,
                r15: word(10)?,
                pr: word(11)?,
            },
            line: word(12)?,
            message: core::str::from_utf8(message).map_err(|_| NoEpitaph::Damaged)?,
        })
    }
}

/// Where a dump holds something that begins as a record does: its offset, and what it is. A dump may be of any memory; records
/// lie at multiples of 4.
pub fn find(dump: &[u8]) -> impl Iterator<Item = (usize, Result<Epitaph<'_>, NoEpitaph>)> {
    let begins = |word: &[u8]| word == MAGIC.to_le_bytes();
    let places = dump.chunks_exact(4).enumerate().filter(move |(_, word)| begins(word)).map(|(index, _)| 4 * index);
    places.map(|at| (at, Epitaph::decode(dump.get(at..).unwrap_or(&[]))))
}

impl fmt::Display for Epitaph<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "died on core {}, ", self.core)?;
        match self.vcpu {
            NO_VCPU => f.write_str("no vCPU")?,
            vcpu => write!(f, "vCPU {vcpu}")?,
        }
        write!(f, ": {}", self.message)?;
        if self.line != 0 {
            write!(f, " (line {})", self.line)?;
        }
        if self.registers != Registers::default() {
            let Registers { expevt, pc, sr, tea, r15, pr } = self.registers;
            write!(f, ": {} at PC {pc:#010x}\n  EXPEVT {expevt:#05x} SR {sr:#010x}", exception_name(expevt))?;
            write!(f, " TEA {tea:#010x} R15 {r15:#010x} PR {pr:#010x}")?;
        }
        if self.deaths > 1 {
            write!(f, "\n  and died {} times more while it reported that", self.deaths - 1)?;
        }
        Ok(())
    }
}

impl fmt::Display for NoEpitaph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "the record is cut off; dump all 512 bytes of it",
            Self::Magic => "nothing was written there",
            Self::Version => "written by another version of SPUMONE; decode it with that one's tools",
            Self::Damaged => "the record is damaged: its checksum is wrong",
        })
    }
}
