//! Reading an image.

use super::part::{Part, PartKind};
use super::record::{
    HEADER_BYTES, HEADER_COVERED, HEADER_OFFSET, MAGIC, MAX_PARTS, RawHeader, RawPart, VERSION, table_bytes,
};
use crate::format::{Blame, Board, Fault, FormatError, Structure, crc32, table_crc};
use core::mem::offset_of;
use zerocopy::FromBytes;

const BLAME: Blame = Blame(Structure::Image);
const HEADER: usize = HEADER_OFFSET as usize;

/// An image whose header and part table are good.
#[derive(Clone, Copy)]
pub struct Image<'a> {
    bytes: &'a [u8],
    parts: &'a [RawPart],
    board: Board,
    entry: u32,
    system_table: Part,
}

impl<'a> Image<'a> {
    /// Reads the image at the start of `bytes`; what lies behind its end (the rest of a flash, say) is ignored.
    ///
    /// # Errors
    /// The first fault of header or part table.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, FormatError> {
        let truncated = |need| BLAME.error(Fault::Truncated, 0, need, bytes.len());
        let head = bytes.get(HEADER..).ok_or(truncated(HEADER + HEADER_BYTES))?;
        let (header, rest) = RawHeader::ref_from_prefix(head).map_err(|_| truncated(HEADER + HEADER_BYTES))?;
        BLAME.magic(HEADER, MAGIC, header.magic)?;
        let (version, total, count) = (header.version.get(), header.total.get(), header.parts.get());
        if version != VERSION {
            let at = HEADER + offset_of!(RawHeader, version);
            return Err(BLAME.error(Fault::Version, at, VERSION as usize, version as usize));
        }
        let parts = usize::try_from(count).unwrap_or(usize::MAX);
        let at_count = HEADER + offset_of!(RawHeader, parts);
        BLAME.check(parts <= MAX_PARTS, "part count", at_count, MAX_PARTS as u32, count)?;
        let table_end = HEADER + table_bytes(parts);
        let table = <[RawPart]>::ref_from_prefix_with_elems(rest, parts).map_err(|_| truncated(table_end))?.0;
        check_crc(head, table_bytes(parts), header.crc.get())?;
        // From here on the header is what the packer wrote.
        let at_total = HEADER + offset_of!(RawHeader, total);
        BLAME.check(total as usize >= table_end, "total length", at_total, table_end as u32, total)?;
        let bytes = bytes.get(..total as usize).ok_or(truncated(total as usize))?;
        let at_board = HEADER + offset_of!(RawHeader, board);
        let board = header.board.get();
        let board = Board::from_number(board).ok_or(BLAME.bad("board", at_board, Board::R2d as u32, board))?;
        let payload = table_end as u32..total;
        let mut system_table = None;
        let mut tables = 0;
        for (index, raw) in table.iter().enumerate() {
            let part = Part::decode(raw, HEADER + table_bytes(index), payload.clone())?;
            if part.kind == PartKind::SystemTable {
                system_table = Some(part);
                tables += 1;
            }
        }
        let wrong = BLAME.bad("number of system tables", at_count, 1, tables);
        let system_table = system_table.filter(|_| tables == 1).ok_or(wrong)?;
        Ok(Self { bytes, parts: table, board, entry: header.entry.get(), system_table })
    }

    /// Checks the content of every part.
    ///
    /// # Errors
    /// The first part whose checksum does not fit its content.
    pub fn verify(&self) -> Result<(), FormatError> {
        for (index, part) in self.parts().enumerate() {
            let found = crc32(self.content(&part));
            if found != part.crc {
                // MAX_PARTS < 256, so the number fits.
                let fault = Fault::PartChecksum(index as u8);
                return Err(BLAME.error(fault, part.offset as usize, part.crc as usize, found as usize));
            }
        }
        Ok(())
    }

    /// The parts, in the order of the table.
    pub fn parts(&self) -> impl Iterator<Item = Part> + use<'a> {
        let end = self.bytes.len() as u32;
        let start = (HEADER + table_bytes(self.parts.len())) as u32;
        // `parse` decoded every record before, so nothing is left out here.
        self.parts.iter().filter_map(move |raw| Part::decode(raw, 0, start..end).ok())
    }

    /// The content of one of this image's parts; empty if `part` is of another image and does not fit into this one.
    pub fn content(&self, part: &Part) -> &'a [u8] {
        let start = part.offset as usize;
        start.checked_add(part.length as usize).and_then(|end| self.bytes.get(start..end)).unwrap_or(&[])
    }

    /// The whole image, without anything behind its end.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The machine it is made for.
    pub fn board(&self) -> Board {
        self.board
    }

    /// Where SPUMONE's instance starts.
    pub fn entry(&self) -> u32 {
        self.entry
    }

    /// The part that holds the system table.
    pub fn system_table(&self) -> Part {
        self.system_table
    }
}

/// Compares the checksum over header and part table, leaving out its own four bytes.
fn check_crc(head: &[u8], length: usize, stored: u32) -> Result<(), FormatError> {
    let found = table_crc(head, HEADER_COVERED, head.get(HEADER_BYTES..length).unwrap_or(&[]));
    if found == stored {
        return Ok(());
    }
    Err(BLAME.error(Fault::Checksum, HEADER + HEADER_COVERED, stored as usize, found as usize))
}
