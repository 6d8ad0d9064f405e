//! What monitors cost on SPUMONE.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use figures::{Aim, Report};
use monitor_hosts::proof::Hosted;
use spumone_core::findings::Row;
use system_file::Kind;

use super::profile::{Code, Executed, SAMPLES};
use crate::monitor::spumone;
use crate::{guest, image, target};

/// Cycles over which instructions are told: a second of guest time.
const SECOND: u64 = 600_000_000;
/// Guest time over which the core's work is counted: 4 s, some ten rounds.
const WATCHED: u64 = 4 * SECOND;
/// The port of SPUMONE's log.
const LOG: usize = 3;
/// SPUMONE's ticks between two rounds that never end.
const IDLE: u32 = u32::MAX;

/// Where the monitors' core spends its time.
pub(super) fn profile() -> Result<String> {
    let system = image::load(Path::new(spumone::SYSTEM))?;
    let programs = [
        guest::build("monitors", "rp1")?,
        guest::build("rt-probe", "rp1")?,
        target::build("spumone-sh4a", "rp1")?.program("spumone"),
    ];
    let code = Code::load(&programs)?;
    let mut hosted = spumone::boot(&system)?;
    let mut executed = Executed::default();
    for _ in 0..SECOND / SAMPLES {
        hosted.emulator.run(SAMPLES)?;
        let cpu = hosted.emulator.machine().cpu(hosted.core);
        if !cpu.asleep() {
            executed.add(&code, cpu.pc(), cpu.pr(), 1);
        }
    }
    let mut text = spumone::costs(&hosted.written()?.rows, |_| true);
    executed.tell(&mut text, &format!("core {}, one in {SAMPLES}", hosted.core), 1, &code)?;
    Ok(text)
}

/// A monitor's name, its instructions, and how many scans it did.
type Did = (String, f64, u32);

/// Adds notes and figures.
pub(super) fn measure(report: &mut Report) -> Result<()> {
    let (working, rows, told) = watched(None)?;
    let (idle, asleep, _) = watched(Some(IDLE))?;
    ensure!(asleep.is_empty(), "monitors that should be asleep work: {asleep:?}");
    report.note(format!(
        "on SPUMONE: {}, Linux at its shell for {} s of guest time, beside the RT guest; their core retired {working} instructions with the monitors at \
         work, {idle} with them asleep; an instruction takes a cycle wherever it lies",
        spumone::SYSTEM,
        WATCHED / SECOND
    ));
    report
        .figure("profile on SPUMONE, from its bytes in memory to the first question", told.profile as f64, "us")
        .figure("all monitors on SPUMONE, to find in it what they look at", told.begin as f64, "us");
    let share = |instructions: f64| instructions / WATCHED as f64 * 100.0;
    for (name, instructions, scans) in &rows {
        report.figure(format!("{name} on SPUMONE, a scan"), instructions / f64::from(*scans), "instructions");
        report.figure(format!("{name} on SPUMONE, of its core"), share(*instructions), "%");
    }
    report.aimed("all monitors on SPUMONE, of their core", share(working as f64 - idle as f64), "%", Aim::AtMost(10.0));
    Ok(())
}

/// Microseconds that the monitor guest tells of in the log.
struct Told {
    profile: u64,
    begin: u64,
}

impl Told {
    fn read(log: &str) -> Result<Self> {
        let number = |before: &str| {
            let at = log.find(before).map(|at| at + before.len());
            let digits = at.and_then(|at| log[at..].split(' ').next());
            digits.and_then(|digits| digits.parse().ok()).with_context(|| format!("no `{before}` in the log:\n{log}"))
        };
        Ok(Self { profile: number("bytes checked in ")?, begin: number("what they look at in ")? })
    }
}

/// Instructions of the monitors' core, what each monitor did that did scans, and what it took to begin. `pause` instead of the shipped one
/// between two rounds.
fn watched(pause: Option<u32>) -> Result<(u64, Vec<Did>, Told)> {
    let mut system = image::load(Path::new(spumone::SYSTEM))?;
    for guest in &mut system.guests {
        if guest.kind == Kind::Rtos {
            guest.params = vec![u32::MAX];
        }
        if let (Some(watch), Some(pause)) = (&mut guest.watch, pause) {
            watch.limits.pause = pause;
        }
    }
    let mut hosted = spumone::at_shell(&system)?;
    let active = |hosted: &Hosted| hosted.emulator.machine().core_time(hosted.core).active;
    let (rows, before) = (hosted.written()?.rows, active(&hosted));
    hosted.emulator.run(WATCHED)?;
    let instructions = active(&hosted) - before;
    let after = hosted.written()?.rows;
    let did = |(before, after): (&Row, &Row)| {
        let (spent, scans) = (after.spent - before.spent, after.scans.wrapping_sub(before.scans));
        (scans > 0).then(|| (after.name.as_str().to_owned(), spent as f64 * SECOND as f64 / 1e9, scans))
    };
    let told = Told::read(&hosted.emulator.console(LOG))?;
    Ok((instructions, rows.iter().zip(&after).filter_map(did).collect(), told))
}
