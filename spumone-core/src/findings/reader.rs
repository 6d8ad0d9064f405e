//! The side of the one who reads a copy.

use super::layout::{MAGIC, NAME_WORDS, Place, VERSION, WHAT_WORDS, entry, row, status};
use super::{BYTES, ENTRIES, Entry, MONITORS, Row, State, Status, Work};
use crate::monitors::{Action, VERDICTS};
use core::fmt;
use monitor_api::Name;

/// Why bytes are no findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoFindings {
    /// Fewer than [`BYTES`].
    Truncated,
    /// Nobody wrote findings there.
    Magic,
    /// Written by a version that this one does not know.
    Version,
    /// Copied while the status was being written, or damaged: copy again.
    Torn,
}

impl fmt::Display for NoFindings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "the findings are cut off; copy all 16 KB of them",
            Self::Magic => "no monitors run there (yet)",
            Self::Version => "written by another version of the monitor guest; read it with that one's tools",
            Self::Torn => "copied while it was written; copy again",
        })
    }
}

impl core::error::Error for NoFindings {}

/// A copy of what monitors wrote.
#[derive(Clone, Copy, Debug)]
pub struct Findings<'b> {
    bytes: &'b [u8],
    status: Status,
}

impl<'b> Findings<'b> {
    /// Looks at a copy.
    ///
    /// # Errors
    /// Why it is none.
    pub fn read(bytes: &'b [u8]) -> Result<Self, NoFindings> {
        let bytes = bytes.get(..BYTES).ok_or(NoFindings::Truncated)?;
        if word(bytes, 0) != Some(MAGIC) {
            return Err(NoFindings::Magic);
        }
        if word(bytes, 1) != Some(VERSION) {
            return Err(NoFindings::Version);
        }
        let status = Record::of(bytes, Place::STATUS).and_then(|record| {
            Some(Status {
                state: *State::ALL.get(record.word(status::STATE)? as usize)?,
                monitors: record.word(status::MONITORS).filter(|count| *count <= MONITORS as u32)?,
                next: record.word(status::NEXT)?,
                rounds: record.word(status::ROUNDS)?,
                lost: record.word(status::LOST)?,
                time: record.long(status::TIME)?,
            })
        });
        Ok(Self { bytes, status: status.ok_or(NoFindings::Torn)? })
    }

    /// How it stands.
    pub const fn status(&self) -> Status {
        self.status
    }

    /// The monitors, each by its number; those are left out whose record is torn.
    pub fn monitors(&self) -> impl Iterator<Item = (usize, Row)> + use<'b> {
        let bytes = self.bytes;
        (0..self.status.monitors as usize).filter_map(move |number| {
            let record = Record::of(bytes, Place::row(number))?;
            let row = Row {
                name: record.name(row::NAME)?,
                work: *Work::ALL.get(record.word(row::WORK)? as usize)?,
                scans: record.word(row::SCANS)?,
                steps: record.word(row::STEPS)?,
                broken: record.word(row::BROKEN)?,
                findings: record.word(row::FINDINGS)?,
                last: record.long(row::LAST)?,
                scan: record.long(row::SCAN)?,
                bytes: record.long(row::BYTES)?,
                spent: record.long(row::SPENT)?,
                longest: record.long(row::LONGEST)?,
            };
            Some((number, row))
        })
    }

    /// The findings, oldest first; those are left out that are overwritten, not complete, or newer than the status.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + use<'b> {
        let (bytes, next) = (self.bytes, self.status.next);
        let count = next.min(ENTRIES as u32);
        (0..count).filter_map(move |place| {
            let number = next.wrapping_sub(count).wrapping_add(place);
            let record = Record::of(bytes, Place::entry(number))?;
            (record.word(entry::NUMBER)? == number).then(|| record.entry(number))?
        })
    }
}

/// A record that is whole.
#[derive(Clone, Copy)]
struct Record<'b> {
    bytes: &'b [u8],
    place: Place,
}

impl<'b> Record<'b> {
    fn of(bytes: &'b [u8], place: Place) -> Option<Self> {
        let record = Self { bytes, place };
        let stamp = record.word(0)?;
        (stamp != 0 && word(bytes, place.at + place.words - 1)? == stamp).then_some(record)
    }

    fn word(&self, index: usize) -> Option<u32> {
        word(self.bytes, self.place.at + index)
    }

    fn long(&self, index: usize) -> Option<u64> {
        Some(u64::from(self.word(index)?) | u64::from(self.word(index + 1)?) << 32)
    }

    fn text(&self, index: usize, words: usize) -> Option<&'b [u8]> {
        let at = 4 * (self.place.at + index);
        self.bytes.get(at..at + 4 * words)
    }

    fn name(&self, index: usize) -> Option<Name> {
        self.text(index, NAME_WORDS).map(Name::from_bytes)
    }

    fn entry(&self, number: u32) -> Option<Entry> {
        let [verdict, action, values, _] = self.word(entry::KIND)?.to_le_bytes();
        let mut what = heapless::String::new();
        for byte in self.text(entry::WHAT, WHAT_WORDS)?.iter().take_while(|byte| **byte != 0) {
            let letter = if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '?' };
            what.push(letter).ok()?;
        }
        Some(Entry {
            number,
            monitor: self.name(entry::MONITOR)?,
            what,
            subject: self.name(entry::SUBJECT)?,
            at: self.long(entry::AT)?,
            values: match values {
                0 => None,
                _ => Some((self.long(entry::EXPECTED)?, self.long(entry::FOUND)?)),
            },
            verdict: *VERDICTS.get(usize::from(verdict))?,
            action: *Action::ALL.get(usize::from(action))?,
            answer: self.word(entry::ANSWER)? as i32,
            count: self.word(entry::COUNT)?,
            first: self.long(entry::FIRST)?,
            last: self.long(entry::LAST)?,
        })
    }
}

fn word(bytes: &[u8], index: usize) -> Option<u32> {
    bytes.get(4 * index..)?.first_chunk().copied().map(u32::from_le_bytes)
}
