//! Monitors on SPUMONE for when nobody waits: every manipulation from inside, and half an hour of a clean Linux at work.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use linux_guest::{Flavour, Machine, Variant, kernel};
use monitor_hosts::proof;
use provision::progress::Step;
use system_file::{GuestImage, Kind, System};

use super::hosted::{measure, probe};
use super::tally::Tally;
use crate::image;
use crate::monitor::spumone;

/// Periods of a millisecond that the real-time guest measures beside the manipulations.
const PERIODS: u32 = 30_000;
/// The clean run: guest time, how much slower the cores are (a power of two), the time that a step of a monitor may take on them, and the
/// scans that each monitor must complete.
const CLEAN: Duration = Duration::from_secs(30 * 60);
const DIVIDER: u32 = 4;
const STEP_MICROSECONDS: u32 = 120_000_000;
const SCANS: u32 = 10;

/// The shipped system with a Linux that takes modules: each manipulation that it can do to itself is found.
pub(super) fn inside(tally: &mut Tally) -> Result<()> {
    let mut system = image::load(Path::new(spumone::SYSTEM))?;
    let variant = Variant::new(Machine::Rp1, Flavour::Spumone { levels: true }).smp().modules();
    let vmlinux = kernel(variant)?.vmlinux;
    system.guests.iter_mut().filter(|guest| guest.kind == Kind::Linux).for_each(|guest| {
        guest.image = GuestImage::File(vmlinux.clone());
    });
    // A scan of a kernel with modules shall not take three rounds, and two rounds no second: modules are digested, a third of a second.
    for watch in system.guests.iter_mut().filter_map(|guest| guest.watch.as_mut()) {
        (watch.limits.bytes, watch.limits.pause) = (4 << 20, 10);
    }
    measure(&mut system, PERIODS);
    let mut hosted = spumone::boot(&system)?;
    hosted.load_modules()?;
    let mut found = Vec::new();
    for attack in &proof::INSIDE {
        let step = Step::new(attack.technique);
        let detection = hosted.detect_inside(attack).inspect(|detection| found.push(detection.clone()));
        step.done();
        tally.check(&format!("found from inside: {}", attack.technique), detection);
    }
    print!("{}", proof::table(&found));
    tally.check("the real-time guest missed no period meanwhile", probe(&mut hosted));
    Ok(())
}

/// The shipped system on slow cores: Linux works hard, and nobody does anything to it. Of the real-time guest nothing is asked: its millisecond
/// is a sixteenth of the instructions there.
pub(super) fn clean() -> Result<()> {
    let mut system = image::load(Path::new(spumone::SYSTEM))?;
    measure(&mut system, u32::MAX);
    patient(&mut system);
    let mut hosted = spumone::start(&system, DIVIDER)?;
    let written = hosted.clean_for(CLEAN, SCANS)?;
    print!("{}", spumone::costs(&written.rows, |_| true));
    Ok(())
}

/// Lets a step take as long as it needs on slow cores.
fn patient(system: &mut System) {
    for watch in system.guests.iter_mut().filter_map(|guest| guest.watch.as_mut()) {
        watch.limits.microseconds = STEP_MICROSECONDS;
    }
}
