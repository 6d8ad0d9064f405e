//! A fixed number of steps that one process at a time can make, by one process a virtual CPU: on as many cores as virtual CPUs, and on half
//! of them.

use anyhow::{Context, Result, ensure};
use figures::{Aim, Report};

use super::profile::{Code, Executed, SAMPLES};
use super::rig::Rig;
use super::system;
use crate::{guest, target};

/// Steps.
const UNITS: u32 = 100_000;
/// Cycles within which each part must have come.
const PATIENCE: u64 = 60_000_000_000;

/// What one system did.
struct Measured {
    /// From the beginning of the work to its end.
    cycles: u64,
    /// What all cores executed meanwhile.
    executed: u64,
    /// The work's own words.
    said: String,
}

pub(super) fn run() -> Result<Report> {
    let four = measure("rp1-smp-linux")?;
    let two = measure("rp1-smp-linux-on-2")?;
    let mut report = Report::new("contention");
    report.note(format!(
        "{UNITS} steps under one lock, each followed by work outside it, and a pipe that all use, by one process for each of four virtual CPUs; \
         each process checks what the others did"
    ));
    for (what, measured) in [("on four cores", &four), ("on two cores", &two)] {
        report.note(format!("{what}: {}; {} instructions of all cores", measured.said, measured.executed));
    }
    let ideal = 2.0 * four.cycles as f64;
    report
        .figure("four vCPUs on four cores", four.cycles as f64, "cycles")
        .figure("four vCPUs on two cores", two.cycles as f64, "cycles")
        .figure("ideal on two cores, half the speed of four", ideal, "cycles")
        .aimed("lost against the ideal", (1.0 - ideal / two.cycles as f64) * 100.0, "%", Aim::AtMost(15.0));
    Ok(report)
}

fn rig(name: &str) -> Result<Rig> {
    let (config, image) = system::smp(name, &format!("spumone.run=contend spumone.units={UNITS}"), |_| {})?;
    Rig::new(config, name).flash(&image)
}

/// Where the cores' time goes while four vCPUs share two of them.
pub(super) fn profile() -> Result<String> {
    let vmlinux = guest::build("linux-smp", "rp1")?;
    let code = Code::load(&[vmlinux, target::build("spumone-sh4a", "rp1")?.program("spumone")])?;
    let mut rig = rig("rp1-smp-linux-on-2")?;
    let mut text = String::new();
    rig.until("contend: begin", PATIENCE)?;
    let executed = Executed::sampled(&mut rig, &code, "contend: end", SAMPLES)?;
    let title = format!("one instruction in {SAMPLES}, two cores");
    executed.tell(&mut text, &title, 1, &code)?;
    Ok(text)
}

fn measure(name: &str) -> Result<Measured> {
    let mut rig = rig(name)?;
    let begin = rig.until("contend: begin", PATIENCE)?;
    let end = rig.until("contend: end", PATIENCE)?;
    rig.pass(1_000_000)?;
    let console = rig.console(system::LINUX_PORT);
    let said =
        console.lines().find_map(|line| line.split("contend: end ok ").nth(1)).map(|line| line.trim().to_owned());
    let said = said.with_context(|| format!("the work failed:\n{console}"))?;
    ensure!(said.contains(&format!("{UNITS} units")), "not all steps were made: {said}");
    Ok(Measured { cycles: end.time - begin.time, executed: end.retired - begin.retired, said })
}
