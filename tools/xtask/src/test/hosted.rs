//! Monitors on SPUMONE: beside a real-time guest that misses nothing, they raise nothing about a clean Linux, and find what is done to it.

use std::path::Path;

use anyhow::{Result, ensure};
use monitor_hosts::proof::{self, Hosted};
use system_file::System;

use super::tally::Tally;
use super::{Depth, created, hosted_long, questions};
use crate::image;
use crate::monitor::spumone;

/// Periods of a millisecond that the real-time guest measures.
const PERIODS: u32 = 3000;
/// The manipulations that are tried each time; all of them only when nobody waits.
const SOME: [&str; 4] = [
    "system call table entry",
    "commit_creds of the kernel's own",
    "operations of a file system",
    "restart function of the machine",
];
/// Core cycles, 60 s: longer than it measures anywhere.
const PATIENCE: u64 = 36_000_000_000;
/// Console of the real-time guest.
const PROBE: usize = 1;

pub(super) fn run(depth: Depth) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut system = image::load(Path::new(spumone::SYSTEM))?;
    measure(&mut system, PERIODS);
    let mut hosted = spumone::boot(&system)?;
    tally.check("a clean Linux at its shell raises nothing", clean(&mut hosted));
    let prepared = spumone::prepared()?;
    let mut found = Vec::new();
    let wanted = |name| depth == Depth::Long || SOME.contains(&name);
    for attack in proof::attacks().iter().filter(|attack| wanted(attack.name)) {
        let detection = hosted.detect(attack, &prepared).inspect(|detection| found.push(detection.clone()));
        tally.check(&format!("found: {}", attack.name), detection);
    }
    print!("{}", proof::table(&found));
    if depth == Depth::Long {
        tally.check("a clean Linux at work raises nothing", at_work(&mut hosted));
    }
    tally.check("the real-time guest missed no period", probe(&mut hosted));
    tally.check(
        "SPUMONE answers what the emulator and a dump answer, and tells the registers with which Linux goes on",
        questions::run().inspect(|count| println!("      {count} answers compared")),
    );
    tally.check("a monitor that `cargo xtask monitor new` makes works on SPUMONE", created::on_spumone());
    if depth == Depth::Long {
        tally.check("its own test passes, and the hosts outside know it", created::on_host());
        let inside = hosted_long::inside(&mut tally);
        tally.check("manipulations from inside were tried", inside);
        let clean = hosted_long::clean();
        tally.check("half an hour of a clean Linux at work raises nothing", clean);
    }
    Ok(tally)
}

/// How many periods the real-time guest measures, of which none may be missed.
pub(super) fn measure(system: &mut System, periods: u32) {
    for guest in system.guests.iter_mut().filter(|guest| guest.name.as_str() == "rt-probe") {
        guest.params = vec![periods, 0];
    }
}

fn clean(hosted: &mut Hosted) -> Result<()> {
    let written = hosted.scans(2)?;
    let names: Vec<_> = written.rows.iter().map(|row| row.name.as_str().to_owned()).collect();
    ensure!(names == monitor_hosts::names(), "the monitor guest has {names:?}");
    print!("{}", spumone::costs(&written.rows, |_| true));
    ensure!(written.entries.is_empty(), "it raised {:?}", written.entries);
    Ok(())
}

fn at_work(hosted: &mut Hosted) -> Result<()> {
    // What was found before was done on purpose.
    let known = hosted.scans(1)?.entries.last().map(|entry| entry.number);
    hosted.emulator.enter(0, "cd /tmp; /lib/spumone/load 1 &");
    let after = hosted.tries(5)?;
    print!("{}", spumone::costs(&after.rows, |_| true));
    let new: Vec<_> = after.entries.iter().filter(|entry| Some(entry.number) > known).collect();
    ensure!(new.is_empty(), "it raised {new:?}");
    Ok(())
}

pub(super) fn probe(hosted: &mut Hosted) -> Result<()> {
    let limit = hosted.emulator.machine().time() + PATIENCE;
    loop {
        let said = hosted.emulator.console(PROBE);
        ensure!(!said.contains("FAILED"), "it missed a period:\n{said}");
        if said.contains("rt-probe: ok") {
            return Ok(());
        }
        ensure!(hosted.emulator.machine().time() < limit, "it does not end:\n{said}");
        hosted.emulator.run(30_000_000)?;
    }
}
