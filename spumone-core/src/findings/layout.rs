//! Where what lies, in words.

/// The first word.
pub const MAGIC: u32 = 0x5246_5053;
/// The second one.
pub const VERSION: u32 = 1;
/// Bytes of all.
pub const BYTES: usize = 0x4000;
/// Places for monitors.
pub const MONITORS: usize = 16;
/// Places in the ring.
pub const ENTRIES: usize = 64;

/// A record: its first word and how many there are, with both stamps.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) at: usize,
    pub(super) words: usize,
}

impl Place {
    pub(super) const STATUS: Self = Self { at: 2, words: 9 };

    /// Of monitor `number`.
    pub(super) const fn row(number: usize) -> Self {
        Self { at: 0x40 + 32 * (number % MONITORS), words: 32 }
    }

    /// Of finding `number`.
    pub(super) const fn entry(number: u32) -> Self {
        Self { at: 0x400 + 48 * (number as usize % ENTRIES), words: 48 }
    }
}

static_assertions::const_assert!(4 * (0x400 + 48 * ENTRIES) <= BYTES && 0x40 + 32 * MONITORS <= 0x400);

/// Words of a record's body, by their place in it: the stamp is word 0.
pub(super) mod status {
    pub(in crate::findings) const STATE: usize = 1;
    pub(in crate::findings) const MONITORS: usize = 2;
    pub(in crate::findings) const NEXT: usize = 3;
    pub(in crate::findings) const ROUNDS: usize = 4;
    pub(in crate::findings) const LOST: usize = 5;
    pub(in crate::findings) const TIME: usize = 6;
}

pub(super) mod row {
    pub(in crate::findings) const NAME: usize = 1;
    pub(in crate::findings) const WORK: usize = 9;
    pub(in crate::findings) const SCANS: usize = 10;
    pub(in crate::findings) const STEPS: usize = 11;
    pub(in crate::findings) const BROKEN: usize = 12;
    pub(in crate::findings) const FINDINGS: usize = 13;
    pub(in crate::findings) const LAST: usize = 14;
    pub(in crate::findings) const SCAN: usize = 16;
    pub(in crate::findings) const BYTES: usize = 18;
    pub(in crate::findings) const SPENT: usize = 20;
    pub(in crate::findings) const LONGEST: usize = 22;
}

pub(super) mod entry {
    /// Verdict, action, whether there are values: a byte each.
    pub(in crate::findings) const KIND: usize = 1;
    pub(in crate::findings) const ANSWER: usize = 2;
    pub(in crate::findings) const COUNT: usize = 3;
    pub(in crate::findings) const FIRST: usize = 4;
    pub(in crate::findings) const LAST: usize = 6;
    pub(in crate::findings) const AT: usize = 8;
    pub(in crate::findings) const EXPECTED: usize = 10;
    pub(in crate::findings) const FOUND: usize = 12;
    pub(in crate::findings) const SUBJECT: usize = 14;
    pub(in crate::findings) const WHAT: usize = 22;
    pub(in crate::findings) const MONITOR: usize = 38;
    pub(in crate::findings) const NUMBER: usize = 46;
}

/// Words of a name, and of what is wrong.
pub(super) const NAME_WORDS: usize = 8;
pub(super) const WHAT_WORDS: usize = 16;
