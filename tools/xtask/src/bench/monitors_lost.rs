//! What the watched Linux loses to the monitors that run on another core.

use anyhow::{Context, Result, ensure};
use figures::{Aim, Report};
use sh4a_emu::machine::Config;
use system_file::Guest;

use super::rig::Rig;
use super::system;

const SYSTEM: &str = "rp1-smp-linux-monitors";
/// The monitors' core; Linux has the others.
const CORE: usize = 0;
/// Linux's work, that of bench `overhead`, and what it says at its end.
const WORK: &str = "/lib/spumone/bench";
const DONE: &str = "bench: end ok";
/// Cycles within which each part must have come.
const PATIENCE: u64 = 12_000_000_000;
/// Cycles at the shell in which monitors have found the kernel and done a round, or begun to sleep: 0.5 s.
const FIRST_ROUND: u64 = 300_000_000;
/// SPUMONE's ticks between two rounds that never end.
const IDLE: u32 = u32::MAX;

/// Who waits for whom depends on what runs when, and changes more than monitors do (by half a percent): fixed turns of cores, and seeded orders up
/// to this one. With six of them, chance was a tenth of a percent.
const LAST_SEED: u64 = 15;

fn orders() -> impl Iterator<Item = Option<u64>> {
    std::iter::once(None).chain((1..=LAST_SEED).map(Some))
}

/// The work, once in each order.
#[derive(Default)]
struct Done {
    cycles: Vec<u64>,
    /// Instructions of Linux's cores.
    linux: Vec<u64>,
    sums: Vec<String>,
}

/// Adds notes and figures.
pub(super) fn measure(report: &mut Report) -> Result<()> {
    let working = Done::of("Linux works under monitors", |_| ())?;
    let asleep = Done::of("Linux works while monitors sleep", |guest| {
        if let Some(watch) = &mut guest.watch {
            watch.limits.pause = IDLE;
        }
    })?;
    let first = working.sums.first().context("no run")?;
    let same = working.sums.iter().chain(&asleep.sums).all(|sum| sum == first);
    ensure!(same, "the work's results differ: {:?} and {:?}", working.sums, asleep.sums);
    for (what, Done { cycles, linux, .. }) in [("at work", &working), ("asleep", &asleep)] {
        report.note(format!(
            "Linux on its three cores at the work of bench `overhead`, {} orders of cores, monitors {what}: cycles {cycles:?}, instructions {linux:?}",
            orders().count()
        ));
    }
    let all = |runs: &[u64]| runs.iter().sum::<u64>() as f64;
    let more = |working: &[u64], asleep: &[u64]| (all(working) / all(asleep) - 1.0) * 100.0;
    let each = working.cycles.iter().zip(&asleep.cycles).map(|(working, asleep)| more(&[*working], &[*asleep]));
    let (least, most) = each.fold((f64::MAX, f64::MIN), |(least, most), lost| (least.min(lost), most.max(lost)));
    report
        .figure("Linux's instructions for its work, more with monitors", more(&working.linux, &asleep.linux), "%")
        .figure("Linux throughput lost to monitors, least of all orders", least, "%")
        .figure("Linux throughput lost to monitors, most of all orders", most, "%")
        .aimed("Linux throughput lost to monitors", more(&working.cycles, &asleep.cycles), "%", Aim::AtMost(0.1));
    Ok(())
}

impl Done {
    fn of(what: &str, adapt: impl Fn(&mut Guest)) -> Result<Self> {
        let (config, image) = system::smp(SYSTEM, "", adapt)?;
        let mut done = Self::default();
        for interleave_seed in orders() {
            done.add(Rig::new(Config { interleave_seed, ..config.clone() }, what).flash(&image)?)?;
        }
        Ok(done)
    }

    fn add(&mut self, mut rig: Rig) -> Result<()> {
        let linux = |rig: &Rig| {
            let cores = (0..rig.machine.cores()).filter(|core| *core != CORE);
            cores.map(|core| rig.machine.core_time(core).active).sum::<u64>()
        };
        rig.until("SHELL-REACHED", PATIENCE)?;
        rig.pass(FIRST_ROUND)?;
        let before = linux(&rig);
        let (begin, end) = rig.shell(system::LINUX_PORT, WORK, PATIENCE)?;
        self.cycles.push(end.time - begin.time);
        self.linux.push(linux(&rig) - before);
        rig.pass(1_000_000)?;
        let console = rig.console(system::LINUX_PORT);
        let last = console.lines().find(|line| line.contains(DONE));
        let sum = last.and_then(|line| line.split_whitespace().last());
        self.sums.push(sum.with_context(|| format!("the work failed:\n{console}"))?.to_owned());
        Ok(())
    }
}
