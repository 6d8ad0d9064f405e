//! The compiler bridge: the same programs on the host and on SH-4A must print the same.

use anyhow::{Context, Result, ensure};
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
    let counts = conformance::run(&settings, |_| ())?;
    let mut tally = Tally::default();
    tally.pass(counts.passed as usize);
    counts.failures.iter().for_each(|failure| tally.fail("conformance", failure));
    for level in levels::SHIPPED {
        let name = format!("gdb finds Rust lines at level {}", level.name);
        tally.check(&name, lines::of_program(&conformance::program(&settings.build, level)));
    }
    tally.check("gdb finds Rust lines of a stopped hypervisor", lines::of_the_hypervisor());
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
    let status = workspace::cargo("build").args(["--package", "sh4a-emu", "--bin", "sh4a-user"]).status();
    ensure!(status.context("cannot start cargo")?.success(), "sh4a-user does not build");
    Ok(Executor::emulator(&workspace::target_dir().join("debug/sh4a-user")))
}
