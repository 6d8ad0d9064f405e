//! How long a guest is gone that begins anew, and what the real-time guest notices of it.

use anyhow::{Context, Result, ensure};
use figures::Report;

use super::latency_smp::{self, Loaded};
use super::profile::{Code, Executed, SAMPLES};
use super::rig::{Rig, Symbols};
use super::system;
use crate::{guest, target};

/// Linux on one core beside the RT guest, and on four.
const SYSTEMS: [(&str, &str); 2] = [("one CPU", "rp1-linux-rt"), ("four CPUs", "rp1-smp-linux-rt")];
/// Core cycles of a millisecond.
const MILLISECOND: f64 = 600_000.0;
/// Cycles within which each part must have come.
const PATIENCE: u64 = 12_000_000_000;
/// Cycles at the shell before it is told to restart.
const PAUSE: u64 = 60_000_000;
/// Asks SPUMONE for a restart, without stopping anything before.
const ORDER: &str = "reboot -f";
/// What the log says when the new life begins.
const AGAIN: &str = "guest linux starts again";

/// Instead of init: asks for the next life at once.
const LIFE: &str = r#"rdinit=/bin/sh -- -c "reboot -f""#;
/// Periods of the RT guest that are watched meanwhile.
const PERIODS: u64 = 5_000;
/// Cycles that cores may be apart then: what a latency may be wrong by.
const QUANTUM: u64 = 50;

pub(super) fn run() -> Result<Report> {
    let mut report = Report::new("restart");
    report.note(format!("from `{ORDER}` at Linux's shell to its first instruction, beside the RT guest"));
    for (what, name) in SYSTEMS {
        let mut rig = at_shell(name)?;
        let began = rig.machine.time();
        rig.enter(system::LINUX_PORT, ORDER);
        let again = rig.until(AGAIN, PATIENCE)?.time - began;
        report.figure(format!("Linux with {what} begins anew"), again as f64 / MILLISECOND, "ms");
        // It must work, too.
        rig.until("Run /init as init process", PATIENCE)?;
    }
    latency(&mut report)?;
    Ok(report)
}

/// From the RT guest's timer interrupt to its handler, on a core that it shares with one of Linux's CPUs.
fn latency(report: &mut Report) -> Result<()> {
    let Loaded { mut rig, handler, .. } = again_and_again()?;
    rig.machine.set_quantum(QUANTUM);
    let probe = rig.machine.board_mut().observer_mut().add_latency(system::RT_TICK, Some(handler));
    rig.machine.arm_probes();
    rig.pass(PERIODS * system::PERIOD)?;
    let samples = rig.machine.board().observer().latency(probe).cloned().unwrap_or_default();
    let lives = (0..rig.machine.board().ports()).map(|port| rig.console(port).matches(AGAIN).count()).sum::<usize>();
    ensure!(lives > 5, "Linux began anew only {lives} times");
    report.note(format!("Linux with four CPUs began anew {lives} times in {PERIODS} periods of 1 ms; timer interrupt to the RT handler, +-{QUANTUM}"));
    report.figure("median meanwhile", samples.quantile(500).context("no sample")? as f64, "instructions").figure(
        "worst case meanwhile",
        samples.max().context("no sample")? as f64,
        "instructions",
    );
    Ok(())
}

/// Linux with four CPUs, which begins anew without end.
fn again_and_again() -> Result<Loaded> {
    let probe = guest::build("rt-probe", "rp1")?;
    let handler = Symbols::load(&probe)?.address("kit_interrupt_vector")?;
    let (config, image) = system::smp(SYSTEMS[1].1, LIFE, |_| {})?;
    let mut rig = Rig::new(config, "Linux begins anew again and again").flash(&image)?;
    rig.until(AGAIN, PATIENCE)?;
    let programs =
        vec![guest::build("linux-smp", "rp1")?, target::build("spumone-sh4a", "rp1")?.program("spumone"), probe];
    Ok(Loaded { rig, handler, programs })
}

fn at_shell(name: &str) -> Result<Rig> {
    let (config, image) = system::smp(name, "", |_| {})?;
    let mut rig = Rig::new(config, name).flash(&image)?;
    rig.until("SHELL-REACHED", PATIENCE)?;
    rig.pass(PAUSE)?;
    Ok(rig)
}

/// What the cores do while the guest is gone, and where the RT guest waits longest.
pub(super) fn profile() -> Result<String> {
    let loaded = again_and_again()?;
    let code = Code::load(&loaded.programs)?;
    let mut rig = at_shell(SYSTEMS[1].1)?;
    rig.enter(system::LINUX_PORT, ORDER);
    let executed = Executed::sampled(&mut rig, &code, AGAIN, SAMPLES)?;
    let mut text = String::new();
    executed.tell(&mut text, &format!("one instruction in {SAMPLES}, all cores"), 1, &code)?;
    Ok(text + &latency_smp::profile_of(loaded)?)
}
