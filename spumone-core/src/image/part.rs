//! One part of an image, checked.

use super::record::{HEADER_OFFSET, NO_GUEST, RawPart};
use crate::format::{Blame, FormatError, Name, Structure};
use crate::system::MAX_GUESTS;
use core::mem::offset_of;
use core::ops::Range;

/// What the boot stage does with a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum PartKind {
    /// Copy to its address, fill up with zeros to the memory length: a segment of SPUMONE.
    Load = 1,
    /// Fill the memory with zeros; no content.
    Zero = 2,
    /// Copy to its address; SPUMONE gets that address in R4.
    SystemTable = 3,
    /// As `Load`, but a segment of a guest: a restart of the guest loads it again.
    Guest = 4,
    /// The boot stage itself, in place at the start of the image: only its checksum counts.
    BootStage = 5,
}

impl PartKind {
    fn from_number(number: u32) -> Option<Self> {
        [Self::Load, Self::Zero, Self::SystemTable, Self::Guest, Self::BootStage]
            .into_iter()
            .find(|kind| *kind as u32 == number)
    }
}

/// One part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// What to do with it.
    pub kind: PartKind,
    /// The guest it belongs to (index in the system table), `None` for SPUMONE.
    pub guest: Option<u8>,
    /// Where its content lies in the image, in bytes from the image's start.
    pub offset: u32,
    /// Bytes of content.
    pub length: u32,
    /// Where it goes: a 29-bit bus address, or an address in P4 (0xe0000000 up) for core-local memory.
    pub address: u32,
    /// Bytes it takes there; what exceeds `length` is zero.
    pub memory: u32,
    /// CRC-32 of its content.
    pub crc: u32,
    /// For people.
    pub name: Name,
}

const BLAME: Blame = Blame(Structure::Image);

impl Part {
    /// Decodes the record at offset `at` of an image whose payload lies in `payload`.
    pub(super) fn decode(raw: &RawPart, at: usize, payload: Range<u32>) -> Result<Self, FormatError> {
        let number = raw.kind.get();
        let at_kind = at + offset_of!(RawPart, kind);
        let greatest = PartKind::BootStage as u32;
        let kind = PartKind::from_number(number).ok_or(BLAME.bad("part kind", at_kind, greatest, number))?;
        let at_name = at + offset_of!(RawPart, name);
        let name = Name::from_bytes(raw.name).ok_or(BLAME.bad("part name", at_name, 0x20, raw.name[0].into()))?;
        let part = Self {
            kind,
            guest: decode_guest(kind, raw.guest.get(), at + offset_of!(RawPart, guest))?,
            offset: raw.offset.get(),
            length: raw.length.get(),
            address: raw.address.get(),
            memory: raw.memory.get(),
            crc: raw.crc.get(),
            name,
        };
        let reserved = raw.reserved.get();
        BLAME.check(reserved == 0, "reserved word", at + offset_of!(RawPart, reserved), 0, reserved)?;
        part.check_ranges(at, if kind == PartKind::BootStage { 0..HEADER_OFFSET } else { payload })?;
        Ok(part)
    }

    /// Content inside `payload`, memory not shorter than the content and not beyond the address space.
    fn check_ranges(&self, at: usize, payload: Range<u32>) -> Result<(), FormatError> {
        let Self { kind, offset, length, address, memory, .. } = *self;
        let at_length = at + offset_of!(RawPart, length);
        let (at_offset, at_memory) = (at + offset_of!(RawPart, offset), at + offset_of!(RawPart, memory));
        BLAME.check(offset >= payload.start, "part offset", at_offset, payload.start, offset)?;
        let room = payload.end.checked_sub(offset);
        let room = room.ok_or(BLAME.bad("part offset", at_offset, payload.end, offset))?;
        BLAME.check(length <= room, "part length", at_length, room, length)?;
        BLAME.check(kind != PartKind::Zero || length == 0, "length of a zero part", at_length, 0, length)?;
        BLAME.check(length <= memory, "part memory length", at_memory, length, memory)?;
        BLAME.check(memory <= u32::MAX - address, "part memory length", at_memory, u32::MAX - address, memory)
    }

    pub(super) fn to_raw(self) -> RawPart {
        RawPart {
            kind: (self.kind as u32).into(),
            guest: self.guest.map_or(NO_GUEST, u32::from).into(),
            offset: self.offset.into(),
            length: self.length.into(),
            address: self.address.into(),
            memory: self.memory.into(),
            crc: self.crc.into(),
            reserved: 0.into(),
            name: self.name.to_bytes(),
        }
    }
}

/// A guest's segments name their guest, SPUMONE's parts none; a zero part may belong to either.
fn decode_guest(kind: PartKind, guest: u32, at: usize) -> Result<Option<u8>, FormatError> {
    match (kind, u8::try_from(guest).ok().filter(|&guest| usize::from(guest) < MAX_GUESTS)) {
        (PartKind::Guest | PartKind::Zero, Some(guest)) => Ok(Some(guest)),
        (PartKind::Guest, None) => Err(BLAME.bad("part's guest", at, MAX_GUESTS as u32 - 1, guest)),
        _ if guest == NO_GUEST => Ok(None),
        _ => Err(BLAME.bad("part's guest", at, NO_GUEST, guest)),
    }
}
