//! The header that U-Boot's `bootm` and `iminfo` read: 64 bytes, big endian, followed by the content.
//! Layout and numbers: U-Boot's include/image.h (legacy image format).

use spumone_core::format::crc32;
use system_file::Board;
use zerocopy::big_endian::U32;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

const MAGIC: u32 = 0x2705_1956;
/// IH_OS_U_BOOT: content that stands on its own.
const OS: u8 = 17;
/// IH_ARCH_SH.
const ARCH: u8 = 9;
/// IH_TYPE_STANDALONE: copy to the load address and jump.
const STANDALONE: u8 = 1;
/// IH_TYPE_FIRMWARE: goes into flash.
const FIRMWARE: u8 = 5;

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct Header {
    magic: U32,
    /// CRC-32 of this header with this field zero.
    header_crc: U32,
    /// Seconds since 1970; zero here, so that the same input gives the same file.
    time: U32,
    size: U32,
    load: U32,
    entry: U32,
    data_crc: U32,
    os: u8,
    arch: u8,
    kind: u8,
    compression: u8,
    name: [u8; 32],
}

/// Puts a header in front of the flat image.
pub(crate) fn wrap(image: &[u8], board: &Board, base: u32) -> Vec<u8> {
    let mut name = [0; 32];
    for (place, byte) in name.iter_mut().zip(b"SPUMONE ".iter().chain(board.name.as_bytes())) {
        *place = *byte;
    }
    let mut header = Header {
        magic: MAGIC.into(),
        header_crc: 0.into(),
        time: 0.into(),
        size: (image.len() as u32).into(),
        load: base.into(),
        entry: base.into(),
        data_crc: crc32(image).into(),
        os: OS,
        arch: ARCH,
        kind: if board.image_in_memory { STANDALONE } else { FIRMWARE },
        compression: 0,
        name,
    };
    header.header_crc = crc32(header.as_bytes()).into();
    [header.as_bytes(), image].concat()
}

/// True if the bytes begin as a uImage does.
pub(crate) fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC.to_be_bytes())
}

/// Checks both checksums and returns the content.
pub(crate) fn unwrap(bytes: &[u8]) -> Result<&[u8], String> {
    let (mut header, data) = Header::read_from_prefix(bytes).map_err(|_| "the header is cut off".to_owned())?;
    let stored = header.header_crc.get();
    header.header_crc = 0.into();
    let found = crc32(header.as_bytes());
    if found != stored {
        return Err(format!("header checksum: expected {stored:#010x}, found {found:#010x}"));
    }
    let size = header.size.get() as usize;
    let cut_off = || format!("{} bytes of content, the header says {size}", data.len());
    let data = data.get(..size).ok_or_else(cut_off)?;
    let (stored, found) = (header.data_crc.get(), crc32(data));
    if found == stored {
        Ok(data)
    } else {
        Err(format!("content checksum: expected {stored:#010x}, found {found:#010x}"))
    }
}
