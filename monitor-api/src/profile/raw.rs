//! Records and texts in the bytes of a profile.

use core::cmp::Ordering;

use super::format::{HEADER, Section};
use super::reader::Profile;

impl<'p> Profile<'p> {
    /// The record of that name among those of a section that are sorted by it.
    pub(super) fn search<const SIZE: usize>(&self, section: Section, name: &str) -> Option<u32> {
        let (mut low, mut high) = (0, self.place(section).1);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.text_bytes(field(self.record::<SIZE>(section, middle)?, 0))?.cmp(name.as_bytes()) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    /// A word of the header.
    pub(super) fn head(&self, at: usize) -> Option<u32> {
        self.bytes.first_chunk::<HEADER>().map(|header| field(header, at))
    }

    /// Offset and number of records of a section.
    pub(super) fn place(&self, section: Section) -> (u32, u32) {
        let Some(header) = self.bytes.first_chunk::<HEADER>() else { return (0, 0) };
        let at = 36 + 8 * section as usize;
        (field(header, at), field(header, at + 4))
    }

    /// A record of a section whose records have that size.
    pub(super) fn record<const SIZE: usize>(&self, section: Section, index: u32) -> Option<&'p [u8; SIZE]> {
        debug_assert_eq!(section.record(), SIZE);
        let (start, count) = self.place(section);
        let at = (index < count).then(|| (start as usize).checked_add((index as usize).checked_mul(SIZE)?))??;
        self.bytes.get(at..)?.first_chunk()
    }

    /// `wanted` records from number `first` on, or as many as there are.
    pub(super) fn records<const SIZE: usize>(&self, section: Section, first: u32, wanted: u32) -> &'p [[u8; SIZE]] {
        debug_assert_eq!(section.record(), SIZE);
        let (start, count) = self.place(section);
        let wanted = wanted.min(count.saturating_sub(first)) as usize;
        let at = (first as usize).checked_mul(SIZE).and_then(|at| at.checked_add(start as usize));
        let bytes = at.and_then(|at| self.bytes.get(at..)).unwrap_or_default();
        let all = bytes.as_chunks().0;
        all.get(..wanted).unwrap_or(all)
    }

    pub(super) fn text(&self, text: u32) -> Option<&'p str> {
        core::str::from_utf8(self.text_bytes(text)?).ok()
    }

    /// True if the text is `name`. Asked of every member before the one that is looked for, so the length comes first.
    pub(super) fn names(&self, text: u32, name: &str) -> bool {
        self.text_bytes(text).is_some_and(|bytes| bytes.len() == name.len() && bytes == name.as_bytes())
    }

    fn text_bytes(&self, text: u32) -> Option<&'p [u8]> {
        let start = (self.place(Section::Texts).0 as usize).checked_add(text as usize)?;
        let (length, bytes) = self.bytes.get(start..)?.split_first_chunk()?;
        bytes.get(..usize::from(u16::from_le_bytes(*length)))
    }
}

/// A field of a record.
pub(super) fn field<const SIZE: usize>(record: &[u8; SIZE], offset: usize) -> u32 {
    record.get(offset..).and_then(|rest| rest.first_chunk()).copied().map_or(0, u32::from_le_bytes)
}

pub(super) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}
