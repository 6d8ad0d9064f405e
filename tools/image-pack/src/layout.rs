//! Where parts go in memory, and that they do not meet there.

use crate::elf::{Elf, Segment, bus};
use crate::error::PackError;
use spumone_core::format::Name;
use spumone_core::image::{HEADER_OFFSET, PartKind};
use spumone_core::system::Region;
use system_file::Board;
use system_file::board::Memory;

/// A part before it has its place in the image.
pub(crate) struct Draft {
    pub(crate) kind: PartKind,
    pub(crate) guest: Option<u8>,
    pub(crate) name: Name,
    pub(crate) address: u32,
    pub(crate) memory: u32,
    pub(crate) data: Vec<u8>,
}

/// First address and first address behind; 64 bits so that the end of the address space needs no exception.
pub(crate) type Span = (u64, u64);

fn span(start: u32, length: u32) -> Span {
    (start.into(), u64::from(start) + u64::from(length))
}

fn show((start, end): Span) -> String {
    format!("{start:#010x}..{end:#010x}")
}

fn inside(inner: Span, outer: Span) -> bool {
    inner.0 >= outer.0 && inner.1 <= outer.1
}

fn meet(a: Span, b: Span) -> bool {
    a.0 < b.1 && b.0 < a.1
}

impl Draft {
    pub(crate) fn of_segment(segment: &Segment, kind: PartKind, guest: Option<u8>, name: Name) -> Self {
        let kind = if segment.data.is_empty() { PartKind::Zero } else { kind };
        Self { kind, guest, name, address: segment.address, memory: segment.memory, data: segment.data.clone() }
    }

    fn span(&self) -> Span {
        span(self.address, self.memory)
    }
}

/// A guest's segments and its entry lie in its own memory.
pub(crate) fn check_guest(elf: &Elf<'_>, name: &str, memory: &Region) -> Result<(), PackError> {
    let place = span(memory.start, memory.length);
    let show_place = format!("the memory of guest `{name}`, {}", show(place));
    let cure = "change `memory` in the system file or the guest's link address";
    for (number, segment) in elf.segments.iter().enumerate() {
        let at = span(segment.address, segment.memory);
        if !inside(at, place) {
            return Err(outside(elf, format!("segment {number}"), at, show_place, cure));
        }
    }
    let entry = span(bus(elf.entry), 1);
    if inside(entry, place) { Ok(()) } else { Err(outside(elf, "entry".into(), entry, show_place, cure)) }
}

/// What a guest's stack, at the top of its memory, is left at least.
const STACK: u64 = 0x8000;

/// Where `length` bytes go behind everything of the guest's program, with room for its stack above them.
pub(crate) fn behind_guest(elf: &Elf<'_>, name: &str, memory: &Region, length: usize) -> Result<u32, PackError> {
    let end = elf.segments.iter().map(|segment| span(segment.address, segment.memory).1).max().unwrap_or(0);
    let start = end.next_multiple_of(0x1000);
    let (at, place) = ((start, start + length as u64), span(memory.start, memory.length));
    if !inside((at.0, at.1 + STACK), place) {
        let show_place = format!("the memory of guest `{name}`, {}, with {STACK:#x} bytes of stack", show(place));
        return Err(outside(elf, "the kernel's profile".into(), at, show_place, "give the guest more `memory`"));
    }
    // It lies below the end of a region of 32-bit addresses.
    Ok(start as u32)
}

/// Each segment of SPUMONE's instance lies in one of the memories that the board has for it.
pub(crate) fn check_instance(elf: &Elf<'_>, memories: &[Memory]) -> Result<(), PackError> {
    let show_all = || {
        let each = memories.iter().map(|m| format!("{} {}", m.name, show(span(m.region.start, m.region.length))));
        each.collect::<Vec<_>>().join(", ")
    };
    for (number, segment) in elf.segments.iter().enumerate() {
        let at = span(segment.address, segment.memory);
        if !memories.iter().any(|m| inside(at, span(m.region.start, m.region.length))) {
            let cure = "SPUMONE has grown too large or its linker script does not fit the board";
            return Err(outside(elf, format!("segment {number}"), at, show_all(), cure));
        }
    }
    Ok(())
}

/// The first aligned address behind the instance in the board's largest memory for it, with room for `bytes`.
pub(crate) fn behind(elf: &Elf<'_>, board: &Board, bytes: u32) -> Result<u32, PackError> {
    let largest = board.instance.iter().max_by_key(|m| m.region.length);
    let (name, place) = largest.map_or(("nowhere", (0, 0)), |m| (m.name, span(m.region.start, m.region.length)));
    let ends = elf.segments.iter().map(|segment| span(segment.address, segment.memory).1);
    let last = ends.filter(|end| (place.0..=place.1).contains(end)).max().unwrap_or(place.0);
    let start = last.next_multiple_of(16);
    let at = (start, start + u64::from(bytes));
    if inside(at, place) {
        return Ok(start as u32);
    }
    let cure = "SPUMONE has grown too large: it must leave room for the system table behind it";
    Err(outside(elf, "the system table".into(), at, format!("{name} {}", show(place)), cure))
}

fn outside(elf: &Elf<'_>, what: String, (start, end): Span, place: String, cure: &'static str) -> PackError {
    PackError::Outside { file: elf.file.into(), what, start, end, place, cure }
}

/// The boot stage.
pub(crate) struct BootStage {
    /// Its bytes as they lie at the start of the image.
    pub(crate) bytes: Vec<u8>,
    /// The memory that it uses elsewhere while it runs.
    pub(crate) elsewhere: Vec<Span>,
}

/// The boot stage as it goes into the image.
pub(crate) fn boot_stage(elf: &Elf<'_>, board: &Board) -> Result<BootStage, PackError> {
    let place = span(board.image.start, HEADER_OFFSET);
    let show_place = format!("the first {HEADER_OFFSET:#x} bytes of the image, {}", show(place));
    let mut bytes = Vec::new();
    let mut elsewhere = Vec::new();
    for (number, segment) in elf.segments.iter().enumerate() {
        let at = span(segment.address, segment.data.len() as u32);
        let runs_at = span(segment.runs_at, segment.memory);
        if !inside(runs_at, place) {
            elsewhere.push(runs_at);
        }
        if segment.data.is_empty() {
            continue;
        }
        if !inside(at, place) {
            let cure = "shrink the boot stage or link it for the start of the image";
            return Err(outside(elf, format!("segment {number}"), at, show_place, cure));
        }
        let offset = (segment.address - board.image.start) as usize;
        let end = offset + segment.data.len();
        if bytes.len() < end {
            bytes.resize(end, 0);
        }
        bytes[offset..end].copy_from_slice(&segment.data);
    }
    if bus(elf.entry) != board.image.start {
        let cure = "the reset vector is the start of the image: link the boot stage's entry there";
        return Err(outside(elf, "entry".into(), span(bus(elf.entry), 1), show(span(board.image.start, 1)), cure));
    }
    Ok(BootStage { bytes, elsewhere })
}

/// No two parts take the same memory, none lies on what the boot stage uses, none on the image while it is unpacked.
pub(crate) fn check_overlaps(parts: &[Draft], boot: &[Span], image: Option<Span>) -> Result<(), PackError> {
    for (index, part) in parts.iter().enumerate() {
        let clash = |second: &str, range: Span, cure: &'static str| PackError::Overlap {
            first: format!("part `{}`", part.name),
            first_range: show(part.span()),
            second: second.into(),
            second_range: show(range),
            cure,
        };
        if let Some(other) = parts.iter().take(index).find(|other| meet(other.span(), part.span())) {
            let name = format!("part `{}`", other.name);
            return Err(clash(&name, other.span(), "change the link address of one of the two"));
        }
        if let Some(range) = boot.iter().find(|range| meet(**range, part.span())) {
            return Err(clash("the boot stage's own memory", *range, "move the boot stage's data or stack"));
        }
        if let Some(range) = image.filter(|range| meet(*range, part.span())) {
            let cure = "the image lies there while it is unpacked: shrink the guest or change its link address";
            return Err(clash("the image", range, cure));
        }
    }
    Ok(())
}
