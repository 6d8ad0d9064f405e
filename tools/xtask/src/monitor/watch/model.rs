//! What is known of the monitors at one moment.

use std::fmt;

use spumone_core::findings::{Entry, Findings, Row};

/// A monitor.
#[derive(Clone, Debug, Default)]
pub(super) struct Monitor {
    pub(super) name: String,
    pub(super) state: String,
    /// Complete scans.
    pub(super) scans: u64,
    /// Scans that broke off.
    pub(super) broken: u64,
    /// Things that it found.
    pub(super) findings: u64,
    /// When its last scan ended, in nanoseconds.
    pub(super) last_scan: Option<u64>,
    /// Bytes that it was charged.
    pub(super) bytes: u64,
    /// Nanoseconds that its steps took.
    pub(super) busy: u64,
}

impl From<Row> for Monitor {
    fn from(row: Row) -> Self {
        Self {
            name: row.name.to_string(),
            state: row.work.name().to_owned(),
            scans: row.scans.into(),
            broken: row.broken.into(),
            findings: row.findings.into(),
            last_scan: (row.last != 0).then_some(row.last),
            bytes: row.bytes,
            busy: row.spent,
        }
    }
}

/// Something that a monitor found.
#[derive(Clone, Debug)]
pub(super) struct Alert {
    /// Its number.
    pub(super) number: u32,
    /// When it appeared, in nanoseconds.
    pub(super) time: u64,
    pub(super) text: String,
    /// Scans in which it was there.
    pub(super) count: u32,
}

impl From<Entry> for Alert {
    fn from(entry: Entry) -> Self {
        Self { number: entry.number, time: entry.first, text: entry.to_string(), count: entry.count }
    }
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>9.3} s  {}", self.time as f64 / 1e9, self.text)?;
        if self.count > 1 { write!(f, " ({} scans)", self.count) } else { Ok(()) }
    }
}

/// Everything.
#[derive(Clone, Debug, Default)]
pub(super) struct Snapshot {
    /// Nanoseconds since the start.
    pub(super) time: u64,
    /// What the monitors do as a whole.
    pub(super) state: &'static str,
    pub(super) monitors: Vec<Monitor>,
    /// The oldest first.
    pub(super) alerts: Vec<Alert>,
    /// Alerts that were overwritten before they were read.
    pub(super) lost: u64,
}

impl Snapshot {
    /// Takes over what a copy of the monitors' memory says; nothing, if it is none or torn. Alerts that the ring has no more stay.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        let findings = match Findings::read(bytes) {
            Ok(findings) => findings,
            Err(_) if self.state.is_empty() => return self.state = "not there yet",
            Err(_) => return,
        };
        self.state = findings.status().state.name();
        for (place, row) in findings.monitors() {
            // One whose record was being written keeps what it was.
            self.monitors.resize_with(self.monitors.len().max(place + 1), Monitor::default);
            if let Some(monitor) = self.monitors.get_mut(place) {
                *monitor = row.into();
            }
        }
        for entry in findings.entries() {
            match self.alerts.binary_search_by_key(&entry.number, |alert| alert.number) {
                Ok(place) => {
                    if let Some(alert) = self.alerts.get_mut(place) {
                        *alert = entry.into();
                    }
                }
                Err(place) => self.alerts.insert(place, entry.into()),
            }
        }
        let status = findings.status();
        self.lost = u64::from(status.next).saturating_sub(self.alerts.len() as u64) + u64::from(status.lost);
    }

    /// The part of their core's time that the monitors have taken.
    pub(super) fn share(&self) -> f64 {
        let busy: u64 = self.monitors.iter().map(|monitor| monitor.busy).sum();
        if self.time == 0 { 0.0 } else { busy as f64 / self.time as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use monitor_api::{Finding, Name, VirtAddr};
    use spumone_core::findings::{BYTES, ENTRIES, State, Status, Store, Writer};
    use std::cell::RefCell;
    use std::rc::Rc;

    #[derive(Clone, Default)]
    struct Memory(Rc<RefCell<Vec<u8>>>);

    impl Store for Memory {
        fn store(&mut self, word: usize, value: u32) {
            self.0.borrow_mut()[4 * word..][..4].copy_from_slice(&value.to_le_bytes());
        }
    }

    #[test]
    fn alerts_are_kept_when_the_ring_overwrites_them_and_counted_when_nobody_looked() {
        let memory = Memory(Rc::new(RefCell::new(vec![0; BYTES])));
        let mut snapshot = Snapshot::default();
        snapshot.take(&memory.0.borrow());
        assert_eq!(snapshot.state, "not there yet");
        let mut writer = Writer::new(memory.clone());
        let status = Status { state: State::Watching, ..Status::default() };
        writer.row(0, &Row { scans: 7, last: 9, ..Row::new(Name::new("hooks")) });
        let mut enter = |count| {
            for _ in 0..count {
                writer.entry(&Entry::new("hooks", &Finding::new("hooked", VirtAddr::new(0x8c00_0000)), 1_000_000_000));
            }
            writer.status(status);
        };
        enter(3);
        snapshot.take(&memory.0.borrow());
        assert_eq!((snapshot.state, snapshot.alerts.len(), snapshot.lost), ("watching", 3, 0));
        assert_eq!((snapshot.monitors[0].name.as_str(), snapshot.monitors[0].last_scan), ("hooks", Some(9)));
        assert_eq!(snapshot.alerts[0].to_string(), "    1.000 s  hooks: hooked: at 0x8c000000");
        enter(ENTRIES);
        snapshot.take(&memory.0.borrow());
        assert_eq!((snapshot.alerts.len(), snapshot.lost), (3 + ENTRIES, 0), "the first three are kept");
        enter(ENTRIES + 5);
        snapshot.take(&memory.0.borrow());
        assert_eq!((snapshot.alerts.len(), snapshot.lost), (3 + 2 * ENTRIES, 5), "five were gone before this look");
        snapshot.take(&[0; 16]);
        assert_eq!(snapshot.state, "watching", "a torn copy changes nothing");
    }
}
