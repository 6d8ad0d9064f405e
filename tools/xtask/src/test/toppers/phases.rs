//! A million ticks of cyclic handlers: the application `phases` knows at which tick each must run.

use anyhow::{Context, Result, anyhow, ensure};
use regex::Regex;
use sh4a_emu::machine::Config;

use super::{Beside, app, system};
use crate::bench::rig::Rig;
use crate::{image, toppers};

/// Ticks: those that the application does by itself, and fewer, where a tick costs more.
pub(super) const MILLION: u64 = 1_000_000;
pub(super) const FEW: u64 = 100_000;
/// Core cycles a tick: 1 ms of RP1 at 600 MHz.
const TICK: u64 = 600_000;

/// A million on the bare RP1.
pub(super) fn bare() -> Result<()> {
    let rig = Rig::new(Config::rp1(), "cyclic handlers").kernel(&toppers::build(&app("phases"), "rp1")?, None)?;
    judge(&through(rig, MILLION, TICK, 1)?, MILLION)
}

/// So many on SPUMONE on RP1.
pub(super) fn alone(ticks: u64) -> Result<()> {
    let system = system("phases", "rp1", &[ticks as u32, 1], Beside::Nobody)?;
    let rig = Rig::new(Config::rp1(), "cyclic handlers").flash(&image::build(&system)?)?;
    judge(&through(rig, ticks, TICK, 1)?, ticks)
}

/// Lets so many ticks of so many cycles pass; what port `port` says then.
fn through(mut rig: Rig, ticks: u64, cycles: u64, port: usize) -> Result<String> {
    rig.pass(ticks * cycles)?;
    rig.until("ticks, ", 2000 * cycles).and_then(|_| rig.pass(50 * cycles))?;
    Ok(rig.console(port))
}

fn judge(said: &str, wanted: u64) -> Result<()> {
    let ticks = Regex::new(r"phases: (\d+) ticks, 0 lost, 0 faults")?;
    let ticks = ticks.captures(said).and_then(|found| found[1].parse::<u64>().ok());
    let ticks = ticks.with_context(|| anyhow!("ticks were lost, or handlers ran at others than theirs\n{said}"))?;
    ensure!(ticks >= wanted && said.contains("phases: ok"), "it did not get through them\n{said}");
    Ok(())
}
