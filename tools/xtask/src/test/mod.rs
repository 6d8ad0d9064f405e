//! All tests, stage by stage, ending in one line `N passed, N failed`.

mod badimage;
mod boot;
mod bridge;
mod cores;
mod created;
mod demo;
mod diff;
mod dumped;
mod epitaph;
mod examples;
mod guests;
mod host;
mod hosted;
mod hosted_long;
mod libtest;
mod lines;
mod monitors;
mod policy;
mod questions;
mod restart;
mod scene;
mod shared;
mod smp;
mod style;
mod tally;
mod tools;
mod toppers;
mod trace;
pub(crate) mod upstream;
mod watcher;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Args;
use provision::parallel;

use tally::Tally;

/// Runs all tests; the last line is `N passed, N failed`
#[derive(Args)]
pub(crate) struct Options {
    /// Only what needs nothing but this host's Rust
    #[arg(long, conflicts_with = "long")]
    quick: bool,
    /// More random cases and seeds: for nights, not for every change
    #[arg(long)]
    long: bool,
    /// Only the stages whose name contains this text
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

/// How much the user asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Depth {
    /// Host only.
    Quick,
    /// Everything that proves the claims.
    Full,
    /// The same with more random cases and seeds.
    Long,
}

/// A named group of tests. To add one, write a file beside this one and a line in [`STAGES`].
struct Stage {
    name: &'static str,
    /// What it proves, in a few words.
    about: &'static str,
    /// The least depth at which it runs.
    from: Depth,
    /// Uses all processors by itself, or must be done before the later stages begin; the others run side by side.
    alone: bool,
    run: fn(Depth) -> Result<Tally>,
}

const fn alone(name: &'static str, about: &'static str, from: Depth, run: fn(Depth) -> Result<Tally>) -> Stage {
    Stage { name, about, from, alone: true, run }
}

const fn beside(name: &'static str, about: &'static str, run: fn(Depth) -> Result<Tally>) -> Stage {
    Stage { name, about, from: Depth::Full, alone: false, run }
}

/// In the order in which they begin.
const STAGES: &[Stage] = &[
    alone("style", "the rules that a program can check", Depth::Quick, style::run),
    alone("host", "cargo test of every host crate", Depth::Quick, host::run),
    alone("tools", "a good SH compiler, QEMU, rust-src", Depth::Full, tools::run),
    alone("bridge", "Rust on SH-4A prints what it prints here", Depth::Full, bridge::run),
    alone("coretests", "rustc's own tests of core, on SH-4A", Depth::Full, bridge::coretests),
    beside("diff", "every instruction form against QEMU", diff::run),
    beside("upstream", "unmodified Linux on both machines, and on QEMU", upstream::run),
    beside("monitors", "kernel profiles, hosts and monitors on real guests", monitors::run),
    beside("dumped", "a guest stands still until its memory has been fetched", dumped::run),
    beside("hosted", "monitors on SPUMONE, beside a real-time guest", hosted::run),
    beside("smp", "upstream Linux on four cores, whoever runs when", smp::run),
    beside("boot", "whole systems on the emulator and on QEMU", boot::run),
    beside("badimage", "damaged images on the emulator", badimage::run),
    beside("epitaph", "SPUMONE's own mistakes", epitaph::run),
    beside("guests", "guests that test SPUMONE from inside", guests::run),
    beside("cores", "Linux's virtual CPUs on several cores", cores::run),
    beside("policy", "what monitors find leads to: a guest stands still, goes on, begins anew", policy::run),
    beside("restart", "Linux begins anew while the real-time guest goes on", restart::run),
    beside("trace", "Perfetto reads an event trace", trace::run),
    beside("toppers", "the uITRON kernel and its applications", toppers::run),
    beside("demo", "Linux beside a real-time guest", demo::run),
];

/// Runs the stages; fails if any test failed, or if any stage ran none. Prints the verdict last.
pub(crate) fn run(options: &Options) -> ExitCode {
    let depth = match options {
        Options { quick: true, .. } => Depth::Quick,
        Options { long: true, .. } => Depth::Long,
        _ => Depth::Full,
    };
    let wanted = |stage: &&Stage| {
        stage.from <= depth && options.only.as_ref().is_none_or(|text| stage.name.contains(text.as_str()))
    };
    let stages: Vec<&Stage> = STAGES.iter().filter(wanted).collect();
    let all = stages.len();
    let numbered: Vec<_> = stages.into_iter().zip(1..).collect();
    let began = Instant::now();
    let groups = numbered.chunk_by(|(one, _), (next, _)| !one.alone && !next.alone);
    let run = |(stage, number): &(&'static Stage, usize)| {
        println!("[{number}/{all}] {}: {}", stage.name, stage.about);
        let started = Instant::now();
        let tally = run_stage(stage, depth);
        println!("      {}: {} in {}", stage.name, tally.summary(), seconds(started.elapsed()));
        (stage.name, tally, started.elapsed())
    };
    let results: Vec<_> = groups.flat_map(|group| parallel::map(group, run)).collect();
    report(&results, began.elapsed())
}

/// A stage that breaks off, or that runs nothing, has failed.
fn run_stage(stage: &Stage, depth: Depth) -> Tally {
    let mut tally = (stage.run)(depth).unwrap_or_else(|error| {
        let mut tally = Tally::default();
        tally.fail("the stage itself", &format!("{error:#}"));
        tally
    });
    if tally.is_empty() {
        tally.fail("the stage itself", "it ran no test");
    }
    tally
}

fn report(results: &[(&str, Tally, Duration)], together: Duration) -> ExitCode {
    println!();
    for (name, tally, time) in results {
        println!("{name:<10} {:<28} {:>9}", tally.summary(), seconds(*time));
    }
    println!("together {:>39}", seconds(together));
    for (name, tally, _) in results {
        for failure in tally.failures() {
            println!("\nFAILED {name}: {failure}");
        }
    }
    let passed: usize = results.iter().map(|(_, tally, _)| tally.passed()).sum();
    let failed: usize = results.iter().map(|(_, tally, _)| tally.failures().len()).sum();
    let nothing = results.is_empty();
    if nothing {
        println!("no stage has such a name");
    }
    println!("{passed} passed, {failed} failed");
    if failed == 0 && !nothing { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(run: fn(Depth) -> Result<Tally>) -> Stage {
        alone("s", "", Depth::Quick, run)
    }

    #[test]
    fn a_stage_without_tests_fails() {
        let tally = run_stage(&stage(|_| Ok(Tally::default())), Depth::Full);
        assert_eq!((tally.passed(), tally.failures().len()), (0, 1));
        assert!(tally.failures()[0].contains("ran no test"));
    }

    #[test]
    fn a_stage_that_breaks_off_fails_with_its_reason() {
        let tally = run_stage(&stage(|_| anyhow::bail!("no compiler")), Depth::Full);
        assert!(tally.failures()[0].contains("no compiler"));
    }

    #[test]
    fn stage_names_are_unique() {
        let mut names: Vec<_> = STAGES.iter().map(|stage| stage.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STAGES.len());
    }
}
