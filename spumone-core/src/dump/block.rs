//! The block in a guest's memory that says what a dump consists of.

use core::fmt;

use zerocopy::little_endian::U32;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::format::crc32;

/// Bytes of the block: room for the registers of sixteen virtual CPUs.
pub const BLOCK_BYTES: usize = 8192;
/// Offset of the word that says how far it is ([`Stage`]).
pub const STAGE_OFFSET: usize = 8;
/// Offset of the word with an order ([`Order`]).
pub const ORDER_OFFSET: usize = 24;
/// Offset of the core file's headers.
pub const HEADERS_OFFSET: usize = 32;

const MAGIC: [u8; 8] = *b"SPUMDUMP";

/// How far a dump is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// There is none.
    None = 0,
    /// The guest stands still until somebody has fetched it.
    Ready = 1,
    /// It has been fetched, says who fetched it.
    Taken = 2,
}

impl Stage {
    /// What a word says.
    pub fn from_word(word: u32) -> Option<Self> {
        [Self::None, Self::Ready, Self::Taken].into_iter().find(|stage| *stage as u32 == word)
    }
}

/// What somebody outside wants of a guest that stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// It shall go on.
    Resume = 1,
    /// It shall be started afresh.
    Restart = 2,
}

impl Order {
    /// What a word says; `None` for nothing.
    pub fn from_word(word: u32) -> Option<Self> {
        [Self::Resume, Self::Restart].into_iter().find(|order| *order as u32 == word)
    }
}

#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct Head {
    magic: [u8; 8],
    stage: U32,
    number: U32,
    length: U32,
    crc: U32,
    order: U32,
    reserved: U32,
}

static_assertions::const_assert_eq!(size_of::<Head>(), HEADERS_OFFSET);
static_assertions::const_assert_eq!(core::mem::offset_of!(Head, stage), STAGE_OFFSET);
static_assertions::const_assert_eq!(core::mem::offset_of!(Head, order), ORDER_OFFSET);

/// Fills the block's head for `length` bytes of headers that stand in it already. `None` if they do not fit.
pub fn seal(block: &mut [u8], number: u32, length: usize, stage: Stage) -> Option<()> {
    let headers = block.get(HEADERS_OFFSET..HEADERS_OFFSET.checked_add(length)?)?;
    let head = Head {
        magic: MAGIC,
        stage: (stage as u32).into(),
        number: number.into(),
        length: (length as u32).into(),
        crc: crc32(headers).into(),
        order: U32::ZERO,
        reserved: U32::ZERO,
    };
    head.write_to_prefix(block).ok()
}

/// What a block says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announced<'a> {
    /// How far it is.
    pub stage: Stage,
    /// Dumps are counted from 1.
    pub number: u32,
    /// What the core file begins with.
    pub headers: &'a [u8],
}

/// Why a block says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoDump {
    /// It is none: what stands where the magic should be, as the first word.
    Magic(u32),
    /// The headers are longer than the block.
    Length(u32),
    /// The stage is none of [`Stage`].
    Stage(u32),
    /// The headers do not fit their checksum (expected, found).
    Checksum(u32, u32),
}

impl fmt::Display for NoDump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Magic(found) => write!(f, "no dump is described there (it begins with {found:#010x})"),
            Self::Length(bytes) => write!(f, "its headers would have {bytes} bytes, more than their block"),
            Self::Stage(word) => write!(f, "its stage is {word}, which is none"),
            Self::Checksum(expected, found) => {
                write!(f, "its headers are damaged: checksum {found:#010x} instead of {expected:#010x}")
            }
        }
    }
}

impl core::error::Error for NoDump {}

impl<'a> Announced<'a> {
    /// Reads a block, or as much of its beginning as there is.
    ///
    /// # Errors
    /// With what is wrong.
    pub fn read(block: &'a [u8]) -> Result<Self, NoDump> {
        let begins = block.first_chunk().map_or(0, |word| u32::from_le_bytes(*word));
        let (head, rest) = Head::read_from_prefix(block).map_err(|_| NoDump::Magic(begins))?;
        if head.magic != MAGIC {
            return Err(NoDump::Magic(begins));
        }
        let stage = Stage::from_word(head.stage.get()).ok_or(NoDump::Stage(head.stage.get()))?;
        let length = head.length.get();
        let headers = rest.get(..length as usize).ok_or(NoDump::Length(length))?;
        let (expected, found) = (head.crc.get(), crc32(headers));
        if expected != found {
            return Err(NoDump::Checksum(expected, found));
        }
        Ok(Self { stage, number: head.number.get(), headers })
    }
}
