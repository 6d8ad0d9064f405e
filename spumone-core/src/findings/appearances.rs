//! A finding that stays is reported once: when it appears.

use monitor_api::{Finding, Name, VirtAddr};

/// Findings that may be open at a time.
pub const MAX_APPEARANCES: usize = 64;

/// What a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// New: it must be reported, and its number told by [`Appearances::number`].
    New,
    /// It has been there for so many scans, and was given this number.
    Again {
        /// The number.
        number: u32,
        /// Scans.
        count: u32,
    },
    /// It was seen in this scan already.
    Same,
    /// Too many are open to tell.
    TooMany,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    monitor: u8,
    what: &'static str,
    at: VirtAddr,
    subject: Name,
    number: u32,
    count: u32,
    /// In the scan that goes on.
    seen: bool,
}

/// The findings that are open: they were there in the last complete scan of their monitor.
#[derive(Clone, Debug, Default)]
pub struct Appearances {
    open: heapless::Vec<Open, MAX_APPEARANCES>,
}

impl Appearances {
    /// None.
    pub const fn new() -> Self {
        Self { open: heapless::Vec::new() }
    }

    /// Monitor `monitor` found this.
    pub fn seen(&mut self, monitor: u8, finding: &Finding) -> Seen {
        let Finding { what, at, subject, .. } = *finding;
        let same =
            |open: &&mut Open| open.monitor == monitor && open.at == at && open.what == what && open.subject == subject;
        if let Some(open) = self.open.iter_mut().find(same) {
            if open.seen {
                return Seen::Same;
            }
            open.seen = true;
            open.count = open.count.saturating_add(1);
            return Seen::Again { number: open.number, count: open.count };
        }
        let new = Open { monitor, what, at, subject, number: 0, count: 1, seen: true };
        self.open.push(new).map_or(Seen::TooMany, |()| Seen::New)
    }

    /// The number of the finding that [`Self::seen`] called new last.
    pub fn number(&mut self, number: u32) {
        if let Some(open) = self.open.last_mut() {
            open.number = number;
        }
    }

    /// A scan of `monitor` came to its end: what it did not find is gone, and will be new if it comes again. After a scan that broke
    /// off this must not be called, because nothing is known then of what it did not reach.
    pub fn scanned(&mut self, monitor: u8) {
        self.open.retain(|open| open.monitor != monitor || open.seen);
        self.open.iter_mut().filter(|open| open.monitor == monitor).for_each(|open| open.seen = false);
    }

    /// The guest is another one: nothing is open.
    pub fn clear(&mut self) {
        self.open.clear();
    }
}
