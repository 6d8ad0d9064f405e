//! The same work of all CPUs at once: native Linux on four cores, and four virtual CPUs beside the RT guest.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use figures::{Aim, Report};
use linux_guest::{Flavour, Machine, Variant, kernel};
use sh4a_emu::machine::Config;

use super::profile::{Code, Executed, SAMPLES};
use super::rig::Rig;
use super::system;
use crate::{guest, target};

/// Jobs of the work, shared out to the CPUs in advance.
const JOBS: u32 = 24;
/// Who runs when: with several cores the work's instructions differ by what CPUs happen to wait for, so the sums of some runs count.
const SEEDS: [Option<u64>; 3] = [None, Some(1), Some(2)];
/// Cycles within which each part must have come.
const PATIENCE: u64 = 60_000_000_000;

/// What one run did.
struct Done {
    sum: String,
    /// Instructions of each core.
    cores: Vec<u64>,
    cycles: u64,
}

/// All runs of one kind.
struct Runs(Vec<Done>);

impl Runs {
    fn of(rig: impl Fn(Option<u64>) -> Result<Rig>) -> Result<Self> {
        Ok(Self(SEEDS.iter().map(|&seed| done(rig(seed)?)).collect::<Result<_>>()?))
    }

    fn instructions(&self) -> f64 {
        self.0.iter().flat_map(|done| &done.cores).sum::<u64>() as f64
    }

    fn cycles(&self) -> f64 {
        self.0.iter().map(|done| done.cycles).sum::<u64>() as f64
    }

    fn notes(&self, what: &str, report: &mut Report) {
        for done in &self.0 {
            let all = done.cores.iter().sum::<u64>();
            report
                .note(format!("{what}: {all} instructions, {:?} of each core, in {} cycles", done.cores, done.cycles));
        }
    }
}

fn work() -> String {
    format!("spumone.run=build spumone.jobs={JOBS}")
}

fn native(vmlinux: &Path, interleave_seed: Option<u64>) -> Result<Rig> {
    let four = Config { cores: 4, interleave_seed, ..Config::rp1() };
    let command_line = format!("{} {}", system::CONSOLE, work());
    Rig::new(four, "native Linux works on four cores").kernel(vmlinux, Some(&command_line))
}

fn native_kernel() -> Result<PathBuf> {
    Ok(kernel(Variant::new(Machine::Rp1, Flavour::Native).smp())?.vmlinux)
}

/// Where the cores' time goes, natively and on SPUMONE.
pub(super) fn profile() -> Result<String> {
    let vmlinux = native_kernel()?;
    let guest = [guest::build("linux-smp", "rp1")?, guest::build("rt-probe", "rp1")?];
    let spumone = target::build("spumone-sh4a", "rp1")?.program("spumone");
    let (config, image) = system::smp("rp1-smp-linux-rt", &work(), |_| {})?;
    let beside = Rig::new(config, "four vCPUs work beside the RT guest").flash(&image)?;
    let systems = [
        ("native", native(&vmlinux, None)?, vec![vmlinux]),
        ("on SPUMONE", beside, guest.into_iter().chain([spumone]).collect()),
    ];
    let mut text = String::new();
    for (what, mut rig, programs) in systems {
        let code = Code::load(&programs)?;
        rig.until("build: begin", PATIENCE)?;
        let executed = Executed::sampled(&mut rig, &code, "build: end", SAMPLES)?;
        executed.tell(&mut text, &format!("{what}, one in {SAMPLES}"), 1, &code)?;
    }
    Ok(text)
}

/// Adds notes and figures.
pub(super) fn measure(report: &mut Report) -> Result<()> {
    let vmlinux = native_kernel()?;
    let alone = Runs::of(|seed| native(&vmlinux, seed))?;
    let (config, image) = system::smp("rp1-smp-linux-rt", &work(), |_| {})?;
    let beside = Runs::of(|interleave_seed| {
        let four = Config { interleave_seed, ..config.clone() };
        Rig::new(four, "four vCPUs work beside the RT guest").flash(&image)
    })?;
    let sum = &alone.0.first().context("no run")?.sum;
    for done in alone.0.iter().chain(&beside.0) {
        ensure!(done.sum == *sum, "the work's results differ: {sum} and {}", done.sum);
    }
    report.note(format!(
        "four cores: {JOBS} jobs like a compiler's; instructions that all cores retire from `build: begin` to `build: end`, whatever for: \
         SPUMONE, the RT guest and spinning count, sleep does not; {} runs, in fixed turns of cores and in two seeded orders",
        SEEDS.len()
    ));
    report.note(format!("all ended with the checksum {sum}"));
    alone.notes("native", report);
    beside.notes("on SPUMONE", report);
    let more = |beside: f64, alone: f64| (beside / alone - 1.0) * 100.0;
    report
        .figure("native on four cores, all runs", alone.instructions(), "instructions")
        .figure("four vCPUs with the RT guest at 1 kHz, all runs", beside.instructions(), "instructions")
        .figure("time (4 CPUs), more than native", more(beside.cycles(), alone.cycles()), "%")
        .aimed("overhead (4 CPUs)", more(beside.instructions(), alone.instructions()), "%", Aim::AtMost(0.5));
    Ok(())
}

fn done(mut rig: Rig) -> Result<Done> {
    let active = |rig: &Rig| (0..4).map(|core| rig.machine.core_time(core).active).collect::<Vec<_>>();
    let begin = rig.until("build: begin", PATIENCE)?;
    let before = active(&rig);
    let end = rig.until("build: end", PATIENCE)?;
    let cores = before.iter().zip(active(&rig)).map(|(before, after)| after - before).collect();
    rig.pass(1_000_000)?;
    let console = rig.console(system::LINUX_PORT);
    let last = console.lines().find(|line| line.contains("build: end ok"));
    ensure!(last.is_some(), "the work failed:\n{console}");
    let sum = last.and_then(|line| line.split_whitespace().last()).unwrap_or_default().to_owned();
    Ok(Done { sum, cores, cycles: end.time - begin.time })
}
