//! What monitors cost on SPUMONE.

use std::path::Path;

use anyhow::{Result, ensure};
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
    let (working, rows) = watched(None)?;
    let (idle, asleep) = watched(Some(IDLE))?;
    ensure!(asleep.is_empty(), "monitors that should be asleep work: {asleep:?}");
    report.note(format!(
        "on SPUMONE: {}, Linux at its shell for {} s of guest time, beside the RT guest; their core retired {working} instructions with the monitors at \
         work, {idle} with them asleep; an instruction takes a cycle wherever it lies",
        spumone::SYSTEM,
        WATCHED / SECOND
    ));
    let share = |instructions: f64| instructions / WATCHED as f64 * 100.0;
    for (name, instructions, scans) in &rows {
        report.figure(format!("{name} on SPUMONE, a scan"), instructions / f64::from(*scans), "instructions");
        report.figure(format!("{name} on SPUMONE, of its core"), share(*instructions), "%");
    }
    report.aimed("all monitors on SPUMONE, of their core", share(working as f64 - idle as f64), "%", Aim::AtMost(10.0));
    Ok(())
}

/// Instructions of the monitors' core, and what each monitor did that did scans. `pause` instead of
/// the shipped one between two rounds.
fn watched(pause: Option<u32>) -> Result<(u64, Vec<Did>)> {
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
    Ok((instructions, rows.iter().zip(&after).filter_map(did).collect()))
}
