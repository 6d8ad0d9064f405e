//! Profiles, hosts and monitors on real kernels: a clean guest raises nothing, every classic manipulation is found, every host gives the same
//! answers, and no hostile guest brings a monitor down.

use std::time::Duration;

use anyhow::{Context, Result};
use linux_guest::{Flavour, Machine, Variant};
use monitor_hosts::proof::{self, Prepared};

use super::Depth;
use super::tally::Tally;

/// Hostile guests: as many as fit into this time, or so many when nobody waits.
const HOSTILE_TIME: Duration = Duration::from_secs(15);
const HOSTILE_LONG: u64 = 1_000_000;
const SEED: u64 = 20_260_519;

pub(super) fn run(depth: Depth) -> Result<Tally> {
    let mut tally = Tally::default();
    let rp1 = proof::prepare(Variant::new(Machine::Rp1, Flavour::Upstream))?;
    let r2d = proof::prepare(Variant::new(Machine::R2d, Flavour::Upstream))?;
    for prepared in [&rp1, &r2d] {
        let compared = proof::compare(&prepared.vmlinux, prepared.profile()?);
        tally.check(&format!("the profile of {} says what pahole says", prepared.variant), told(compared, "members"));
    }
    // Page tables of three levels with 64-bit entries on rp1, of two levels on r2d.
    guest(&mut tally, &rp1, &r2d, depth)?;
    let modules = proof::prepare(Variant::new(Machine::Rp1, Flavour::Upstream).modules())?;
    inside(&mut tally, &modules)?;
    let compared = proof::gdb_on_qemu(&r2d);
    tally.check("QEMU's gdb stub answers what its memory says, and Linux there is clean", told(compared, "answers"));
    Ok(tally)
}

fn guest(tally: &mut Tally, prepared: &Prepared, other: &Prepared, depth: Depth) -> Result<()> {
    let mut emulator = prepared.at_shell()?;
    tally.check(
        "emulator, core file, raw dump and gdb stub answer alike",
        told(proof::agree(prepared, &emulator), "answers"),
    );
    let mut dump = emulator.dump()?;
    tally.check("the profile of another kernel is refused", proof::wrong_profile(&mut dump, other));
    emulator.enter(prepared.console(), "sleep 100000 &");
    emulator.until("# ", 1_000_000_000)?;
    emulator.run(60_000_000)?;
    let mut found = Vec::new();
    for attack in proof::attacks() {
        let detection = proof::detect(&attack, prepared, &mut emulator);
        let detection = detection.inspect(|detection| found.push(detection.clone()));
        tally.check(&format!("found: {}", attack.name), detection);
    }
    print!("{}", proof::table(&found));
    tally.check("a clean guest at work raises nothing", proof::clean_while_loaded(prepared, &mut emulator, 20));
    let mut dump = emulator.dump().context("a dump for hostile guests")?;
    tally.check("a panic is found in a dump", proof::panic(prepared, &mut dump));
    tally.check("a guest that stands still is found", proof::hang(prepared, &mut emulator));
    let (states, time) = if depth == Depth::Long { (HOSTILE_LONG, None) } else { (u64::MAX, Some(HOSTILE_TIME)) };
    let tried = proof::mutate(&mut dump, prepared.profile()?, SEED, states, time);
    tally
        .check("hostile guests bring no monitor down", tried.inspect(|tried| println!("      {tried} hostile guests")));
    Ok(())
}

/// A guest with modules: manipulated from inside, and clean.
fn inside(tally: &mut Tally, prepared: &Prepared) -> Result<()> {
    let mut emulator = prepared.at_shell()?;
    emulator.enter(prepared.console(), "sleep 100000 &");
    proof::load_modules(prepared, &mut emulator)?;
    let mut found = Vec::new();
    for attack in &proof::INSIDE {
        let detection = proof::detect_inside(attack, prepared, &mut emulator);
        let detection = detection.inspect(|detection| found.push(detection.clone()));
        tally.check(&format!("found from inside: {}", attack.technique), detection);
    }
    print!("{}", proof::table(&found));
    let clean = proof::clean_while_loaded(prepared, &mut emulator, 20);
    tally.check("a clean guest with modules at work raises nothing", clean);
    Ok(())
}

/// Says how much was compared.
fn told(count: Result<usize>, what: &str) -> Result<usize> {
    count.inspect(|count| println!("      {count} {what} compared"))
}
