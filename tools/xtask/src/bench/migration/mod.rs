//! From the request that a virtual CPU go to another core to its first instruction there, and where the way is long.

mod profile;

use std::ops::Range;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use figures::{Aim, Report, summary};
use sh4a_emu::cpu::Watchpoint;
use sh4a_emu::machine::{Machine, Stop};
use sh4a_emu::trace::Histogram;

use super::rig::{Rig, Symbols};
use super::system;
use crate::target;

/// Moves that are measured.
const MOVES: usize = 200;
/// Cycles within which each part must have come.
const PATIENCE: u64 = 6_000_000_000;
/// Cycles that cores may be apart while moves are timed: what a time on one core may be wrong by on another.
const QUANTUM: u64 = 10;
/// INTEVT of the interrupt that announces messages (`spumone-sh4a`, board rp1).
const MAIL: u32 = 0xfe0;
/// The words that instances share: where each vCPU is, and the tails of their rings of messages (`spumone-sh4a`, `shared.rs`).
const LOCATIONS: u32 = 0xb600_0200;
const MARKS: u32 = 0xb600_0300;
const MARKS_LEN: u32 = 0x80;
/// The vCPU that moves.
const MOVER: u32 = 1;

/// Names of the parts of a move, each from the stage before it.
const PARTS: [&str; STAGES - 1] = [
    "request to the interrupt of the core that has it",
    "source: interrupt to its location changed (registers packed)",
    "source: location changed to Arrive sent",
    "Arrive sent to the interrupt of the core that gets it",
    "destination: interrupt to the first guest instruction",
];
const STAGES: usize = 6;
/// Who costs what: the stages between which each is at work.
const SHARES: [(&str, Range<usize>); 4] =
    [("request", 0..1), ("source", 1..3), ("between the cores", 3..4), ("destination", 4..5)];

/// Where the way can be seen.
struct Places {
    request: u32,
    interrupt: u32,
    /// The last instruction of SPUMONE's before a guest that goes on from a frame.
    rte: u32,
}

/// A move under way: the times of the stages so far.
struct Move {
    from: usize,
    to: usize,
    times: Vec<u64>,
}

pub(super) fn run() -> Result<Report> {
    let (mut rig, places) = moving()?;
    let moves = watch(&mut rig, &places)?;

    let mut report = Report::new("migration");
    report.note(format!("{} moves of a vCPU that works, between cores 1, 2 and 3, asked for on core 0; in instructions of a 600 MHz core, which count the time between cores too, +-{QUANTUM}", moves.len()));
    for (part, name) in PARTS.iter().enumerate() {
        report.note(format!("{name}: {}", summary(&between(&moves, part..part + 1))));
    }
    let whole = between(&moves, 0..STAGES - 1);
    report.note(format!("request to the first guest instruction: {}", summary(&whole)));
    for (name, stages) in SHARES {
        let median = between(&moves, stages).quantile(500).context("nothing moved")?;
        report.figure(format!("{name}, median"), median as f64, "instructions");
    }
    let of = |quantile| whole.quantile(quantile).context("nothing moved").map(|cycles| cycles as f64);
    report.figure("fastest move", whole.min().context("nothing moved")? as f64, "instructions");
    report.figure("move, worst case", whole.max().context("nothing moved")? as f64, "instructions");
    report.aimed("move", of(500)?, "instructions", Aim::AtMost(3000.0));
    Ok(report)
}

/// Where the instructions of a move go, by function and by line.
pub(super) fn profile() -> Result<String> {
    let (mut rig, places) = moving()?;
    profile::profile(&mut rig, &places, program()?)
}

fn program() -> Result<PathBuf> {
    Ok(target::build("spumone-sh4a", "rp1")?.program("spumone"))
}

/// A system in which a vCPU that works goes from core to core.
fn moving() -> Result<(Rig, Places)> {
    let spumone = Symbols::load(&program()?)?;
    let places = Places {
        request: spumone.address("spumone_hv_vcpu_move")?,
        interrupt: spumone.address("spumone_vector_interrupt")?,
        rte: spumone.address("spumone_resume_rte")?,
    };
    // The one that asks stays on core 0; the one that moves always finds a core without another.
    let (config, image) = system::smp("rp1-smp-linux", "", |guest| guest.placement = vec![0, 1])?;
    let mut rig = Rig::new(config, "moving a vCPU").flash(&image)?;
    rig.until("SHELL-REACHED", PATIENCE)?;
    rig.shell(system::LINUX_PORT, "taskset 2 sh -c 'while :; do work machine 100000; done' > /dev/null &", PATIENCE)?;
    rig.shell(
        system::LINUX_PORT,
        "taskset 1 sh -c 'while :; do for core in 2 3 1; do \
         echo $core > /sys/devices/system/cpu/cpu1/spumone/core; usleep 1000; done; done' &",
        PATIENCE,
    )?;
    rig.machine.set_quantum(QUANTUM);
    Ok((rig, places))
}

/// The core that the vCPU which moves is on.
fn location(machine: &Machine) -> Result<usize> {
    let word = machine.read_memory(0, (LOCATIONS + 0x10 * MOVER) & 0x1fff_ffff, 1);
    word.and_then(|bytes| bytes.first().copied()).map(usize::from).context("the vCPU's location cannot be read")
}

fn between(moves: &[Move], stages: Range<usize>) -> Histogram {
    let mut histogram = Histogram::default();
    moves.iter().for_each(|one| histogram.add(one.times[stages.end].saturating_sub(one.times[stages.start])));
    histogram
}

/// Lets the system run until enough moves have been seen from end to end.
fn watch(rig: &mut Rig, places: &Places) -> Result<Vec<Move>> {
    let machine = &mut rig.machine;
    for core in 0..machine.cores() {
        let cpu = machine.cpu_mut(core);
        [places.request, places.interrupt, places.rte].iter().for_each(|&pc| cpu.add_breakpoint(pc));
        let store = |addr, len| Watchpoint { addr, len, load: false, store: true };
        cpu.add_watchpoint(store(LOCATIONS + 0x10 * MOVER, 4));
        cpu.add_watchpoint(store(MARKS, MARKS_LEN));
    }
    let (mut moves, mut current) = (Vec::new(), None::<Move>);
    let limit = machine.time() + PATIENCE;
    while moves.len() < MOVES {
        let stop = machine.run(limit);
        let (core, pc, store) = match stop {
            Stop::Breakpoint { core, pc } => (core, pc, None),
            Stop::Watchpoint { core, addr, .. } => (core, 0, Some(addr)),
            stop => bail!("the run ended after {} moves ({stop:?})\n{}", moves.len(), machine.report()),
        };
        let cpu = machine.cpu(core);
        let (now, intevt) = (cpu.clock(), cpu.intevt());
        if pc == places.request {
            ensure!(current.is_none(), "a move was asked for before the last one was over");
            let to = machine.cpu(core).r(5) as usize;
            current = Some(Move { from: location(machine)?, to, times: vec![now] });
            continue;
        }
        let Some(one) = &mut current else { continue };
        let is_mail = pc == places.interrupt && intevt == MAIL;
        let tail = MARKS + 8 * (4 * one.from + one.to) as u32;
        let reached = match one.times.len() {
            1 => core == one.from && is_mail,
            2 => core == one.from && store == Some(LOCATIONS + 0x10 * MOVER),
            3 => core == one.from && store == Some(tail),
            4 => core == one.to && is_mail,
            _ => core == one.to && pc == places.rte,
        };
        if reached {
            one.times.push(now);
        }
        if one.times.len() == STAGES {
            moves.extend(current.take());
        }
    }
    Ok(moves)
}
