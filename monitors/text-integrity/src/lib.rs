//! Monitor: kernel text, read-only data and system call table are those of the build, and modules' those of their loading.
//!
//! SH kernels have no alternatives, jump labels or static calls, and these are built without ftrace and kprobes: text never changes. What is
//! written once at boot (`__ro_after_init`) is no part of the regions that a profile lists.
#![no_std]

mod modules;

use monitor_api::profile::{Contents, Region};
use monitor_api::{AccessError, Alarm, Applies, Finding, Monitor, Name, Scan, View, VirtAddr};
use sha2::{Digest, Sha256};

/// A block of text is not what was built.
pub const CHANGED: &str = "kernel code or read-only data changed";
/// A word of a table is not what was built.
pub const TABLE: &str = "table entry changed";
/// Code or read-only data of a module is not what it was when the module was loaded.
pub const MODULE: &str = "module's code or read-only data changed";

/// Bytes read at once.
const PIECE: usize = 256;
/// What is left to the budget at the end of a step.
const RESERVE: u64 = 1024;

/// The monitor. Each step goes on where the budget of the last one ended.
#[derive(Clone, Debug, Default)]
pub struct TextIntegrity {
    modules: modules::Modules,
    /// The modules come first, then the kernel's regions.
    modules_done: bool,
    region: usize,
    offset: u64,
}

impl Monitor for TextIntegrity {
    fn name(&self) -> &'static str {
        "text-integrity"
    }

    fn about(&self) -> &'static str {
        "kernel text, read-only data and system call table are those of the build, modules' those of their loading"
    }

    fn init(&mut self, view: &View<'_>) -> Result<Applies, AccessError> {
        *self = Self::default();
        Ok(if view.profile().regions().next().is_some() {
            Applies::Yes
        } else {
            Applies::No("the profile has no contents to compare with")
        })
    }

    fn step(&mut self, view: &View<'_>, alarm: &mut Alarm<'_>) -> Result<Scan, AccessError> {
        if !self.modules_done {
            if !self.modules.sweep(view, alarm)? {
                return Ok(Scan::Partial);
            }
            self.modules_done = true;
        }
        while let Some(region) = view.profile().regions().nth(self.region) {
            let block = match region.contents {
                Contents::Digests(block, _) | Contents::Blocks(block, _) => u64::from(block),
                Contents::Bytes(_) => PIECE as u64,
            };
            while self.offset < region.length {
                let length = block.min(region.length - self.offset);
                // Each piece is an access of its own.
                let cost = length + (length / PIECE as u64 + 2) * 16;
                if view.budget().left() < cost + RESERVE {
                    return Ok(Scan::Partial);
                }
                compare(view, &region, self.offset, length, alarm)?;
                self.offset += length;
            }
            self.region += 1;
            self.offset = 0;
        }
        self.modules.end_scan();
        *self = Self { modules: core::mem::take(&mut self.modules), ..Self::default() };
        Ok(Scan::Complete)
    }
}

fn compare(
    view: &View<'_>,
    region: &Region<'_>,
    offset: u64,
    length: u64,
    alarm: &mut Alarm<'_>,
) -> Result<(), AccessError> {
    let outside = AccessError::Unmapped { address: region.address };
    let at = region.address.checked_add(offset).ok_or(outside)?;
    let mut piece = [0; PIECE];
    match region.contents {
        Contents::Bytes(expected) => {
            let found = piece.get_mut(..length as usize).unwrap_or_default();
            view.read(at, found)?;
            let expected = expected.get(offset as usize..).unwrap_or_default();
            for (number, (expected, found)) in
                expected.as_chunks::<4>().0.iter().zip(found.as_chunks::<4>().0).enumerate()
            {
                if expected != found {
                    let (was, is) = (u32::from_le_bytes(*expected), u32::from_le_bytes(*found));
                    let at = at.checked_add(4 * number as u64).ok_or(outside)?;
                    let entry = view.profile().symbol_before(VirtAddr::new(was.into()));
                    let subject = Name::new(entry.map_or(region.name, |entry| entry.name));
                    alarm.raise(Finding::new(TABLE, at).subject(subject).values(was.into(), is.into()));
                }
            }
        }
        Contents::Blocks(_, expected) => {
            let mut done = 0;
            while done < length {
                let now = piece.get_mut(..(PIECE as u64).min(length - done) as usize).unwrap_or_default();
                let at = at.checked_add(done).ok_or(outside)?;
                view.read(at, now)?;
                let expected = expected.get((offset + done) as usize..).unwrap_or_default();
                if let Some((number, was, is)) = first_difference(expected, now) {
                    let at = at.checked_add(4 * number).ok_or(outside)?;
                    let symbol = view.profile().symbol_before(at);
                    let around = symbol.filter(|symbol| at.checked_offset_from(symbol.address) < Some(symbol.size));
                    let subject = Name::new(around.map_or(region.name, |symbol| symbol.name));
                    alarm.raise(Finding::new(CHANGED, at).subject(subject).values(was.into(), is.into()));
                    // Once for each block, as with digests.
                    return Ok(());
                }
                done += now.len() as u64;
            }
        }
        Contents::Digests(block, digests) => {
            let mut hash = Sha256::new();
            let mut done = 0;
            while done < length {
                let now = piece.get_mut(..(PIECE as u64).min(length - done) as usize).unwrap_or_default();
                view.read(at.checked_add(done).ok_or(outside)?, now)?;
                hash.update(&*now);
                done += now.len() as u64;
            }
            let number = usize::try_from(offset / u64::from(block.max(1))).unwrap_or(usize::MAX);
            if digests.get(number).is_none_or(|expected| hash.finalize()[..expected.len()] != expected[..]) {
                let symbol = view.profile().symbol_before(at);
                let subject = Name::new(symbol.map_or(region.name, |symbol| symbol.name));
                alarm.raise(Finding::new(CHANGED, at).subject(subject));
            }
        }
    }
    Ok(())
}

/// Number of the first word that differs, what it should be and what it is; a piece need not end with a whole one.
fn first_difference(expected: &[u8], found: &[u8]) -> Option<(u64, u32, u32)> {
    let (expected, expected_rest) = expected.get(..found.len()).unwrap_or(expected).as_chunks::<4>();
    let (found, found_rest) = found.as_chunks::<4>();
    let word = |bytes: &[u8]| bytes.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte));
    if let Some(number) = expected.iter().zip(found).position(|(expected, found)| expected != found) {
        return Some((number as u64, word(expected.get(number)?), word(found.get(number)?)));
    }
    (expected_rest != found_rest).then(|| (found.len() as u64, word(expected_rest), word(found_rest)))
}
