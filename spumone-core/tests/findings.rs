//! Findings as they are written, copied at any moment, and read.

use monitor_api::{Finding, Name, Verdict, VirtAddr};
use proptest::prelude::*;
use spumone_core::findings::{
    Appearances, BYTES, ENTRIES, Entry, Findings, MAX_APPEARANCES, MONITORS, NoFindings, Row, Seen, State, Status,
    Store, Work, Writer,
};
use spumone_core::monitors::Action;
use std::cell::RefCell;
use std::rc::Rc;

/// Memory that others may look at.
#[derive(Clone)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Shared {
    fn new() -> Self {
        Self(Rc::new(RefCell::new(vec![0xa5; BYTES])))
    }

    fn copy(&self) -> Vec<u8> {
        self.0.borrow().clone()
    }
}

impl Store for Shared {
    fn store(&mut self, word: usize, value: u32) {
        self.0.borrow_mut()[4 * word..][..4].copy_from_slice(&value.to_le_bytes());
    }
}

/// Remembers what memory was after each store.
struct Film(Vec<u8>, Rc<RefCell<Vec<Vec<u8>>>>);

impl Store for Film {
    fn store(&mut self, word: usize, value: u32) {
        self.0[4 * word..][..4].copy_from_slice(&value.to_le_bytes());
        self.1.borrow_mut().push(self.0.clone());
    }
}

fn finding(number: u32) -> Finding {
    Finding::new("kernel code or read-only data changed", VirtAddr::new(u64::from(number) << 33 | 0x8c00_0000))
        .subject(Name::new(&format!("symbol_{number}")))
        .values(u64::MAX - u64::from(number), number.into())
        .verdict(Verdict::Restart)
}

fn entry(number: u32) -> Entry {
    let action = Action::ALL[number as usize % 4];
    let entry = Entry::new("text-integrity", &finding(number), u64::from(number) * 1_000_000_007);
    Entry { number, action, answer: -(number as i32), ..entry }
}

fn row(number: u32) -> Row {
    let long = |which: u64| u64::from(number) << 32 | which;
    Row {
        name: Name::new(&format!("monitor-{number}")),
        work: Work::ALL[number as usize % 4],
        scans: number,
        steps: number + 1,
        broken: number + 2,
        findings: number + 3,
        last: long(1),
        scan: long(2),
        bytes: long(3),
        spent: long(4),
        longest: long(5),
    }
}

#[test]
fn what_is_read_is_what_was_written() {
    let memory = Shared::new();
    let mut writer = Writer::new(memory.clone());
    (0..3).for_each(|number| writer.row(number as usize, &row(number)));
    (0..5).for_each(|number| assert_eq!(writer.entry(&entry(number)), number));
    let status = Status { state: State::Watching, rounds: 7, lost: 2, time: u64::MAX - 1, monitors: 3, next: 5 };
    writer.status(status);
    let copy = memory.copy();
    let findings = Findings::read(&copy).unwrap();
    assert_eq!(findings.status(), status);
    let rows: Vec<_> = (0..3).map(|number| (number as usize, row(number))).collect();
    assert_eq!(findings.monitors().collect::<Vec<_>>(), rows);
    assert_eq!(findings.entries().collect::<Vec<_>>(), (0..5).map(entry).collect::<Vec<_>>());

    let none = Entry { values: None, action: Action::Report, ..entry(5) };
    writer.entry(&none);
    writer.status(status);
    assert_eq!(Findings::read(&memory.copy()).unwrap().entries().last(), Some(none), "no values");
}

#[test]
fn the_ring_keeps_the_newest() {
    let memory = Shared::new();
    let mut writer = Writer::new(memory.clone());
    let total = 3 * ENTRIES as u32 + 5;
    (0..total).for_each(|number| assert_eq!(writer.entry(&entry(number)), number));
    writer.status(Status::default());
    let copy = memory.copy();
    let kept: Vec<_> = Findings::read(&copy).unwrap().entries().collect();
    assert_eq!(kept, (total - ENTRIES as u32..total).map(entry).collect::<Vec<_>>());
}

#[test]
fn counts_and_answers_go_to_their_entry_while_it_is_there() {
    let memory = Shared::new();
    let mut writer = Writer::new(memory.clone());
    (0..ENTRIES as u32).for_each(|number| assert_eq!(writer.entry(&entry(number)), number));
    writer.again(0, 9, 1 << 40);
    writer.answered(1, -38);
    writer.status(Status::default());
    let read = |memory: &Shared| Findings::read(&memory.copy()).unwrap().entries().collect::<Vec<_>>();
    let before = read(&memory);
    assert_eq!(before[0], Entry { count: 9, last: 1 << 40, ..entry(0) });
    assert_eq!(before[1], Entry { answer: -38, ..entry(1) });
    // Number 64 takes the place of number 0; numbers that were never given are nobody's.
    writer.entry(&entry(ENTRIES as u32));
    writer.again(0, 77, 77);
    writer.answered(0, 77);
    writer.again(1000, 77, 77);
    writer.status(Status::default());
    assert_eq!(read(&memory).last(), Some(&entry(ENTRIES as u32)));
}

#[test]
fn a_copy_of_any_moment_shows_only_what_is_whole() {
    let film = Rc::new(RefCell::new(Vec::new()));
    let mut writer = Writer::new(Film(vec![0xa5; BYTES], Rc::clone(&film)));
    for number in 0..ENTRIES as u32 + 3 {
        if number + 3 < ENTRIES as u32 {
            // Only the last ones are worth looking at.
            film.borrow_mut().clear();
        }
        writer.row(0, &row(number));
        writer.entry(&entry(number));
        writer.again(number, 5, number.into());
        writer.status(Status { rounds: number, ..Status::default() });
    }
    let known = |read: &Entry| {
        let written = entry(read.number);
        *read == written || *read == Entry { count: 5, last: read.number.into(), ..written }
    };
    let film = film.borrow();
    let (mut whole, mut torn) = (0, 0);
    // A copy takes time: its beginning is of one moment, the rest of a later one.
    for pair in 0..film.len() {
        for later in [pair, (pair + 1).min(film.len() - 1), (pair + 20).min(film.len() - 1), film.len() - 1] {
            for cut in [0x10, 0x110, 0x1000, 0x1000 + 192 * 2 + 60, 0x1000 + 192 * 62 + 100] {
                let copy: Vec<u8> = [&film[pair][..cut], &film[later][cut..]].concat();
                match Findings::read(&copy) {
                    Ok(findings) => {
                        whole += 1;
                        assert!(findings.entries().all(|entry| known(&entry)));
                        let rows = |row: &Row| *row == self::row(row.scans);
                        assert!(findings.monitors().all(|(_, row)| rows(&row)));
                    }
                    Err(error) => {
                        torn += 1;
                        assert_eq!(error, NoFindings::Torn);
                    }
                }
            }
        }
    }
    assert!(whole > 1000 && torn > 10, "{whole} whole copies, {torn} torn ones");
}

#[test]
fn what_is_no_findings_is_refused() {
    let memory = Shared::new();
    drop(Writer::new(memory.clone()));
    let good = memory.copy();
    assert!(Findings::read(&good).is_ok());
    assert_eq!(Findings::read(&good[..BYTES - 1]).unwrap_err(), NoFindings::Truncated);
    assert_eq!(Findings::read(&[0; BYTES]).unwrap_err(), NoFindings::Magic);
    for (place, error) in
        [(0, NoFindings::Magic), (4, NoFindings::Version), (8, NoFindings::Torn), (12, NoFindings::Torn)]
    {
        let mut bad = good.clone();
        bad[place] ^= 0x40;
        assert_eq!(Findings::read(&bad).unwrap_err(), error, "byte {place}");
    }
    let mut writer = Writer::new(memory.clone());
    writer.row(MONITORS, &row(1));
    writer.status(Status::default());
    assert_eq!(Findings::read(&memory.copy()).unwrap().monitors().count(), 0, "no place for it");
}

#[test]
fn a_finding_is_new_once_and_again_when_it_was_gone() {
    let mut open = Appearances::new();
    let (a, b) = (finding(1), finding(2));
    assert_eq!(open.seen(0, &a), Seen::New);
    open.number(40);
    assert_eq!(open.seen(0, &a), Seen::Same, "twice in a scan");
    assert_eq!(open.seen(1, &a), Seen::New, "another monitor's");
    open.number(41);
    open.scanned(0);
    assert_eq!(open.seen(0, &Finding { values: Some((1, 2)), ..a }), Seen::Again { number: 40, count: 2 });
    assert_eq!(open.seen(0, &b), Seen::New);
    open.number(42);
    open.scanned(0);
    assert_eq!(open.seen(0, &b), Seen::Again { number: 42, count: 2 });
    open.scanned(0);
    assert_eq!(open.seen(0, &a), Seen::New, "it was gone for a scan");
    assert_eq!(open.seen(1, &a), Seen::Same, "the other monitor has not come to its end");
    open.clear();
    assert_eq!(open.seen(1, &a), Seen::New);
}

#[test]
fn a_flood_of_findings_is_cut_off() {
    let mut open = Appearances::new();
    for number in 0..MAX_APPEARANCES as u32 {
        assert_eq!(open.seen(0, &finding(number)), Seen::New);
    }
    assert_eq!(open.seen(0, &finding(1000)), Seen::TooMany);
    assert_eq!(open.seen(0, &finding(3)), Seen::Same);
}

proptest! {
    #[test]
    fn any_bytes_can_be_read(seed in any::<u64>(), damage in proptest::collection::vec((0..BYTES, any::<u8>()), 0..200)) {
        // A ring with everything in it, then damaged; and noise with a header that looks right.
        let memory = Shared::new();
        let mut writer = Writer::new(memory.clone());
        (0..MONITORS).for_each(|number| writer.row(number, &row(number as u32)));
        (0..100).for_each(|number| { writer.entry(&entry(number)); });
        writer.status(Status::default());
        let mut bytes = memory.copy();
        let mut noise = seed | 1;
        let mut noisy: Vec<u8> = (0..BYTES).map(|_| { noise = noise.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1); (noise >> 56) as u8 }).collect();
        noisy[..0x2c].copy_from_slice(&bytes[..0x2c]);
        // Stamps that agree.
        for record in 0..ENTRIES { noisy[0x1000 + 192 * record..][..4].fill(1); noisy[0x1000 + 192 * record + 188..][..4].fill(1); }
        for (place, byte) in damage { bytes[place] = byte; }
        for bytes in [bytes, noisy] {
            if let Ok(findings) = Findings::read(&bytes) {
                prop_assert!(findings.monitors().count() <= MONITORS);
                prop_assert!(findings.entries().all(|entry| entry.to_string().len() < 400));
            }
        }
    }
}
