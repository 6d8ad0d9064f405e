//! The bytes of a profile, version 1.0. All numbers are little-endian and 32 bits wide unless said otherwise.
//!
//! | offset | what |
//! | --- | --- |
//! | 0 | `SPMPROF` and a zero byte |
//! | 8 | format: major and minor version, 16 bits each |
//! | 12 | length of the whole profile in bytes |
//! | 16 | CRC-32 (ISO-HDLC) of everything from offset 20 on |
//! | 20 | bytes: size of a pointer, way of paging, log2 of the page size, 0 |
//! | 24 | banner, a text |
//! | 28 | build id in hexadecimal, a text; empty if the kernel has none |
//! | 32 | address of the build id's bytes in the guest, 0 if there is none |
//! | 36 | ten sections: offset from the start and number of records, in the order of [`Section`] |
//! | 116 | the sections |
//!
//! A text is an offset into the section of texts, where its length (16 bits) and its bytes lie. A type is the number of a type record.

/// The first eight bytes.
pub const MAGIC: [u8; 8] = *b"SPMPROF\0";
/// The version that this crate reads: the same major, and no greater minor.
pub const VERSION: (u16, u16) = (1, 0);
/// Bytes before the first section.
pub const HEADER: usize = 116;
/// No type, no text, no symbol.
pub const NONE: u32 = u32::MAX;

/// The tables of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Bytes of all texts; a record is a byte.
    Texts = 0,
    /// Symbols in the order of their names: name, address, size, type.
    Symbols = 1,
    /// Numbers of the symbols in the order of their addresses.
    ByAddress = 2,
    /// Types: name, size, `a`, `b`, kind. See [`kind`](super::format::kind).
    Types = 3,
    /// Names of types in their order: name, type.
    Names = 4,
    /// Members of structures and unions, each type's in the order of their offsets: name, offset in bytes, type, bits.
    /// Bits: 0, or for a bit field its width in bits 0 to 7 and its lowest bit in bits 8 to 15.
    Members = 5,
    /// Enumerators in the order of their names: name, value (signed).
    Enumerators = 6,
    /// Lists: path of the head, type of the elements, path of the link in an element.
    Lists = 7,
    /// Pieces of the kernel that never change: name, address, length, bytes of a block, offset in the contents. With blocks of 0 bytes
    /// the contents are the bytes themselves, else for each block (the last may be shorter) the first 16 bytes of its SHA-256.
    Regions = 8,
    /// Bytes that the regions refer to.
    Contents = 9,
}

impl Section {
    /// All of them, in their order.
    pub const ALL: [Self; 10] = [
        Self::Texts,
        Self::Symbols,
        Self::ByAddress,
        Self::Types,
        Self::Names,
        Self::Members,
        Self::Enumerators,
        Self::Lists,
        Self::Regions,
        Self::Contents,
    ];

    /// Bytes of a record.
    pub const fn record(self) -> usize {
        match self {
            Self::Texts | Self::Contents => 1,
            Self::ByAddress => 4,
            Self::Names | Self::Enumerators => 8,
            Self::Lists => 12,
            Self::Symbols | Self::Members => 16,
            Self::Types | Self::Regions => 20,
        }
    }

    /// Its name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Texts => "texts",
            Self::Symbols => "symbols",
            Self::ByAddress => "symbols by address",
            Self::Types => "types",
            Self::Names => "names of types",
            Self::Members => "members",
            Self::Enumerators => "enumerators",
            Self::Lists => "lists",
            Self::Regions => "regions",
            Self::Contents => "contents",
        }
    }
}

/// Bytes of a block's digest: the first of its SHA-256.
pub const DIGEST: usize = 16;

/// Kinds of types, and what `a` and `b` of their records are.
pub mod kind {
    /// Declared but not defined, or of no size (`void`).
    pub const OPAQUE: u32 = 0;
    /// An unsigned number, a `bool` or a character.
    pub const UNSIGNED: u32 = 1;
    /// A signed number.
    pub const SIGNED: u32 = 2;
    /// A pointer to type `a`.
    pub const POINTER: u32 = 3;
    /// `b` elements of type `a`.
    pub const ARRAY: u32 = 4;
    /// A structure: `b` members from member `a` on.
    pub const STRUCT: u32 = 5;
    /// A union: the same.
    pub const UNION: u32 = 6;
    /// An enumeration.
    pub const ENUM: u32 = 7;
    /// A function.
    pub const FUNCTION: u32 = 8;
}

/// CRC-32 (ISO-HDLC, as in zlib and PNG).
///
/// ```
/// // The check value of the catalogue of CRC algorithms.
/// assert_eq!(monitor_api::profile::format::crc32(b"123456789"), 0xcbf4_3926);
/// ```
pub fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, &byte: &u8| crc >> 8 ^ TABLE[usize::from(crc as u8 ^ byte)];
    !bytes.iter().fold(u32::MAX, step)
}

const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 != 0 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};
