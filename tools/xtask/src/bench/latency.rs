//! From the RT guest's timer interrupt to its handler's first instruction and to its task, while Linux idles and while it is loaded, with the level
//! technique on and off.

use anyhow::{Context, Result};
use figures::{Aim, Report, Series, draw, summary};
use sh4a_emu::machine::Config;
use sh4a_emu::trace::Histogram;

use super::rig::{Rig, Symbols};
use super::{latency_smp, picture, system};
use crate::guest;

/// Periods that each condition is watched for.
const PERIODS: u64 = 3_000;
/// Cycles until Linux has booted and its work has begun.
const PATIENCE: u64 = 6_000_000_000;

struct Condition {
    name: &'static str,
    levels: bool,
    work: &'static str,
    begun: &'static str,
}

const CONDITIONS: [Condition; 4] = [
    Condition { name: "levels, Linux idle", levels: true, work: "spumone.run=idle", begun: "idle: running" },
    Condition { name: "levels, Linux loaded", levels: true, work: "spumone.run=load", begun: "load: running" },
    Condition { name: "no levels, Linux idle", levels: false, work: "spumone.run=idle", begun: "idle: running" },
    Condition { name: "no levels, Linux loaded", levels: false, work: "spumone.run=load", begun: "load: running" },
];

struct Measured {
    handler: Histogram,
    task: Histogram,
}

pub(super) fn run() -> Result<Report> {
    let mut report = Report::new("latency");
    report.note(format!(
        "{PERIODS} periods of 1 ms a condition; from the interrupt's request, in instructions of a 600 MHz core"
    ));
    let measured = CONDITIONS.iter().map(measure).collect::<Result<Vec<_>>>()?;
    for (condition, measured) in CONDITIONS.iter().zip(&measured) {
        report.note(format!("{}: to the handler {}", condition.name, summary(&measured.handler)));
        report.note(format!("{}: to the task {}", condition.name, summary(&measured.task)));
    }
    let series: Vec<Series<'_>> = CONDITIONS
        .iter()
        .zip(&measured)
        .map(|(condition, measured)| Series { name: condition.name, samples: &measured.handler })
        .collect();
    let svg = draw("timer interrupt to the RT handler's first instruction", "instructions", &series)?;
    report
        .note(format!("picture: {}", picture("latency.svg", &svg)?.strip_prefix(crate::workspace::root())?.display()));
    let worst = |index: usize| measured[index].handler.max().context("no sample").map(|max| max as f64);
    report.figure("worst case without levels, loaded", worst(3)?, "instructions");
    report.figure("worst case with levels, loaded", worst(1)?, "instructions");
    report.aimed("levels improve the loaded worst case", worst(3)? / worst(1)?, "times", Aim::AtLeast(2.0));
    latency_smp::measure(&mut report)?;
    Ok(report)
}

fn measure(condition: &Condition) -> Result<Measured> {
    let periods = u32::MAX;
    let image = match condition.levels {
        true => system::image("rp1-linux-rt", condition.work, periods)?,
        false => system::image_without_levels("rp1-linux-rt", condition.work, periods)?,
    };
    let probe = Symbols::load(&guest::build("rt-probe", "rp1")?)?;
    let mut rig = Rig::new(Config::rp1(), condition.name).flash(&image)?;
    rig.until(condition.begun, PATIENCE)?;
    let observer = rig.machine.board_mut().observer_mut();
    let handler = observer.add_latency(system::RT_TICK, Some(probe.address("kit_interrupt_vector")?));
    let task = observer.add_latency(system::RT_TICK, Some(probe.address("rt_probe_task")?));
    rig.machine.arm_probes();
    rig.pass(PERIODS * system::PERIOD)?;
    let observer = rig.machine.board().observer();
    let of = |probe: usize| observer.latency(probe).cloned().unwrap_or_default();
    Ok(Measured { handler: of(handler), task: of(task) })
}
