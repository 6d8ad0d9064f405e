//! Upstream Linux natively on four cores, in many orders of the cores' turns; the guest itself says whether all went well.

use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fmt, fs, thread};

use anyhow::{Context, Result, ensure};
use linux_guest::{Flavour, Machine as Board, Variant, kernel};
use provision::progress::Step;
use regex::Regex;
use sh4a_emu::machine::{Config, Machine, Stop};
use sh4a_emu::serial::Script;

use super::Depth;
use super::tally::Tally;

/// How the three CPUs that can go are taken away and given back, and under which seeds of the cores' turns.
struct Plan {
    seeds: RangeInclusive<u64>,
    /// Times that each of the three goes and comes.
    rounds: u32,
}

/// Some fifty times that a CPU goes and comes, in each order.
const EVERY_CHANGE: Plan = Plan { seeds: 1..=20, rounds: 17 };
/// Three times as often, in more orders.
const LONG: Plan = Plan { seeds: 1..=100, rounds: 50 };

/// The kernel's last words; the verdict comes before them.
const END: &str = "System halted";

/// Core cycles after which a run has failed: some five times what the long one takes.
const LIMIT: u64 = 30_000_000_000;

/// What the kernel and `guests/linux/userland/smp` print when all is well. Row 120 counts the interrupts for cross calls that each CPU got from others.
fn expected(rounds: u32) -> [String; 8] {
    [
        "SMP: Total of 4 processors activated".to_owned(),
        "(?m)^smp: CPUs 0-3 are online$".to_owned(),
        "(?m)^smp: processes and threads agree$".to_owned(),
        "(?m)^smp: four busy loops, pinned and not, have the sums that they should$".to_owned(),
        format!("(?m)^smp: CPUs 1-3 were taken away and given back {rounds} times$"),
        r"(?m)^120:( +[1-9]\d*){4} .* IPI$".to_owned(),
        "(?m)^born 3$".to_owned(),
        "(?m)^smp: linux ok$".to_owned(),
    ]
}

/// From here on the guest's own program runs. (Earlier upstream warns of an interrupt of x3proto that is there twice.)
const INIT: &str = "Run /init";

/// What it must not print after that.
const BAD: [&str; 8] =
    ["Kernel panic", "BUG", "WARNING", "Oops", "Call trace", "detected stall", "didn't die", "FAILED"];

/// One run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Order {
    /// `None`: in fixed order.
    seed: Option<u64>,
    rounds: u32,
}

pub(super) fn run(depth: Depth) -> Result<Tally> {
    let vmlinux = kernel(Variant::new(Board::Rp1, Flavour::Upstream).smp())?.vmlinux;
    let image = fs::read(&vmlinux).with_context(|| format!("cannot read {}", vmlinux.display()))?;
    let Plan { seeds, rounds } = if depth == Depth::Long { LONG } else { EVERY_CHANGE };
    let orders: Vec<_> = [None].into_iter().chain(seeds.map(Some)).map(|seed| Order { seed, rounds }).collect();
    let next = AtomicUsize::new(0);
    let step = Step::new("Linux on four cores");
    let mut results = thread::scope(|scope| {
        let work = || {
            let mut done = Vec::new();
            while let Some(&order) = orders.get(next.fetch_add(1, Ordering::Relaxed)) {
                step.note(&order.to_string());
                done.push((order, play(&image, order, &vmlinux)));
            }
            done
        };
        let threads = thread::available_parallelism().map_or(1, usize::from).min(orders.len());
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect::<Vec<_>>()
    });
    results.sort_by_key(|(order, _)| *order);
    ensure!(results.len() == orders.len(), "a thread of this program ended before its time");
    step.done();
    let counts = results.iter().filter_map(|(_, result)| result.as_ref().ok());
    if let (Some(least), Some(most)) = (counts.clone().min(), counts.max()) {
        println!("      {} to {} million instructions each", least / 1_000_000, most / 1_000_000);
    }
    let mut tally = Tally::default();
    for (order, result) in results {
        tally.check(&order.to_string(), result);
    }
    Ok(tally)
}

/// How many instructions the four cores needed.
fn play(image: &[u8], order: Order, vmlinux: &Path) -> Result<u64> {
    let mut machine = Machine::new(Config { cores: 4, interleave_seed: order.seed, ..Config::rp1() });
    machine.load_kernel(image, Some(&order.append()))?;
    let script = Script::silent().stop_at(END, machine.control());
    let transcript = script.transcript();
    machine.connect(0, Box::new(script));
    let stop = machine.run(LIMIT);
    let printed = transcript.text();
    judge(&stop, &printed, order.rounds)
        .with_context(|| format!("{printed}\n{}\nagain: {}", machine.report(), order.again(vmlinux)))?;
    Ok((0..4).map(|core| machine.core_time(core).active).sum())
}

fn judge(stop: &Stop, printed: &str, rounds: u32) -> Result<()> {
    ensure!(*stop == Stop::Host, "it did not come to its end: {stop:?}");
    for text in expected(rounds) {
        ensure!(Regex::new(&text)?.is_match(printed), "missing: {text}");
    }
    let (_, since_init) = printed.split_once(INIT).context("it never got to /init")?;
    for text in BAD {
        ensure!(!since_init.contains(text), "it printed {text:?}");
    }
    Ok(())
}

impl Order {
    fn append(self) -> String {
        format!("spumone.run=smp spumone.rounds={}", self.rounds)
    }

    /// The command that repeats the run to the last cycle.
    fn again(self, vmlinux: &Path) -> String {
        let seed = self.seed.map_or_else(String::new, |seed| format!(" --interleave-seed {seed}"));
        format!(
            "cargo run -p sh4a-emu -- run --machine rp1 --cores 4{seed} --kernel {} --append '{}' --serial 0=stdout --max-insns {LIMIT}",
            vmlinux.display(),
            self.append()
        )
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seed {
            None => write!(f, "four CPUs in fixed order"),
            Some(seed) => write!(f, "four CPUs, seed {seed}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "SMP: Total of 4 processors activated (1 BogoMIPS)\nRun /init as init process\nsmp: CPUs 0-3 are online\nsmp: processes and threads agree\n\
        smp: four busy loops, pinned and not, have the sums that they should\n\
        smp: CPUs 1-3 were taken away and given back 17 times\n120:  1   2  3    4 shx3 120-level     IPI\n\
        born 3\nsmp: linux ok\n";

    #[test]
    fn only_a_guest_that_says_everything_and_nothing_bad_passes() {
        judge(&Stop::Host, GOOD, 17).unwrap();
        assert!(judge(&Stop::Limit, GOOD, 17).is_err());
        assert!(judge(&Stop::Host, GOOD, 50).is_err());
        assert!(judge(&Stop::Host, &GOOD.replace("120:  1   2", "120:  1   0"), 17).is_err());
        assert!(judge(&Stop::Host, &GOOD.replace("linux ok", "linux"), 17).is_err());
        assert!(judge(&Stop::Host, &GOOD.replace("born 3", ""), 17).is_err());
        assert!(judge(&Stop::Host, &format!("{GOOD}CPU 1 didn't die...\n"), 17).is_err());
    }

    #[test]
    fn a_failure_names_the_command_that_repeats_it() {
        let command = Order { seed: Some(7), rounds: 50 }.again(Path::new("/k/vmlinux"));
        for part in
            ["--cores 4 --interleave-seed 7 --kernel /k/vmlinux", "--append 'spumone.run=smp spumone.rounds=50'"]
        {
            assert!(command.contains(part), "{command}");
        }
        assert!(!Order { seed: None, rounds: 1 }.again(Path::new("k")).contains("seed"));
    }
}
