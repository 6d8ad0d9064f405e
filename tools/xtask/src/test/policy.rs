//! What the policy leads to: a guest that was manipulated stands still until somebody orders something else, one that panicked or hangs is
//! started afresh, and the real-time guest beside it misses nothing.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use monitor_api::Verdict;
use monitor_hosts::order;
use monitor_hosts::proof::{self, Hosted};
use regex::Regex;
use sh4a_emu::cpu::{Cpu, sr};
use spumone_core::dump::Order;
use spumone_core::format::Name;
use spumone_core::monitors::{Action, Rule};
use system_file::System;

use super::dumped::{PATIENCE, memory, until};
use super::hosted::probe;
use super::{Depth, tally::Tally};
use crate::image;
use crate::monitor::spumone;

/// Consoles.
const LINUX: usize = 0;
const LOG: usize = 3;
/// Core cycles: 20 ms.
const WHILE: u64 = 12_000_000;
/// Periods of a millisecond that the real-time guest measures: as long as all this takes.
const PERIODS: [u32; 2] = [12_000, 40_000];
/// Core cycles between two looks at what a core does: no multiple of a tick.
const STRIDE: u64 = 99_991;
/// A core of Linux's, SR with its interrupts off (IMASK 7), and `bra .` with its delay slot.
const CORE: usize = 2;
const OFF: u32 = 1 << 30 | 0x70;
const LOOP: [u8; 4] = [0xfe, 0xaf, 0x09, 0x00];

pub(super) fn run(depth: Depth) -> Result<Tally> {
    let mut tally = Tally::default();
    let system = system(depth)?;
    let mut hosted = spumone::boot(&system)?;
    tally.check("a guest that was manipulated stands still", stands(&mut hosted, &system));
    tally.check("it goes on by order", resumes(&mut hosted));
    tally.check("it is started afresh by order, and is clean", begins_anew(&mut hosted, 2, ordered));
    tally.check("a guest that panics is started afresh", begins_anew(&mut hosted, 3, panics));
    if depth == Depth::Long {
        tally.check("a guest that hangs with interrupts off is started afresh", begins_anew(&mut hosted, 4, hangs));
    }
    tally.check("the real-time guest missed no period", probe(&mut hosted));
    Ok(tally)
}

fn system(depth: Depth) -> Result<System> {
    let mut system = image::load(Path::new(spumone::SYSTEM))?;
    for guest in &mut system.guests {
        match (guest.name.as_str(), &mut guest.watch) {
            // It shall not help itself.
            ("linux", _) => guest.cmdline = guest.cmdline.take().map(|line| line.replace("panic=1", "panic=0")),
            ("rt-probe", _) => guest.params = vec![PERIODS[usize::from(depth == Depth::Long)], 0],
            (_, Some(watch)) => {
                let monitor = Name::new("text-integrity").context("no name")?;
                watch.policy.push(Rule { monitor, verdict: Verdict::Report, action: Action::Pause });
            }
            _ => {}
        }
    }
    Ok(system)
}

/// Where orders are written, as the log says when a guest stands still.
fn place(hosted: &Hosted) -> Option<u32> {
    let said = Regex::new(r"the guest stands still: .*--at 0x([0-9a-f]{8})\s").ok()?;
    u32::from_str_radix(&said.captures(&hosted.emulator.console(LOG))?[1], 16).ok()
}

fn give(hosted: &mut Hosted, what: Order) -> Result<()> {
    let at = place(hosted).context("nobody says where orders are written")?;
    order(hosted.emulator.machine_mut(), at, what)
}

fn stands(hosted: &mut Hosted, system: &System) -> Result<()> {
    let attack = proof::attacks().into_iter().find(|attack| attack.name == "system call table entry");
    hosted.spoil(&attack.context("no such attack")?, &spumone::prepared()?)?;
    until(hosted, "a guest that stands still", |hosted| place(hosted).is_some())?;
    // Its vCPUs come to a stand one after the other.
    hosted.emulator.run(WHILE)?;
    let before = memory(hosted, system)?;
    hosted.emulator.enter(LINUX, "echo awake | tr a-z A-Z");
    hosted.emulator.run(WHILE)?;
    ensure!(memory(hosted, system)? == before, "its memory changes");
    Ok(())
}

fn resumes(hosted: &mut Hosted) -> Result<()> {
    give(hosted, Order::Resume)?;
    until(hosted, "an answer of the shell", |hosted| hosted.emulator.console(LINUX).contains("AWAKE"))
}

/// Its next life reaches the shell, and the monitors watch it and find nothing in it.
fn begins_anew(hosted: &mut Hosted, life: usize, make: fn(&mut Hosted) -> Result<()>) -> Result<()> {
    let known = hosted.written()?.entries.len();
    let causes = usize::from(life > 2);
    make(hosted)?;
    let lives = |hosted: &Hosted| hosted.emulator.console(LINUX).matches("SHELL-REACHED").count();
    until(hosted, "the next life", |hosted| lives(hosted) == life)?;
    let watched = |hosted: &Hosted| hosted.emulator.console(LOG).matches("watching Linux version").count();
    until(hosted, "a look at the next life", |hosted| watched(hosted) == life)?;
    let found = hosted.scans(2)?.entries;
    ensure!(found.len() == known + causes, "more was found than why it began anew: {found:?}");
    let caused = |entry: &&spumone_core::findings::Entry| entry.action == Action::Restart && entry.answer == 0;
    ensure!(found.iter().skip(known).all(|entry| caused(&entry)), "it began anew for another reason: {found:?}");
    Ok(())
}

fn ordered(hosted: &mut Hosted) -> Result<()> {
    give(hosted, Order::Restart)
}

/// Its kernel calls panic() in the middle of something.
pub(super) fn panics(hosted: &mut Hosted) -> Result<()> {
    let [panic, text] = symbols(["panic", "linux_banner"])?;
    let cpu = in_kernel(hosted)?;
    cpu.set_r(4, text);
    cpu.set_pc(panic);
    Ok(())
}

/// It stays in one place with interrupts off.
fn hangs(hosted: &mut Hosted) -> Result<()> {
    // Data that no monitor looks at.
    let [place] = symbols(["__log_buf"])?;
    hosted.emulator.machine_mut().write_memory(0, place & 0x1fff_ffff, &LOOP).context("no memory there")?;
    let cpu = in_kernel(hosted)?;
    cpu.set_sr(OFF);
    cpu.set_pc(place);
    Ok(())
}

fn symbols<const N: usize>(names: [&str; N]) -> Result<[u32; N]> {
    let prepared = spumone::prepared()?;
    let profile = prepared.profile()?;
    let found = names.map(|name| profile.symbol(name).map(|symbol| symbol.address.get() as u32));
    ensure!(found.iter().all(Option::is_some), "no {names:?}");
    Ok(found.map(Option::unwrap_or_default))
}

/// A core that is just executing Linux's kernel, between two exceptions.
fn in_kernel(hosted: &mut Hosted) -> Result<&mut Cpu> {
    let [start, end] = symbols(["_stext", "_etext"])?;
    hosted.emulator.enter(LINUX, "while :; do cat /proc/stat; done >/dev/null &");
    let limit = hosted.emulator.machine().time() + PATIENCE;
    loop {
        hosted.emulator.run(STRIDE)?;
        ensure!(hosted.emulator.machine().time() < limit, "core {CORE} never executes Linux's kernel");
        let cpu = hosted.emulator.machine().cpu(CORE);
        if (start..end).contains(&cpu.pc()) && cpu.sr() & (sr::MD | sr::RB | sr::BL) == sr::MD {
            return Ok(hosted.emulator.machine_mut().cpu_mut(CORE));
        }
    }
}
