//! The same latency with Linux on several cores: the RT guest alone on its core, and beside a virtual CPU with one technique more each time.

mod profile;

use std::path::PathBuf;

use anyhow::{Context, Result};
use figures::{Aim, Report, Series, draw};
use linux_guest::{Flavour, Machine, Variant, kernel};
use sh4a_emu::trace::Histogram;
use system_file::{GuestImage, Kind};

use super::rig::{Rig, Symbols};
use super::{picture, system};
use crate::{guest, target};

/// Periods that each mode is watched for.
const PERIODS: u64 = 3_000;
/// Cycles within which each part must have come.
const PATIENCE: u64 = 20_000_000_000;
/// Cycles that cores may be apart while times are taken: what a latency may be wrong by.
const QUANTUM: u64 = 50;
/// Instructions of a 600 MHz core in a microsecond, one a cycle.
const MICROSECOND: f64 = 600.0;

struct Mode {
    name: &'static str,
    system: &'static str,
    levels: bool,
    /// What the shell does before the load begins.
    prepare: &'static str,
}

const SHARED: &str = "rp1-smp-linux-rt";
const AWAY: &str = "echo 1 > /sys/devices/system/cpu/cpu0/spumone/syscall_core";
const GOVERNED: &str = "echo 1 > /sys/devices/system/cpu/cpu0/spumone/syscall_core; \
     echo 4 > /sys/kernel/spumone/cores_max; echo 1 > /sys/kernel/spumone/cores_min";

/// Those from the second on share a core.
const MODES: [Mode; 5] = [
    Mode { name: "alone on its core", system: "rp1-smp-linux-rt-alone", levels: true, prepare: ":" },
    Mode { name: "(a) shared core, nothing", system: SHARED, levels: false, prepare: ":" },
    Mode { name: "(b) levels", system: SHARED, levels: true, prepare: ":" },
    Mode { name: "(c) levels, system calls elsewhere", system: SHARED, levels: true, prepare: AWAY },
    Mode { name: "(d) as (c), governed", system: SHARED, levels: true, prepare: GOVERNED },
];

/// Everything at once on all CPUs, and once more on CPU 0: system calls, page faults, forks, file I/O. What a network would
/// cause: data that goes through pipes from a CPU to another and back (interrupts between CPUs, softirqs, the scheduler),
/// sleeps that end by a timer, signals.
const LOAD: &str = "/lib/spumone/load > /dev/null & \
     taskset 1 work syscalls & taskset 1 work faults & \
     taskset 1 sh -c 'while :; do work forks 20; done' > /dev/null & \
     taskset 1 sh -c 'trap : USR1; while :; do kill -USR1 $$; done' & \
     taskset 1 sh -c 'while :; do usleep 500; done' & \
     (taskset 1 sh -c 'while :; do echo a; done' | taskset 2 cat | taskset 1 cat > /dev/null) & \
     (taskset 4 sh -c 'while :; do echo b; done' | taskset 1 cat > /dev/null) &";

/// Adds notes and figures about every mode.
pub(super) fn measure(report: &mut Report) -> Result<()> {
    report.note(format!(
        "four cores: {PERIODS} periods of 1 ms a mode, timer interrupt to the handler, +-{QUANTUM}; Linux with a CPU on each (alone: three), all loaded with \
         system calls, page faults, forks, file I/O, pipes from CPU to CPU, signals and timers"
    ));
    let measured = MODES.iter().map(one).collect::<Result<Vec<_>>>()?;
    report.note(format!(
        "{:<36} {:>7} {:>7} {:>7} {:>7} instructions, {:>6} {:>6} {:>6} {:>6} us at 600 MHz",
        "mode", "min", "median", "99.9 %", "worst", "min", "median", "99.9 %", "worst"
    ));
    for (mode, samples) in MODES.iter().zip(&measured) {
        report.note(row(mode.name, samples).with_context(|| format!("{}: no sample", mode.name))?);
    }
    let worst = |mode: usize| measured[mode].max().context("no sample").map(|max| max as f64);
    let series: Vec<Series<'_>> =
        MODES.iter().zip(&measured).skip(1).map(|(mode, samples)| Series { name: mode.name, samples }).collect();
    let title = format!(
        "timer interrupt to the RT handler beside one of Linux's four vCPUs (alone on its core: max {:.0})",
        worst(0)?
    );
    let file = picture("latency-smp.svg", &draw(&title, "instructions", &series)?)?;
    report.note(format!("picture: {}", file.strip_prefix(crate::workspace::root())?.display()));
    for (mode, name) in MODES.iter().map(|mode| mode.name).enumerate().filter(|(mode, _)| *mode != 3) {
        report.figure(format!("worst case {name}"), worst(mode)?, "instructions");
    }
    report
        .figure("worst case (c), at 600 MHz", worst(3)? / MICROSECOND, "us")
        .aimed("worst case (c)", worst(3)?, "instructions", Aim::AtMost(2.0 * MICROSECOND))
        .aimed("(c) improves the worst case of (a)", worst(1)? / worst(3)?, "times", Aim::AtLeast(5.0));
    Ok(())
}

/// A line of the table; `None` without a sample.
fn row(name: &str, samples: &Histogram) -> Option<String> {
    let values = [samples.min()?, samples.quantile(500)?, samples.quantile(999)?, samples.max()?];
    let [min, median, most, worst] = values;
    let [a, b, c, d] = values.map(|value| value as f64 / MICROSECOND);
    Some(format!("{name:<36} {min:>7} {median:>7} {most:>7} {worst:>7} {a:>21.2} {b:>6.2} {c:>6.2} {d:>6.2}"))
}

fn one(mode: &Mode) -> Result<Histogram> {
    let Loaded { mut rig, handler, .. } = load(mode)?;
    rig.machine.set_quantum(QUANTUM);
    let probe = rig.machine.board_mut().observer_mut().add_latency(system::RT_TICK, Some(handler));
    rig.machine.arm_probes();
    rig.pass(PERIODS * system::PERIOD)?;
    Ok(rig.machine.board().observer().latency(probe).cloned().unwrap_or_default())
}

/// Where the instructions of the worst case go, with all techniques but the governor.
pub(super) fn profile() -> Result<String> {
    profile::profile(load(&MODES[3])?)
}

/// A system at work.
struct Loaded {
    rig: Rig,
    /// The RT handler's first instruction.
    handler: u32,
    /// The kernel, SPUMONE and the RT guest.
    programs: Vec<PathBuf>,
}

fn load(mode: &Mode) -> Result<Loaded> {
    let vmlinux = kernel(Variant::new(Machine::Rp1, Flavour::Spumone { levels: mode.levels }).smp())?.vmlinux;
    let (config, image) = system::smp(mode.system, "", |guest| {
        if guest.kind == Kind::Linux {
            guest.image = GuestImage::File(vmlinux.clone());
        }
    })?;
    let probe = guest::build("rt-probe", "rp1")?;
    let handler = Symbols::load(&probe)?.address("kit_interrupt_vector")?;
    let mut rig = Rig::new(config, mode.name).flash(&image)?;
    rig.until("SHELL-REACHED", PATIENCE)?;
    rig.shell(system::LINUX_PORT, mode.prepare, PATIENCE)?;
    rig.shell(system::LINUX_PORT, LOAD, PATIENCE)?;
    rig.pass(50 * system::PERIOD)?;
    let spumone = target::build("spumone-sh4a", "rp1")?.program("spumone");
    Ok(Loaded { rig, handler, programs: vec![vmlinux, spumone, probe] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_instructions_and_microseconds() {
        let mut samples = Histogram::default();
        [600, 600, 1500].into_iter().for_each(|value| samples.add(value));
        let row = row("mode", &samples).unwrap();
        let words: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(words, ["mode", "600", "600", "1500", "1500", "1.00", "1.00", "2.50", "2.50"]);
    }
}
