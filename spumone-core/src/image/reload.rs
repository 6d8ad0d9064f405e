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

/// How far it has come.
#[derive(Clone)]
pub struct Reload<'a> {
    image: Image<'a>,
    guest: u8,
    memory: Region,
    /// All parts are good.
    checked: bool,
    /// Place of the part in the table, and how much of its memory is behind us.
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
        Ok(Self { image, guest, memory, checked: false, index: 0, offset: 0, crc: crc32_digest() })
    }

    /// The next piece.
    ///
    /// # Errors
    /// A part whose checksum does not fit its content, or that does not lie in the guest's memory. Nothing has been copied then.
    #[inline(never)]
    pub fn next_piece(&mut self) -> Result<Piece<'a>, FormatError> {
        loop {
            let Some(part) = self.image.parts().nth(self.index) else {
                if self.checked {
                    return Ok(Piece::End);
                }
                (self.checked, self.index) = (true, 0);
                continue;
            };
            let is_own = part.guest == Some(self.guest) && matches!(part.kind, PartKind::Guest | PartKind::Zero);
            if is_own && let Some(piece) = if self.checked { self.copy(&part) } else { self.check(&part)? } {
                return Ok(piece);
            }
            (self.index, self.offset) = (self.index + 1, 0);
        }
    }

    fn check(&mut self, part: &Part) -> Result<Option<Piece<'a>>, FormatError> {
        let piece = self.piece(part);
        if !piece.is_empty() {
            self.crc.update(piece);
            self.offset += piece.len() as u32;
            return Ok(Some(Piece::Checked));
        }
        let found = core::mem::replace(&mut self.crc, crc32_digest()).finalize();
        if found != part.crc {
            let fault = Fault::PartChecksum(self.index as u8);
            return Err(BLAME.error(fault, part.offset as usize, part.crc as usize, found as usize));
        }
        let last = part.address.wrapping_add(part.memory.saturating_sub(1));
        let inside = part.memory == 0 || self.memory.holds(part.address) && self.memory.holds(last);
        BLAME.check(inside, "part address", part.offset as usize, self.memory.start, part.address).map(|()| None)
    }

    fn copy(&mut self, part: &Part) -> Option<Piece<'a>> {
        let address = part.address + self.offset;
        let piece = self.piece(part);
        if !piece.is_empty() {
            self.offset += piece.len() as u32;
            return Some(Piece::Copy(address, piece));
        }
        // Pieces of zeros end at multiples of a piece, too.
        let length = (PIECE - address % PIECE).min(part.memory - self.offset);
        self.offset += length;
        (length > 0).then_some(Piece::Clear(address, length))
    }

    /// The next bytes of the part's content; none at its end.
    fn piece(&self, part: &Part) -> &'a [u8] {
        let rest = self.image.content(part).get(self.offset as usize..).unwrap_or(&[]);
        // Pieces end where their addresses are multiples of a piece: whole lines of a cache.
        let length = PIECE - part.address.wrapping_add(self.offset) % PIECE;
        rest.get(..(length as usize).min(rest.len())).unwrap_or(&[])
    }
}
