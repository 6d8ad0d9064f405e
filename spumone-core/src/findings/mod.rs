//! What monitors found and how they are doing, in memory that the watched guest cannot reach.
//!
//! [`BYTES`] of little endian words, which one guest writes ([`Writer`]) and anybody may copy at any time and read ([`Findings`]):
//!
//! | offset | content |
//! | --- | --- |
//! | 0x0000 | magic `SPFR` (0x52465053) |
//! | 0x0004 | version, 1 |
//! | 0x0008 | a record: how it stands as a whole ([`Status`]) |
//! | 0x0100 | 16 records of 128 bytes: the monitors ([`Row`]) |
//! | 0x1000 | 64 records of 192 bytes, a ring: what they found ([`Entry`]); number *n* lies at *n* mod 64 |
//!
//! A record begins and ends with the same stamp, another one after each write, 0 while it is being written or if it never was. So a
//! copy that was made meanwhile shows which of its records are torn (Lamport, Concurrent Reading and Writing, 1977).

mod appearances;
mod layout;
mod reader;
mod writer;

pub use appearances::{Appearances, MAX_APPEARANCES, Seen};
pub use layout::{BYTES, ENTRIES, MAGIC, MONITORS, VERSION};
pub use reader::{Findings, NoFindings};
pub use writer::{Store, Writer};

use crate::monitors::Action;
use monitor_api::{Finding, Name, Verdict};

/// How far the watching is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// The kernel of the profile is not there (yet).
    #[default]
    Waiting = 0,
    /// Monitors look.
    Watching = 1,
    /// The guest stands still or has ended; nobody looks.
    Away = 2,
    /// There is no profile, or no guest to watch; nobody will ever look.
    Failed = 3,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Watching, Self::Away, Self::Failed];

    /// In a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Watching => "watching",
            Self::Away => "guest away",
            Self::Failed => "failed",
        }
    }
}

/// How it stands as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// How far the watching is.
    pub state: State,
    /// Monitors in the table.
    pub monitors: u32,
    /// Findings so far; the next one gets this number.
    pub next: u32,
    /// Rounds in which every monitor took a step.
    pub rounds: u32,
    /// Findings that were neither entered nor counted elsewhere, because too many were open.
    pub lost: u32,
    /// When this was written, in nanoseconds since SPUMONE's start.
    pub time: u64,
}

/// Whether a monitor works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Work {
    /// It has not begun.
    #[default]
    Idle = 0,
    /// It looks.
    Active = 1,
    /// This kernel has nothing that it watches.
    NotApplicable = 2,
    /// It could not begin.
    Failed = 3,
}

impl Work {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Idle, Self::Active, Self::NotApplicable, Self::Failed];

    /// In a word or two.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Active => "active",
            Self::NotApplicable => "not applicable",
            Self::Failed => "failed",
        }
    }
}

/// A monitor. Times are in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub name: Name,
    /// Whether it works.
    pub work: Work,
    /// Complete scans.
    pub scans: u32,
    /// Steps.
    pub steps: u32,
    /// Scans that broke off.
    pub broken: u32,
    /// Findings, each appearance once.
    pub findings: u32,
    /// When the last complete scan ended, since SPUMONE's start; 0 before.
    pub last: u64,
    /// From its beginning to its end.
    pub scan: u64,
    /// Bytes that all its steps were charged.
    pub bytes: u64,
    /// What all its steps took.
    pub spent: u64,
    /// What the longest of them took.
    pub longest: u64,
}

impl Row {
    /// A monitor that has not begun.
    pub const fn new(name: Name) -> Self {
        Self {
            name,
            work: Work::Idle,
            scans: 0,
            steps: 0,
            broken: 0,
            findings: 0,
            last: 0,
            scan: 0,
            bytes: 0,
            spent: 0,
            longest: 0,
        }
    }
}

/// A finding in the ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number, from 0.
    pub number: u32,
    /// Whose it is.
    pub monitor: Name,
    /// What is wrong; at most 64 bytes.
    pub what: heapless::String<64>,
    /// Which one.
    pub subject: Name,
    /// Where in the guest.
    pub at: u64,
    /// What should be there and what is.
    pub values: Option<(u64, u64)>,
    /// What the monitor asked for.
    pub verdict: Verdict,
    /// What was done.
    pub action: Action,
    /// What SPUMONE answered to that; 0: it was done.
    pub answer: i32,
    /// In how many scans it was found since it appeared.
    pub count: u32,
    /// When it appeared, in nanoseconds since SPUMONE's start.
    pub first: u64,
    /// When it was found last.
    pub last: u64,
}

impl Entry {
    /// `finding` of `monitor`, which appeared at `time`. The writer gives it its number.
    pub fn new(monitor: &str, finding: &Finding, time: u64) -> Self {
        let mut what = heapless::String::new();
        // Cut where it is full.
        let _ = finding.what.chars().try_for_each(|letter| what.push(letter));
        Self {
            number: 0,
            monitor: Name::new(monitor),
            what,
            subject: finding.subject,
            at: finding.at.get(),
            values: finding.values,
            verdict: finding.verdict,
            action: Action::Report,
            answer: 0,
            count: 1,
            first: time,
            last: time,
        }
    }
}

impl core::fmt::Display for Entry {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}: {}:", self.monitor, self.what)?;
        if !self.subject.as_str().is_empty() {
            write!(f, " {}", self.subject)?;
        }
        write!(f, " at {:#010x}", self.at)?;
        if let Some((expected, found)) = self.values {
            write!(f, ", expected {expected:#x}, found {found:#x}")?;
        }
        match (self.action, self.answer) {
            (Action::Report, _) => Ok(()),
            (action, 0) => write!(f, "; {}", action.name()),
            (action, answer) => write!(f, "; {} failed ({answer})", action.name()),
        }
    }
}
