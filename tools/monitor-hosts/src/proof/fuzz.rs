//! Hostile guests: the memory of a real one, with words that monitors read changed to anything.
//!
//! A state costs one step of every monitor. Monitors live through many states, so that what they remember and where they go on meets memory
//! that is another meanwhile. The changes lie over the memory, which itself stays as it is and is shared by all processors of this machine.

use std::cell::RefCell;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use anyhow::{Context, Result, anyhow, bail, ensure};
use fastrand::Rng;
use indicatif::{ProgressBar, ProgressStyle};
use monitor_api::profile::Profile;
use monitor_api::{AccessError, Clock, Guest, Limits, Memory, Monitor, PhysAddr, Processors, Registers, Scan, Session};

use super::overlay::Overlay;
use crate::dump::Dump;
use crate::registry::all;

/// What a step may read: less than most scans, so that the limit is met too; now and then a small one.
const LIMITS: [u64; 4] = [16 << 10, 16 << 10, 64 << 10, 1 << 10];
/// The longest single access, over which a step may go beyond its limit.
const ACCESS: u64 = 8 << 10;
/// States that a set of monitors lives through.
const LIFE: u64 = 64;
/// Reads that are remembered as places worth to change.
const PLACES: usize = 1 << 20;

/// How many states there were.
#[derive(Clone, Copy, Debug)]
pub struct Tried {
    /// States.
    pub states: u64,
    /// Steps of monitors in them.
    pub steps: u64,
    /// Steps that broke off with an error, as they may.
    pub errors: u64,
    /// Findings.
    pub findings: u64,
}

/// Lets every monitor look at guests whose memory is changed, `states` of them.
///
/// # Errors
/// With the seed of the first set of monitors of which one panicked or went beyond its budget.
pub fn mutate(dump: &Dump, profile: Profile<'_>, seed: u64, states: u64) -> Result<Tried> {
    let places = places(dump, profile)?;
    let memory = dump.pieces().map(|(start, bytes)| (start, bytes.len() as u64)).next().context("an empty dump")?;
    let bar =
        ProgressBar::new(states).with_style(ProgressStyle::with_template("{spinner} hostile guests {pos} {elapsed}")?);
    let (next, failed) = (AtomicU64::new(0), AtomicBool::new(false));
    let sum = [const { AtomicU64::new(0) }; 4];
    let work = || -> Result<()> {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if sum[0].load(Ordering::Relaxed) >= states || failed.load(Ordering::Relaxed) {
                return Ok(());
            }
            let seed = seed.wrapping_add(number);
            let life = Life { dump, profile, places: &places, memory };
            let lived = catch_unwind(AssertUnwindSafe(|| life.run(seed)));
            let lived = lived.map_err(|_| anyhow!("a monitor panicked")).flatten();
            let lived = lived.inspect_err(|_| failed.store(true, Ordering::Relaxed));
            let lived = lived.with_context(|| format!("hostile guests of seed {seed}"))?;
            for (sum, one) in sum.iter().zip([lived.states, lived.steps, lived.errors, lived.findings]) {
                sum.fetch_add(one, Ordering::Relaxed);
            }
            bar.inc(lived.states);
        }
    };
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let results: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or_else(|_| Err(anyhow!("a worker panicked")))).collect()
    });
    bar.finish_and_clear();
    results.into_iter().collect::<Result<Vec<()>>>()?;
    let [states, steps, errors, findings] = sum.map(AtomicU64::into_inner);
    ensure!(states > 1000, "only {states} states were tried");
    // What is changed is what they read: if they noticed nothing of it, nothing was tried.
    ensure!(
        errors > states / 100 && findings > states / 100,
        "{errors} errors and {findings} findings in {states} states"
    );
    Ok(Tried { states, steps, errors, findings })
}

/// What one set of monitors lives in.
struct Life<'a> {
    dump: &'a Dump,
    profile: Profile<'a>,
    places: &'a [u64],
    memory: (u64, u64),
}

impl Life<'_> {
    fn run(&self, seed: u64) -> Result<Tried> {
        let rng = &mut Rng::with_seed(seed);
        let mut overlay = Overlay::new(self.dump);
        let mut tried = Tried { states: 0, steps: 0, errors: 0, findings: 0 };
        let mut monitors = all();
        let mut sessions: Vec<_> = monitors.iter_mut().map(|monitor| Session::new(monitor.as_mut())).collect();
        // Some begin in a hostile guest already.
        if rng.u8(..4) == 0 {
            self.spoil(&mut overlay, rng);
        }
        {
            let Ok(guest) = Guest::attach(&overlay, self.profile) else { return Ok(tried) };
            for session in &mut sessions {
                // One that cannot begin does nothing in its steps.
                tried.errors += u64::from(session.init(&guest, Limits::bytes(LIMITS[2])).is_err());
            }
        }
        for _ in 0..LIFE {
            // A change that stays for a while is one that is seen twice.
            if rng.bool() {
                overlay.clear();
            }
            self.spoil(&mut overlay, rng);
            overlay.advance(rng.u64(..50_000_000));
            tried.states += 1;
            let Ok(guest) = Guest::attach(&overlay, self.profile) else { continue };
            let limit = LIMITS[rng.usize(..LIMITS.len())];
            for session in &mut sessions {
                let outcome = session.step(&guest, Limits::bytes(limit), &mut |_| ());
                tried.steps += 1;
                tried.errors += u64::from(outcome.scan.is_err());
                tried.findings += u64::from(outcome.findings);
                if outcome.used > limit + ACCESS {
                    let name = session.monitor().name();
                    bail!("{name} was charged {} bytes in a step; {limit} are allowed", outcome.used);
                }
            }
        }
        Ok(tried)
    }

    /// Changes one to eight words.
    fn spoil(&self, overlay: &mut Overlay<'_>, rng: &mut Rng) {
        let (places, (start, length)) = (self.places, self.memory);
        for _ in 0..rng.u32(1..=8) {
            let at = places[rng.usize(..places.len())];
            let old = overlay.word(at);
            // To a word that is read as well: circles and crossings; into the guest's memory; anything; a little beside; one bit.
            let value = match rng.u32(..8) {
                0..3 => 0x8000_0000 | places[rng.usize(..places.len())] as u32,
                3 => 0x8000_0000 | (start + rng.u64(..length)) as u32 & !3,
                4 => rng.u32(..),
                5 => old.wrapping_add(4 * rng.u32(..16)),
                6 => old ^ 1 << rng.u32(..32),
                _ => 0,
            };
            overlay.put(at, value);
        }
    }
}

/// Words that monitors read in the clean guest, without text.
fn places(dump: &Dump, profile: Profile<'_>) -> Result<Vec<u64>> {
    let spy = Spy { dump, read: RefCell::default() };
    let guest = Guest::attach(&spy, profile)?;
    for mut monitor in all() {
        scans(&guest, monitor.as_mut())?;
    }
    let mut read = spy.read.into_inner();
    read.sort_unstable();
    read.dedup();
    ensure!(read.len() > 500, "monitors read only {} words", read.len());
    Ok(read)
}

/// Two scans of a clean guest.
fn scans(guest: &Guest<'_>, monitor: &mut dyn Monitor) -> Result<()> {
    let mut session = Session::new(monitor);
    session.init(guest, Limits::bytes(LIMITS[2]))?;
    for _ in 0..2 {
        while session.step(guest, Limits::bytes(512 << 10), &mut |_| ()).scan? == Scan::Partial {}
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
