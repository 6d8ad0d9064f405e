//! Hostile guests: the memory of a real one, with words that monitors read changed to anything.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use fastrand::Rng;
use indicatif::{ProgressBar, ProgressStyle};
use monitor_api::profile::Profile;
use monitor_api::{AccessError, Clock, Guest, Host, Limits, Memory, Monitor, PhysAddr, Processors, Registers, Session};

use crate::dump::Dump;
use crate::registry::all;

/// What a step may read: less than a whole scan, so that the limit is met too.
const LIMIT: u64 = 64 << 10;
/// The longest single access, over which a step may go beyond its limit.
const ACCESS: u64 = 8 << 10;
/// Steps of one monitor in one state.
const STEPS: u32 = 6;
/// Reads that are remembered as places worth to change.
const PLACES: usize = 1 << 20;

/// Changes the guest's memory `states` times (or until `time` is over) and lets every monitor look at each state; gives how many states there were.
///
/// # Errors
/// With the seed of the first state in which a monitor panicked or went beyond its budget.
pub fn mutate(dump: &mut Dump, profile: Profile<'_>, seed: u64, states: u64, time: Option<Duration>) -> Result<u64> {
    let places = places(dump, profile)?;
    let kernel = dump.pieces().map(|(start, bytes)| (start, bytes.len() as u64)).next().context("an empty dump")?;
    let deadline = time.map(|time| Instant::now() + time);
    let progress =
        ProgressBar::new(states).with_style(ProgressStyle::with_template("{spinner} hostile guests {pos} {elapsed}")?);
    // The panic is reported by its seed; its own message would come between the lines of the progress.
    for number in 0..states {
        if deadline.is_some_and(|deadline| Instant::now() > deadline) {
            progress.finish_and_clear();
            ensure!(number > 100, "only {number} states were tried");
            return Ok(number);
        }
        let mut rng = Rng::with_seed(seed.wrapping_add(number));
        let undo = spoil(dump, &places, kernel, &mut rng)?;
        let result = catch_unwind(AssertUnwindSafe(|| look(dump, profile)));
        for (at, old) in undo.iter().rev() {
            dump.write(*at, &old.to_le_bytes());
        }
        match result {
            Ok(result) => result.with_context(|| format!("hostile guest of seed {}", seed.wrapping_add(number)))?,
            Err(_) => bail!("a monitor panicked in the hostile guest of seed {}", seed.wrapping_add(number)),
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(states)
}

/// Words that monitors read in the clean guest, without text.
fn places(dump: &Dump, profile: Profile<'_>) -> Result<Vec<u64>> {
    let spy = Spy { dump, read: RefCell::default() };
    look(&spy, profile)?;
    let mut read = spy.read.into_inner();
    read.sort_unstable();
    read.dedup();
    ensure!(read.len() > 500, "monitors read only {} words", read.len());
    Ok(read)
}

/// Changes one to eight words; gives what they were.
fn spoil(dump: &mut Dump, places: &[u64], (start, length): (u64, u64), rng: &mut Rng) -> Result<Vec<(u64, u32)>> {
    let mut undo = Vec::new();
    for _ in 0..rng.u32(1..=8) {
        let at = places[rng.usize(..places.len())];
        let mut old = [0; 4];
        dump.read(PhysAddr::new(at), &mut old)?;
        let old = u32::from_le_bytes(old);
        // To a word that is read as well: circles and crossings; into the kernel's memory; anything; a little beside; one bit.
        let value = match rng.u32(..8) {
            0..3 => 0x8000_0000 | places[rng.usize(..places.len())] as u32,
            3 => 0x8000_0000 | (start + rng.u64(..length)) as u32 & !3,
            4 => rng.u32(..),
            5 => old.wrapping_add(4 * rng.u32(..16)),
            6 => old ^ 1 << rng.u32(..32),
            _ => 0,
        };
        ensure!(dump.write(at, &value.to_le_bytes()), "no memory at {at:#x}");
        undo.push((at, old));
    }
    Ok(undo)
}

/// Every monitor begins and makes its steps; errors are its right, panics and overdrawn budgets are not.
fn look(host: &dyn Host, profile: Profile<'_>) -> Result<()> {
    // Text and read-only data were not changed, and comparing them takes most of the time of a scan.
    let monitors = all().into_iter().filter(|monitor| monitor.name() != "text-integrity");
    let Ok(guest) = Guest::attach(host, profile) else { return Ok(()) };
    for mut monitor in monitors {
        steps(&guest, monitor.as_mut())?;
    }
    Ok(())
}

fn steps(guest: &Guest<'_>, monitor: &mut dyn Monitor) -> Result<()> {
    let name = monitor.name();
    let mut session = Session::new(monitor);
    if session.init(guest, Limits::bytes(LIMIT)).is_err() {
        return Ok(());
    }
    for _ in 0..STEPS {
        let outcome = session.step(guest, Limits::bytes(LIMIT), &mut |_| ());
        if outcome.used > LIMIT + ACCESS {
            return Err(anyhow!("{name} was charged {} bytes in a step; {LIMIT} are allowed", outcome.used));
        }
    }
    Ok(())
}

/// A host that remembers which words were read.
struct Spy<'d> {
    dump: &'d Dump,
    read: RefCell<Vec<u64>>,
}

impl Memory for Spy<'_> {
    fn read(&self, address: PhysAddr, into: &mut [u8]) -> Result<(), AccessError> {
        let mut read = self.read.borrow_mut();
        if into.len() <= 64 && read.len() < PLACES {
            read.extend((address.get() & !3..address.get() + into.len() as u64).step_by(4));
        }
        self.dump.read(address, into)
    }
}

impl Processors for Spy<'_> {
    fn count(&self) -> usize {
        self.dump.count()
    }

    fn registers(&self, number: usize) -> Option<Registers> {
        self.dump.registers(number)
    }
}

impl Clock for Spy<'_> {
    fn now(&self) -> u64 {
        0
    }
}
