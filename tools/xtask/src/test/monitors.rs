//! Profiles, hosts and monitors on real kernels: a clean guest raises nothing, every classic manipulation is found, every host gives the same
//! answers, and no hostile guest brings a monitor down.

use std::time::Duration;

use anyhow::{Context, Result};
use linux_guest::{Flavour, Machine, Variant};
use monitor_hosts::Dump;
use monitor_hosts::proof::{self, Prepared};

use super::Depth;
use super::tally::Tally;
use crate::{image, toppers, workspace};

/// Hostile guests, and how many when nobody waits.
const HOSTILE: u64 = 20_000;
const HOSTILE_LONG: u64 = 1_000_000;
/// A clean guest under load, when nobody waits: guest time, how much slower its core is (a power of two), and cycles between two looks.
const CLEAN_LONG: Duration = Duration::from_secs(30 * 60);
const CLEAN_DIVIDER: u32 = 7;
const CLEAN_BETWEEN: u64 = 1_000_000;
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
    inside(&mut tally, &modules, depth)?;
    several(&mut tally)?;
    let program = toppers::build(&super::toppers::app("phases"), "rp1")?;
    let program = std::fs::read(&program).with_context(|| format!("cannot read {}", program.display()))?;
    tally.check("our RTOS is watched, and found when it stands still", proof::rtos(&program));
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
    let sizes = image::wanted(workspace::root()).and_then(|wanted| proof::selection(prepared, &mut emulator, &wanted));
    let sizes = sizes.inspect(|sizes| {
        println!(
            "      {} bytes of the profile are asked for, {} with the kernel's own bytes, of {}",
            sizes.selected, sizes.with_bytes, sizes.whole
        );
    });
    tally.check("monitors say the same with what they ask for of a profile", sizes);
    tally.check("a clean guest at work raises nothing", proof::clean_while_loaded(prepared, &mut emulator, 20));
    let mut dump = emulator.dump().context("a dump for hostile guests")?;
    tally.check("a panic is found in a dump", proof::panic(prepared, &mut dump));
    tally.check("a guest that stands still is found", proof::hang(prepared, &mut emulator));
    let states = if depth == Depth::Long { HOSTILE_LONG } else { HOSTILE };
    tally.check("hostile guests bring no monitor down", hostile(prepared, &dump, states));
    Ok(())
}

/// Four CPUs: a clean guest at work, and a task that only another CPU's run queue knows.
fn several(tally: &mut Tally) -> Result<()> {
    let prepared = proof::prepare(Variant::new(Machine::Rp1, Flavour::Upstream).smp())?;
    let mut emulator = prepared.at_shell()?;
    tally.check(
        "a clean guest at work on four CPUs raises nothing",
        proof::clean_while_loaded(&prepared, &mut emulator, 20),
    );
    let found = proof::hidden_on_another_cpu(&prepared, &mut emulator);
    tally.check("a task that only the run queue of another CPU has is found", found);
    Ok(())
}

/// Says what was tried.
fn hostile(prepared: &Prepared, dump: &Dump, states: u64) -> Result<()> {
    let tried = proof::mutate(dump, prepared.profile()?, SEED, states)?;
    let proof::Tried { states, steps, errors, findings } = tried;
    println!("      {states} hostile guests: {steps} steps of monitors, {errors} errors, {findings} findings");
    Ok(())
}

/// A guest with modules: manipulated from inside, clean, and hostile.
fn inside(tally: &mut Tally, prepared: &Prepared, depth: Depth) -> Result<()> {
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
    let dump = emulator.dump().context("a dump for hostile guests")?;
    tally.check("hostile guests with modules bring no monitor down", hostile(prepared, &dump, HOSTILE));
    if depth == Depth::Long {
        let mut slow = prepared.at_shell_slowly(CLEAN_DIVIDER, CLEAN_BETWEEN)?;
        proof::load_modules(prepared, &mut slow)?;
        let clean = proof::clean_for(prepared, &mut slow, CLEAN_LONG);
        tally.check(
            "thirty minutes of a clean guest with modules raise nothing",
            clean.inspect(|clean| {
                println!("      {} s of guest time, at least {} scans each", clean.time / 1_000_000_000, clean.scans);
            }),
        );
    }
    Ok(())
}

/// Says how much was compared.
fn told(count: Result<usize>, what: &str) -> Result<usize> {
    count.inspect(|count| println!("      {count} {what} compared"))
}
