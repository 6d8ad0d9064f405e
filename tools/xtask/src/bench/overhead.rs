//! The same work of the same userland, on native Linux and on SPUMONE beside the RT guest at 1 kHz.

use anyhow::{Result, ensure};
use figures::{Aim, Report};
use linux_guest::{Flavour, Machine, Variant, kernel};
use sh4a_emu::machine::Config;

use super::rig::Rig;
use super::{overhead_smp, system};

/// Cycles within which each part must have come: ten times what it takes.
const PATIENCE: u64 = 60_000_000_000;

pub(super) fn run() -> Result<Report> {
    let native = kernel(Variant::new(Machine::Rp1, Flavour::Native))?;
    let command_line = format!("{} spumone.run=bench", system::CONSOLE);
    let mut alone = Rig::new(Config::rp1(), "native Linux works").kernel(&native.vmlinux, Some(&command_line))?;
    let (native, native_sum) = work(&mut alone)?;

    let image = system::image("rp1-linux-rt", "spumone.run=bench", 1_000_000)?;
    let mut beside = Rig::new(Config::rp1(), "Linux on SPUMONE works beside the RT guest").flash(&image)?;
    let (shared, shared_sum) = work(&mut beside)?;
    ensure!(native_sum == shared_sum, "the work's results differ: {native_sum} natively, {shared_sum} on SPUMONE");
    let ticks = beside.machine.board().observer().interrupts().get(&system::RT_TICK).copied().unwrap_or(0);

    let mut report = Report::new("overhead");
    report
        .note("retired instructions from `bench: begin` to `bench: end`, sleep not counted; on SPUMONE with everything that it and the RT guest do meanwhile")
        .note(format!("both ended with the same checksum of results, {native_sum}"))
        .note(format!("{ticks} acceptances of the RT guest's timer in the whole run: to preempt Linux, and to run the handler"))
        .figure("native", native as f64, "instructions")
        .figure("on SPUMONE with the RT guest at 1 kHz", shared as f64, "instructions")
        .aimed("overhead", (shared as f64 / native as f64 - 1.0) * 100.0, "%", Aim::AtMost(0.5));
    overhead_smp::measure(&mut report)?;
    Ok(report)
}

/// Instructions of the work, and the checksum that it ended with.
fn work(rig: &mut Rig) -> Result<(u64, String)> {
    let begin = rig.until("bench: begin", PATIENCE)?;
    let end = rig.until("bench: end", PATIENCE)?;
    rig.pass(1_000_000)?;
    let console = rig.console(system::LINUX_PORT);
    let last = console.lines().find(|line| line.contains("bench: end ok"));
    ensure!(last.is_some(), "the work failed:\n{console}");
    let sum = last.and_then(|line| line.split_whitespace().last()).unwrap_or_default().to_owned();
    Ok((end.retired - begin.retired, sum))
}
