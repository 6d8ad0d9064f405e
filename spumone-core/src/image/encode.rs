//! Writing an image's header and part table.

use super::parse::Image;
use super::part::Part;
use super::record::{HEADER_BYTES, HEADER_COVERED, HEADER_OFFSET, MAGIC, MAX_PARTS, RawHeader, VERSION, table_bytes};
use crate::format::{Blame, Board, Fault, FormatError, Structure, table_crc};
use core::mem::offset_of;
use zerocopy::IntoBytes;

const BLAME: Blame = Blame(Structure::Image);
const HEADER: usize = HEADER_OFFSET as usize;

/// Writes header and part table into `image`, which holds boot stage and parts' content already and has the image's
/// full length. [`table_bytes`] at [`HEADER_OFFSET`] must be free.
///
/// # Errors
/// What [`Image::parse`] or [`Image::verify`] finds wrong with the result.
pub fn encode(image: &mut [u8], board: Board, entry: u32, parts: &[Part]) -> Result<(), FormatError> {
    let at_count = HEADER + offset_of!(RawHeader, parts);
    let (count, total) = (parts.len(), image.len());
    if count > MAX_PARTS {
        return Err(BLAME.error(Fault::Field("part count"), at_count, MAX_PARTS, count));
    }
    let end = HEADER + table_bytes(count);
    let short = BLAME.error(Fault::Truncated, 0, end, total);
    let long =
        BLAME.error(Fault::Field("total length"), HEADER + offset_of!(RawHeader, total), u32::MAX as usize, total);
    let mut header = RawHeader {
        magic: MAGIC,
        version: VERSION.into(),
        total: u32::try_from(total).map_err(|_| long)?.into(),
        parts: (count as u32).into(),
        board: (board as u32).into(),
        entry: entry.into(),
        crc: 0.into(),
    };
    let head = image.get_mut(HEADER..end).ok_or(short)?;
    let (head, table) = head.split_at_mut_checked(HEADER_BYTES).ok_or(short)?;
    for (part, place) in parts.iter().zip(table.chunks_exact_mut(table_bytes(1) - HEADER_BYTES)) {
        place.copy_from_slice(part.to_raw().as_bytes());
    }
    header.crc = table_crc(header.as_bytes(), HEADER_COVERED, table).into();
    head.copy_from_slice(header.as_bytes());
    Image::parse(image)?.verify()
}
