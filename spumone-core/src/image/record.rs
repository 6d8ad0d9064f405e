//! The image's header and part record as they lie in memory.

use zerocopy::little_endian::U32;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// Offset of the header in the image; the boot stage lies before it.
pub const HEADER_OFFSET: u32 = 0x4000;
/// First bytes of the header.
pub const MAGIC: [u8; 8] = *b"SPUMONE1";
/// Version of the format.
pub const VERSION: u32 = 1;
/// The greatest number of parts in an image.
pub const MAX_PARTS: usize = 64;
/// In a record's guest field: the part belongs to SPUMONE itself.
pub(super) const NO_GUEST: u32 = 0xffff_ffff;

/// The header, 32 bytes at [`HEADER_OFFSET`].
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub(super) struct RawHeader {
    pub(super) magic: [u8; 8],
    pub(super) version: U32,
    /// Bytes from the start of the image (not of the header) to the end of its last part.
    pub(super) total: U32,
    pub(super) parts: U32,
    pub(super) board: U32,
    /// Where SPUMONE's instance starts.
    pub(super) entry: U32,
    /// CRC-32 of the 28 bytes above and of the part table.
    pub(super) crc: U32,
}

/// One record of the part table, 48 bytes; the table follows the header.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub(super) struct RawPart {
    pub(super) kind: U32,
    pub(super) guest: U32,
    pub(super) offset: U32,
    pub(super) length: U32,
    pub(super) address: U32,
    pub(super) memory: U32,
    pub(super) crc: U32,
    pub(super) reserved: U32,
    pub(super) name: [u8; 16],
}

/// Size of the header.
pub(super) const HEADER_BYTES: usize = size_of::<RawHeader>();
/// Size of a part record.
pub(super) const PART_BYTES: usize = size_of::<RawPart>();
/// Bytes of the header that its checksum covers.
pub(super) const HEADER_COVERED: usize = core::mem::offset_of!(RawHeader, crc);

static_assertions::const_assert_eq!(HEADER_BYTES, 32);
static_assertions::const_assert_eq!(PART_BYTES, 48);

/// Bytes that header and part table of an image with `parts` parts take.
pub const fn table_bytes(parts: usize) -> usize {
    HEADER_BYTES + parts * PART_BYTES
}
