//! The bytes of a profile, version 1.1. All numbers are little-endian and 32 bits wide unless said otherwise.
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
//!
//! ```
//! use monitor_api::profile::format::{MAGIC, crc32};
//!
//! # let bytes = kernel_profile::Sample::linux().profile();
//! let word = |at: usize| u32::from_le_bytes(*bytes[at..].first_chunk().unwrap());
//! assert_eq!(bytes[..8], MAGIC);
//! assert_eq!(word(12) as usize, bytes.len());
//! assert_eq!(word(16), crc32(&bytes[20..]));
//! ```

pub mod kind;

/// The first eight bytes.
///
/// ```
/// use monitor_api::profile::{Profile, ProfileError, format::MAGIC};
///
/// # let bytes = kernel_profile::Sample::linux().profile();
/// # let profile = monitor_api::profile::Profile::open(&bytes)?;
/// assert_eq!(bytes[..8], MAGIC);
/// let elf = Profile::open(b"\x7fELF\x01\x01\x01\0").unwrap_err();
/// assert_eq!(elf, ProfileError::Magic { found: *b"\x7fELF\x01\x01\x01\0" });
/// # Ok::<(), monitor_api::profile::ProfileError>(())
/// ```
pub const MAGIC: [u8; 8] = *b"SPMPROF\0";
/// The version that this crate reads: the same major, and no greater minor.
///
/// ```
/// use monitor_api::profile::{Profile, ProfileError, format::VERSION};
///
/// # let bytes = kernel_profile::Sample::linux().profile();
/// # let profile = monitor_api::profile::Profile::open(&bytes)?;
/// let (major, minor) = (VERSION.0, VERSION.1 + 1);
/// let mut newer = bytes.clone();
/// newer[10..12].copy_from_slice(&minor.to_le_bytes());
/// assert_eq!(Profile::open(&newer).unwrap_err(), ProfileError::Version { major, minor });
/// # Ok::<(), monitor_api::profile::ProfileError>(())
/// ```
pub const VERSION: (u16, u16) = (1, 1);
/// Bytes before the first section.
///
/// ```
/// use monitor_api::profile::{Profile, ProfileError, format::{HEADER, Section}};
///
/// # let bytes = kernel_profile::Sample::linux().profile();
/// # let profile = monitor_api::profile::Profile::open(&bytes)?;
/// // 36 bytes, then offset and number of records of each section.
/// assert_eq!(HEADER, 36 + 8 * Section::ALL.len());
/// let cut = Profile::open(&bytes[..HEADER - 1]).unwrap_err();
/// assert_eq!(cut, ProfileError::TooShort { length: HEADER - 1 });
/// # Ok::<(), monitor_api::profile::ProfileError>(())
/// ```
pub const HEADER: usize = 116;
/// No type, no text, no symbol.
///
/// ```
/// use monitor_api::profile::format::{NONE, Section, kind};
///
/// # let bytes = kernel_profile::Sample::linux().profile();
/// # let profile = monitor_api::profile::Profile::open(&bytes)?;
/// # let word = |at: usize| u32::from_le_bytes(*bytes[at..].first_chunk().unwrap());
/// # let start = word(36 + 8 * Section::Symbols as usize) as usize;
/// // Every symbol whose record says no type has none for the reader.
/// let untyped = (0..word(40 + 8 * Section::Symbols as usize) as usize).filter(|record| word(start + 16 * record + 12) == NONE);
/// assert_eq!(untyped.count(), profile.symbols().filter(|symbol| symbol.ty.is_none()).count());
/// assert!(profile.symbol("schedule").unwrap().ty.is_none());
/// # Ok::<(), monitor_api::profile::ProfileError>(())
/// ```
pub const NONE: u32 = u32::MAX;

/// In the size of a region's block: the contents are the blocks' bytes.
///
/// ```
/// use monitor_api::profile::{Contents, Profile, format::{Section, WHOLE}};
///
/// let mut builder = kernel_profile::Builder::new("");
/// builder.digested_region(".text", 0x8c00_1000, &[7; 5000], 4096);
/// builder.keep_bytes(5000);
/// let bytes = builder.finish();
/// let word = |at: usize| u32::from_le_bytes(*bytes[at..].first_chunk().unwrap());
/// let start = word(36 + 8 * Section::Regions as usize) as usize;
/// assert_eq!(word(start + 12), WHOLE | 4096);
/// let profile = Profile::open(&bytes)?;
/// let text = profile.regions().next().unwrap();
/// assert!(matches!(text.contents, Contents::Blocks(4096, code) if code == [7; 5000]));
/// # Ok::<(), monitor_api::profile::ProfileError>(())
/// ```
pub const WHOLE: u32 = 1 << 31;

/// The tables of a profile.
///
/// ```
/// use monitor_api::profile::format::Section;
///
/// # let bytes = kernel_profile::Sample::linux().profile();
/// # let profile = monitor_api::profile::Profile::open(&bytes)?;
/// let word = |at: usize| u32::from_le_bytes(*bytes[at..].first_chunk().unwrap());
/// // Its place in the header: offset, then number of records.
/// let enumerators = word(36 + 8 * Section::Enumerators as usize + 4);
/// assert_eq!(enumerators, 2); // MODULE_STATE_LIVE and MODULE_STATE_GOING
/// # Ok::<(), monitor_api::profile::ProfileError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Bytes of all texts; a record is a byte.
    Texts = 0,
    /// Symbols in the order of their names: name, address, size, type.
    Symbols = 1,
    /// Numbers of the symbols in the order of their addresses.
    ByAddress = 2,
    /// Types: name, size, `a`, `b`, kind. See [`kind`].
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
    /// the contents are the bytes themselves, else for each block (the last may be shorter) the first 16 bytes of its SHA-256; from 1.1 on
    /// with [`WHOLE`] in the block's size they are the bytes of the blocks.
    Regions = 8,
    /// Bytes that the regions refer to.
    Contents = 9,
}

impl Section {
    /// All of them, in their order.
    ///
    /// ```
    /// use monitor_api::profile::format::{HEADER, Section};
    ///
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// let word = |at: usize| u32::from_le_bytes(*bytes[at..].first_chunk().unwrap()) as usize;
    /// // Each section begins where the one before it ends.
    /// let mut end = HEADER;
    /// for (number, section) in Section::ALL.into_iter().enumerate() {
    ///     assert_eq!(word(36 + 8 * number), end, "{}", section.name());
    ///     end += word(40 + 8 * number) * section.record();
    /// }
    /// assert_eq!(end, bytes.len());
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
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
    ///
    /// ```
    /// use monitor_api::profile::format::Section;
    ///
    /// assert_eq!(Section::Lists.record(), 3 * 4); // head, element, link
    /// assert_eq!(Section::Texts.record(), 1);
    /// ```
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
    ///
    /// ```
    /// use monitor_api::profile::{Profile, ProfileError, format::{Section, crc32}};
    ///
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// let mut damaged = bytes.clone();
    /// let at = 36 + 8 * Section::Lists as usize;
    /// damaged[at + 4..at + 8].copy_from_slice(&u32::MAX.to_le_bytes()); // so many lists
    /// let checksum = crc32(&damaged[20..]);
    /// damaged[16..20].copy_from_slice(&checksum.to_le_bytes());
    /// let error = Profile::open(&damaged).unwrap_err();
    /// assert!(matches!(error, ProfileError::Section { name, .. } if name == Section::Lists.name()));
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
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
///
/// ```
/// use monitor_api::profile::{Contents, format::DIGEST};
///
/// # let bytes = kernel_profile::Sample::linux().profile();
/// # let profile = monitor_api::profile::Profile::open(&bytes)?;
/// let text = profile.regions().find(|region| region.name == "text").unwrap();
/// let Contents::Digests(block, digests) = text.contents else { panic!("digests are kept") };
/// // 64 bytes of zeros: `head -c 32 /dev/zero | sha256sum` begins with 66687aad...
/// assert_eq!((block, digests.len()), (32, 2));
/// assert_eq!(digests[0][..4], [0x66, 0x68, 0x7a, 0xad]);
/// assert_eq!(digests[0].len(), DIGEST);
/// # Ok::<(), monitor_api::profile::ProfileError>(())
/// ```
pub const DIGEST: usize = 16;

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
