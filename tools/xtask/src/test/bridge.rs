//! The compiler bridge: the same programs on the host and on SH-4A must print the same.

use std::thread;

use anyhow::{Context, Result, anyhow};
use sh4a_bridge::conformance::{self, Executor, Settings};
use sh4a_bridge::{coretests, levels};

use super::{Depth, lines, tally::Tally};
use crate::{target, workspace};

/// Random programs beside the written ones; more of them at night.
const PROGRAMS: (u32, u32) = (40, 400);

/// Levels for rustc's tests: what the hypervisor is compiled at, and the floating-point unit.
const CORETESTS: [&str; 2] = ["rp1", "O2-fpu"];

pub(super) fn run(depth: Depth) -> Result<Tally> {
    let long = depth == Depth::Long;
    let settings = Settings {
        bridge: target::bridge()?,
        build: workspace::target_dir().join("conformance"),
        executors: vec![Executor::qemu()?, emulator()?],
        seed: 1,
        programs: if long { PROGRAMS.1 } else { PROGRAMS.0 },
        level: None,
    };
    // One line a case is for those who look for a fault; the tally names what failed.
    let suite = conformance::build(&settings)?;
    let (counts, hypervisor) = thread::scope(|scope| {
        let hypervisor = scope.spawn(lines::of_the_hypervisor);
        (conformance::run(&settings, &suite, |_| ()), hypervisor.join())
    });
    let counts = counts?;
    let mut tally = Tally::default();
    tally.pass(counts.passed as usize);
    counts.failures.iter().for_each(|failure| tally.fail("conformance", failure));
    for level in levels::SHIPPED {
        let program = suite.program(level).with_context(|| format!("{} was not built", level.name));
        tally.check(&format!("gdb finds Rust lines at level {}", level.name), program.and_then(lines::of_program));
    }
    tally.check(
        "gdb finds Rust lines of a stopped hypervisor",
        hypervisor.unwrap_or_else(|_| Err(anyhow!("it panicked"))),
    );
    Ok(tally)
}

/// rustc's own tests of `core`, on QEMU's user mode: the yardstick from outside.
pub(super) fn coretests(_: Depth) -> Result<Tally> {
    let mut tally = Tally::default();
    for name in CORETESTS {
        let settings = coretests::Settings {
            bridge: target::bridge()?,
            build: workspace::target_dir().join("coretests"),
            level: levels::all().find(|level| level.name == name).with_context(|| format!("no level {name}"))?,
            executor: Executor::qemu()?,
            only: None,
        };
        let counts = coretests::run(&settings, |_| ())?;
        println!("      {name}: {} listed exceptions, {} ignored by themselves", counts.excepted, counts.ignored);
        tally.pass(counts.passed as usize);
        counts.failures.iter().for_each(|failure| tally.fail(&format!("coretests at {name}"), failure));
    }
    Ok(tally)
}

/// Our emulator's program for user mode, built as it stands.
fn emulator() -> Result<Executor> {
    Ok(Executor::emulator(&target::host_program("sh4a-emu", "sh4a-user")?))
}
