//! What the two flat formats, [`crate::image`] and [`crate::system`], share: the error, the checksum and names.
//!
//! Both are little endian, versioned and protected by CRC-32 (IEEE 802.3, as in zip and Ethernet). Parsing borrows the
//! bytes, copies nothing but single records, allocates nothing and panics on no input.

use core::fmt;
use crc::{CRC_32_ISO_HDLC, Crc};

static CRC32: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// CRC-32 (IEEE) of what comes piece by piece.
pub(crate) fn crc32_digest() -> crc::Digest<'static, u32> {
    CRC32.digest()
}

/// CRC-32 (IEEE) of `bytes`.
pub fn crc32(bytes: &[u8]) -> u32 {
    CRC32.checksum(bytes)
}

/// CRC-32 of what a header's checksum covers: the header up to the checksum, and the records behind the header.
pub(crate) fn table_crc(header: &[u8], covered: usize, records: &[u8]) -> u32 {
    let mut crc = CRC32.digest();
    crc.update(header.get(..covered).unwrap_or(&[]));
    crc.update(records);
    crc.finalize()
}

/// Which of the two structures an error speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Structure {
    /// The image's header or part table, or the content of a part.
    Image,
    /// The system table.
    SystemTable,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Fewer bytes than needed (expected and found count bytes).
    Truncated,
    /// The magic is absent (expected and found are the four bytes that differ first, as a little-endian word).
    Magic,
    /// A format version that this code does not know.
    Version,
    /// The header's checksum does not fit its content.
    Checksum,
    /// The checksum of this part's content does not fit (number in the part table, from 0).
    PartChecksum(u8),
    /// A field holds what the format does not allow; expected is the value or the limit that it breaks.
    Field(&'static str),
}

/// Why bytes were refused: where, what was expected there, what was found. Offsets count from the start of the structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatError {
    /// The structure that was read.
    pub structure: Structure,
    /// What is wrong with it.
    pub fault: Fault,
    /// Byte offset of the first wrong byte or field.
    pub offset: u32,
    /// The value, or the limit, that was expected.
    pub expected: u32,
    /// The value found.
    pub found: u32,
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.structure {
            Structure::Image => "image: ",
            Structure::SystemTable => "system table: ",
        })?;
        match self.fault {
            Fault::Truncated => f.write_str("too short")?,
            Fault::Magic => f.write_str("bad magic")?,
            Fault::Version => f.write_str("unknown format version")?,
            Fault::Checksum => f.write_str("header checksum wrong")?,
            Fault::PartChecksum(part) => write!(f, "checksum of part {part} wrong")?,
            Fault::Field(name) => write!(f, "bad {name}")?,
        }
        write!(f, " at {:#x}: expected {:#x}, found {:#x}", self.offset, self.expected, self.found)
    }
}

impl core::error::Error for FormatError {}

/// A name of up to 16 printable ASCII characters, padded with zeros.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name([u8; Self::LEN]);

impl Name {
    /// Bytes that a name takes, and the greatest number of characters in it.
    pub const LEN: usize = 16;

    /// The name, or `None` if `text` is empty, too long or not printable ASCII.
    pub fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; Self::LEN];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Self::from_bytes(bytes)
    }

    /// The name in its stored form, or `None` if it is not one.
    pub fn from_bytes(bytes: [u8; Self::LEN]) -> Option<Self> {
        let used = bytes.iter().position(|&b| b == 0).unwrap_or(Self::LEN);
        let (text, padding) = bytes.split_at_checked(used)?;
        let good = used > 0 && text.iter().all(u8::is_ascii_graphic) && padding.iter().all(|&b| b == 0);
        good.then_some(Self(bytes))
    }

    /// The stored form.
    pub fn to_bytes(self) -> [u8; Self::LEN] {
        self.0
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        let used = self.0.iter().position(|&b| b == 0).unwrap_or(Self::LEN);
        self.0.get(..used).and_then(|text| core::str::from_utf8(text).ok()).unwrap_or("")
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The machine that an image or system is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Board {
    /// RP1 (SH-X3) on its board.
    Rp1 = 1,
    /// The SH7751R board that stock QEMU emulates.
    R2d = 2,
}

impl Board {
    /// The board with this number (the number that the hypercall table and the formats use).
    pub fn from_number(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::Rp1),
            2 => Some(Self::R2d),
            _ => None,
        }
    }
}

/// Builds the errors of one structure.
#[derive(Clone, Copy)]
pub(crate) struct Blame(pub(crate) Structure);

impl Blame {
    /// An error of this structure; sizes and offsets beyond 32 bits are shown as the greatest 32-bit value.
    pub(crate) fn error(self, fault: Fault, offset: usize, expected: usize, found: usize) -> FormatError {
        let narrow = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        FormatError {
            structure: self.0,
            fault,
            offset: narrow(offset),
            expected: narrow(expected),
            found: narrow(found),
        }
    }

    /// A field at `at` that holds `found` and breaks the value or limit `want`.
    pub(crate) fn bad(self, name: &'static str, at: usize, want: u32, found: u32) -> FormatError {
        self.error(Fault::Field(name), at, want as usize, found as usize)
    }

    /// `Ok` if `good`, else [`Blame::bad`].
    pub(crate) fn check(
        self,
        good: bool,
        name: &'static str,
        at: usize,
        want: u32,
        found: u32,
    ) -> Result<(), FormatError> {
        if good { Ok(()) } else { Err(self.bad(name, at, want, found)) }
    }

    /// Compares an 8-byte magic at `offset`.
    pub(crate) fn magic(self, offset: usize, want: [u8; 8], found: [u8; 8]) -> Result<(), FormatError> {
        let halves = |m: [u8; 8]| {
            let [a, b, c, d, e, f, g, h] = m;
            [u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h])]
        };
        for (half, (want, found)) in halves(want).into_iter().zip(halves(found)).enumerate() {
            if want != found {
                return Err(self.error(Fault::Magic, offset + 4 * half, want as usize, found as usize));
            }
        }
        Ok(())
    }
}
