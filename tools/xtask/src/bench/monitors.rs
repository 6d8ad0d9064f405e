//! What monitors find and what they cost.

use std::time::Instant;

use anyhow::Result;
use figures::Report;
use linux_guest::{Flavour, Machine, Variant};
use monitor_hosts::proof;
use monitor_hosts::{Watch, all, watch};

use super::{monitors_hosted, monitors_lost};

pub(super) fn run() -> Result<Report> {
    let prepared = proof::prepare(Variant::new(Machine::Rp1, Flavour::Upstream))?;
    let mut emulator = prepared.at_shell()?;
    emulator.enter(prepared.console(), "sleep 100000 &");
    emulator.until("# ", 1_000_000_000)?;
    emulator.run(60_000_000)?;
    let summary = watch(&mut emulator, prepared.profile()?, &mut all(), Watch::default(), &mut |_| ())?;

    let mut report = Report::new("monitors");
    report.figure("profile on this host, opened (median)", median(|| prepared.profile().map(drop))?, "us");
    report.note("rp1-upstream at its shell, on the emulator; a byte is what a budget charges: each access counts 16 more than its length");
    for (name, cost) in &summary.cost {
        let scans = f64::from(cost.scans.max(1));
        report.figure(format!("{name}, a scan"), cost.bytes as f64 / scans, "bytes");
    }
    let mut found = Vec::new();
    for attack in proof::attacks() {
        found.push(proof::detect(&attack, &prepared, &mut emulator)?);
    }
    let modules = proof::prepare(Variant::new(Machine::Rp1, Flavour::Upstream).modules())?;
    let mut emulator = modules.at_shell()?;
    emulator.enter(modules.console(), "sleep 100000 &");
    proof::load_modules(&modules, &mut emulator)?;
    emulator.run(60_000_000)?;
    let summary = watch(&mut emulator, modules.profile()?, &mut all(), Watch::default(), &mut |_| ())?;
    for (name, cost) in &summary.cost {
        let scans = f64::from(cost.scans.max(1));
        report.figure(format!("{name}, a scan with two modules and a network"), cost.bytes as f64 / scans, "bytes");
    }
    let outside = found.len();
    for attack in &proof::INSIDE {
        found.push(proof::detect_inside(attack, &modules, &mut emulator)?);
    }
    let slowest = found.iter().map(|found| found.after).max().unwrap_or(0);
    println!("{}", proof::table(&found));
    report
        .figure("size of the profile", prepared.profile.len() as f64, "bytes")
        .figure("techniques found, done from outside", outside as f64, "of them all")
        .figure("techniques found, done from inside", (found.len() - outside) as f64, "of them all")
        .figure("slowest finding", slowest as f64 / 1e6, "ms of guest time");
    monitors_hosted::measure(&mut report)?;
    monitors_lost::measure(&mut report)?;
    Ok(report)
}

/// How many microseconds something takes.
fn median(mut what: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut times = [0.0; 9];
    for time in &mut times {
        let began = Instant::now();
        what()?;
        *time = began.elapsed().as_secs_f64() * 1e6;
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}
