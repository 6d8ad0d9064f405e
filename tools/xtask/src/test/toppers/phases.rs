//! A million ticks of cyclic handlers: the application `phases` knows at which tick each must run.

use std::fs;

use anyhow::{Context, Result, anyhow, ensure};
use regex::Regex;
use sh4a_emu::machine::Config;

use super::{Beside, app, system};
use crate::bench::rig::Rig;
use crate::{image, toppers, workspace};

/// Ticks: those that the application does by itself, and fewer, where a tick costs more.
pub(super) const MILLION: u64 = 1_000_000;
pub(super) const FEW: u64 = 100_000;
/// Core cycles a tick: 1 ms of RP1 at 600 MHz.
const TICK: u64 = 600_000;
/// Of [`beside_linux`].
const TEMPLATE: &str = "configs/r2d-linux-rt.toml";
const SLOW: u32 = 8;
/// Ticks until Linux is at its load.
const LINUX_BOOTS: u64 = 50_000;

/// How often a handler begins after the next tick.
const NEVER: &str = "0";

/// A million on the bare RP1.
pub(super) fn bare() -> Result<()> {
    let rig = Rig::new(Config::rp1(), "cyclic handlers").kernel(&toppers::build(&app("phases"), "rp1")?, None)?;
    judge(&through(rig, MILLION, TICK, 1)?, MILLION, NEVER)
}

/// So many on SPUMONE on RP1.
pub(super) fn alone(ticks: u64) -> Result<()> {
    let system = system("phases", "rp1", &[ticks as u32, 1], Beside::Nobody)?;
    let rig = Rig::new(Config::rp1(), "cyclic handlers").flash(&image::build(&system)?)?;
    judge(&through(rig, ticks, TICK, 1)?, ticks, NEVER)
}

/// Lets so many ticks of so many cycles pass, beside those that the start takes; what port `port` says then.
fn through(mut rig: Rig, ticks: u64, cycles: u64, port: usize) -> Result<String> {
    rig.pass(ticks * cycles)?;
    rig.until("ticks, ", 20_000 * cycles).and_then(|_| rig.pass(500 * cycles))?;
    Ok(rig.console(port))
}

/// So many on SPUMONE beside a loaded Linux. They would take hours of a fast core, so an instruction takes 2^SLOW ns here: a millisecond is
/// what the kernel, SPUMONE and a little of Linux need.
pub(super) fn beside_linux(ticks: u64) -> Result<()> {
    let text = fs::read_to_string(workspace::root().join(TEMPLATE)).context("no template")?;
    let program = toppers::build(&app("phases"), "r2d")?;
    let text = text
        .replace("image = \"rt-probe\"", &format!("image = \"{}\"", program.display()))
        .replace("params = [10000, 10000]", &format!("params = [{ticks}, {LINUX_BOOTS}]"))
        .replace("panic=1", "panic=1 spumone.run=load");
    let system = system_file::parse("the scene", &text).map_err(|bad| anyhow!("{}", bad.picture()))?;
    let mut rig = Rig::new(Config { icount_shift: SLOW, ..Config::r2d() }, "cyclic handlers beside Linux");
    rig.machine.load_kernel(&image::build(&system)?, None).context("no room")?;
    let tick = 1_000_000 >> SLOW;
    rig.pass(LINUX_BOOTS * tick)?;
    ensure!(rig.console(1).contains("load: running"), "Linux did not get to its load\n{}", rig.console(1));
    judge(&through(rig, ticks - LINUX_BOOTS, tick, 0)?, ticks, r"\d+")
}

fn judge(said: &str, wanted: u64, late: &str) -> Result<()> {
    let ticks = Regex::new(&format!(r"phases: (\d+) ticks, 0 lost, 0 faults, {late} late"))?;
    let ticks = ticks.captures(said).and_then(|found| found[1].parse::<u64>().ok());
    let ticks = ticks.with_context(|| anyhow!("ticks were lost, or handlers ran at others than theirs\n{said}"))?;
    ensure!(ticks >= wanted && said.contains("phases: ok"), "it did not get through them\n{said}");
    Ok(())
}
