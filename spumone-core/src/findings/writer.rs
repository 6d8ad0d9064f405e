//! The side of the one who writes.

use super::layout::{MAGIC, NAME_WORDS, Place, VERSION, WHAT_WORDS, entry, row, status};
use super::{BYTES, ENTRIES, Entry, MONITORS, Row, Status};
use crate::monitors::VERDICTS;

/// The memory in which it lies.
pub trait Store {
    /// Word `word` becomes `value`, before anything that is stored later.
    fn store(&mut self, word: usize, value: u32);
}

/// Writes it. There must be one only.
#[derive(Debug)]
pub struct Writer<S> {
    store: S,
    stamp: u32,
    next: u32,
    monitors: u32,
}

impl<S: Store> Writer<S> {
    /// Begins: nothing was found, and there is no monitor.
    pub fn new(mut store: S) -> Self {
        // What was there before is no findings from the first store on.
        (0..BYTES / 4).for_each(|word| store.store(word, 0));
        let mut writer = Self { store, stamp: 0, next: 0, monitors: 0 };
        writer.status(Status::default());
        writer.store.store(1, VERSION);
        writer.store.store(0, MAGIC);
        writer
    }

    /// How it stands; the writer itself knows how many monitors and findings there are.
    pub fn status(&mut self, status: Status) {
        let words = |word| match word {
            status::STATE => status.state as u32,
            status::MONITORS => self.monitors,
            status::NEXT => self.next,
            status::ROUNDS => status.rounds,
            status::LOST => status.lost,
            status::TIME..=7 => half(status.time, word - status::TIME),
            _ => 0,
        };
        let words: [u32; 8] = core::array::from_fn(words);
        self.record(Place::STATUS, &words);
    }

    /// The state of monitor `number`. What does not fit the table is not written.
    pub fn row(&mut self, number: usize, row: &Row) {
        if number >= MONITORS {
            return;
        }
        self.monitors = self.monitors.max(number as u32 + 1);
        let words = |word| match word {
            row::NAME..row::WORK => text(row.name.as_str(), word - row::NAME),
            row::WORK => row.work as u32,
            row::SCANS => row.scans,
            row::STEPS => row.steps,
            row::BROKEN => row.broken,
            row::FINDINGS => row.findings,
            row::LAST..row::SCAN => half(row.last, word - row::LAST),
            row::SCAN..row::BYTES => half(row.scan, word - row::SCAN),
            row::BYTES..row::SPENT => half(row.bytes, word - row::BYTES),
            row::SPENT..row::LONGEST => half(row.spent, word - row::SPENT),
            row::LONGEST..=23 => half(row.longest, word - row::LONGEST),
            _ => 0,
        };
        let words: [u32; 31] = core::array::from_fn(words);
        self.record(Place::row(number), &words);
    }

    /// Enters a finding, and says its number.
    pub fn entry(&mut self, entry: &Entry) -> u32 {
        let number = self.next;
        let verdict = VERDICTS.iter().position(|verdict| *verdict == entry.verdict).unwrap_or(0) as u32;
        let kind = verdict | (entry.action as u32) << 8 | u32::from(entry.values.is_some()) << 16;
        let (expected, found) = entry.values.unwrap_or_default();
        let words = |word| match word {
            entry::KIND => kind,
            entry::ANSWER => entry.answer as u32,
            entry::COUNT => entry.count,
            entry::FIRST..entry::LAST => half(entry.first, word - entry::FIRST),
            entry::LAST..entry::AT => half(entry.last, word - entry::LAST),
            entry::AT..entry::EXPECTED => half(entry.at, word - entry::AT),
            entry::EXPECTED..entry::FOUND => half(expected, word - entry::EXPECTED),
            entry::FOUND..entry::SUBJECT => half(found, word - entry::FOUND),
            entry::SUBJECT..entry::WHAT => text(entry.subject.as_str(), word - entry::SUBJECT),
            entry::WHAT..entry::MONITOR => text(&entry.what, word - entry::WHAT),
            entry::MONITOR..entry::NUMBER => text(entry.monitor.as_str(), word - entry::MONITOR),
            entry::NUMBER => number,
            _ => 0,
        };
        let words: [u32; 47] = core::array::from_fn(words);
        self.record(Place::entry(number), &words);
        self.next = self.next.wrapping_add(1);
        number
    }

    /// Finding `number` was found again: `count` times by now, the last time at `time`. Nothing if it was overwritten.
    pub fn again(&mut self, number: u32, count: u32, time: u64) {
        if self.next.wrapping_sub(number).wrapping_sub(1) < ENTRIES as u32 {
            let last = [half(time, 0), half(time, 1)];
            self.part(
                Place::entry(number),
                &[(entry::COUNT, count), (entry::LAST, last[0]), (entry::LAST + 1, last[1])],
            );
        }
    }

    /// What came of the action for finding `number`. Nothing if it was overwritten.
    pub fn answered(&mut self, number: u32, answer: i32) {
        if self.next.wrapping_sub(number).wrapping_sub(1) < ENTRIES as u32 {
            self.part(Place::entry(number), &[(entry::ANSWER, answer as u32)]);
        }
    }

    /// The words of a whole record; the first of them is the stamp's place.
    fn record(&mut self, place: Place, words: &[u32]) {
        self.open(place);
        let last = place.words - 1;
        for (word, value) in words.iter().enumerate().take(last).skip(1) {
            self.store.store(place.at + word, *value);
        }
        self.close(place);
    }

    fn part(&mut self, place: Place, words: &[(usize, u32)]) {
        self.open(place);
        words.iter().for_each(|(word, value)| self.store.store(place.at + word, *value));
        self.close(place);
    }

    /// Whoever copies from now on finds the stamps different, or both 0.
    fn open(&mut self, place: Place) {
        self.store.store(place.at, 0);
        self.store.store(place.at + place.words - 1, 0);
    }

    fn close(&mut self, place: Place) {
        self.stamp = self.stamp.checked_add(1).unwrap_or(1);
        self.store.store(place.at + place.words - 1, self.stamp);
        self.store.store(place.at, self.stamp);
    }
}

/// Word 0 or 1 of a number.
fn half(number: u64, word: usize) -> u32 {
    if word == 0 { number as u32 } else { (number >> 32) as u32 }
}

/// Word `word` of a text that zero bytes follow.
fn text(text: &str, word: usize) -> u32 {
    let byte = |number| text.as_bytes().get(4 * word + number).copied().unwrap_or(0);
    u32::from_le_bytes(core::array::from_fn(byte))
}

const _: () = assert!(4 * NAME_WORDS == 32 && 4 * WHAT_WORDS == 64);
