//! A guest's segments once more, piece by piece: first all are checked, then all are copied.

use super::parse::Image;
use super::part::{Part, PartKind};
use crate::format::{Blame, Fault, FormatError, Structure, crc32_digest};
use crate::system::Region;

const BLAME: Blame = Blame(Structure::Image);
/// Bytes of a piece: bounds the time that one takes.
const PIECE: u32 = 64;

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Nothing; a piece was checked.
    Checked,
    /// These bytes go to this bus address.
    Copy(u32, &'a [u8]),
    /// From this bus address so many bytes are zero.
    Clear(u32, u32),
    /// Everything has been done.
    End,
}

/// One of the guest's parts, as far as a piece of it needs it: the table is not read again for each.
#[derive(Clone, Copy)]
struct Segment<'a> {
    content: &'a [u8],
    /// Where that lies in the image.
    offset: u32,
    address: u32,
    memory: u32,
    crc: u32,
}

/// How far it has come.
#[derive(Clone)]
pub struct Reload<'a> {
    image: Image<'a>,
    guest: u8,
    memory: Region,
    /// All parts are good.
    checked: bool,
    /// The part in progress, its place in the table, and how much of its memory is behind us.
    segment: Option<Segment<'a>>,
    index: usize,
    offset: u32,
    crc: crc::Digest<'static, u32>,
}

impl<'a> Reload<'a> {
    /// The segments of `guest`, whose memory is `memory`, from the image at the start of `bytes`.
    ///
    /// # Errors
    /// The first fault of header or part table.
    // Once a restart: a copy at each caller only takes room.
    #[inline(never)]
    pub fn new(bytes: &'a [u8], guest: u8, memory: Region) -> Result<Self, FormatError> {
        let image = Image::parse(bytes)?;
        let mut reload =
            Self { image, guest, memory, checked: false, segment: None, index: 0, offset: 0, crc: crc32_digest() };
        reload.go_to(0);
        Ok(reload)
    }

    /// The next piece.
    ///
    /// # Errors
    /// A part whose checksum does not fit its content, or that does not lie in the guest's memory. Nothing has been copied then.
    #[inline(never)]
    pub fn next_piece(&mut self) -> Result<Piece<'a>, FormatError> {
        loop {
            let Some(segment) = self.segment else {
                if self.checked {
                    return Ok(Piece::End);
                }
                self.checked = true;
                self.go_to(0);
                continue;
            };
            if let Some(piece) = if self.checked { self.copy(&segment) } else { self.check(&segment)? } {
                return Ok(piece);
            }
            self.go_to(self.index + 1);
        }
    }

    /// Begins with the first of the guest's parts from place `index` of the table on.
    #[inline(never)]
    fn go_to(&mut self, index: usize) {
        let is_own =
            |part: &Part| part.guest == Some(self.guest) && matches!(part.kind, PartKind::Guest | PartKind::Zero);
        let found = self.image.parts().enumerate().skip(index).find(|(_, part)| is_own(part));
        self.segment = found.map(|(_, part)| {
            let Part { offset, address, memory, crc, .. } = part;
            Segment { content: self.image.content(&part), offset, address, memory, crc }
        });
        (self.index, self.offset) = (found.map_or(index, |(index, _)| index), 0);
    }

    fn check(&mut self, segment: &Segment<'a>) -> Result<Option<Piece<'a>>, FormatError> {
        let piece = self.piece(segment);
        if !piece.is_empty() {
            self.crc.update(piece);
            self.offset += piece.len() as u32;
            return Ok(Some(Piece::Checked));
        }
        let Segment { address, memory, .. } = *segment;
        let found = core::mem::replace(&mut self.crc, crc32_digest()).finalize();
        if found != segment.crc {
            let fault = Fault::PartChecksum(self.index as u8);
            return Err(BLAME.error(fault, segment.offset as usize, segment.crc as usize, found as usize));
        }
        let last = address.wrapping_add(memory.saturating_sub(1));
        let inside = memory == 0 || self.memory.holds(address) && self.memory.holds(last);
        BLAME.check(inside, "part address", segment.offset as usize, self.memory.start, address).map(|()| None)
    }

    fn copy(&mut self, segment: &Segment<'a>) -> Option<Piece<'a>> {
        let address = segment.address + self.offset;
        let piece = self.piece(segment);
        if !piece.is_empty() {
            self.offset += piece.len() as u32;
            return Some(Piece::Copy(address, piece));
        }
        // Pieces of zeros end at multiples of a piece, too.
        let length = (PIECE - address % PIECE).min(segment.memory - self.offset);
        self.offset += length;
        (length > 0).then_some(Piece::Clear(address, length))
    }

    /// The next bytes of the part's content; none at its end.
    fn piece(&self, segment: &Segment<'a>) -> &'a [u8] {
        let rest = segment.content.get(self.offset as usize..).unwrap_or(&[]);
        // Pieces end where their addresses are multiples of a piece: whole lines of a cache.
        let length = PIECE - segment.address.wrapping_add(self.offset) % PIECE;
        rest.get(..(length as usize).min(rest.len())).unwrap_or(&[])
    }
}
