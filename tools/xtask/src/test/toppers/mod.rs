//! The uITRON kernel on the target: applications in C that judge themselves, on the bare machine, on SPUMONE, and beside Linux.

mod apps;
mod phases;
mod sample;
mod sequences;
mod serial;
mod states;

use std::fmt::Write;

use anyhow::{Result, anyhow};
use provision::progress::Step;
use system_file::System;

use super::scene::judge;
use super::{Depth, boot, tally::Tally};
use crate::run::{self, On, Options};
use crate::{image, target, toppers, workspace};

/// What the application `tests` says in the end; the number is that of its cases.
const ALL_PASS: &str = r"tests: \d{2,} passed, 0 failed";
/// What its kernel says before: the stray interrupt was masked, the termination routine came last.
const REPORTS: [&str; 3] =
    ["interrupt 0x.80 has no handler: masked", "tests: PASS termination routine", "ended with the CPU locked"];
/// Periods of the control loop.
const PERIODS: u32 = 2000;
/// Any number of them may be missed: stock QEMU has no steady clock.
const ANY: u32 = u32::MAX;
/// The system as shipped with the control loop, and what Linux says beside it; that of four cores is the demo's.
const SHIPPED: [(&str, &str); 1] = [("configs/rp1-linux-toppers.toml", "Linux version")];
/// The control loop at 1 kHz, never late; then its good end.
const CONTROL: [&str; 2] = [r"control: \d{5,} periods, 0 missed", "control: ok"];
/// Milliseconds that the application `tests` leaves to Linux to boot and to take up its work.
const LINUX_BOOTS: u32 = 2500;

/// The application `tests` ends the kernel in a handler.
const FROM_A_HANDLER: u32 = 1;

pub(super) fn run(depth: Depth) -> Result<Tally> {
    let mut tally = Tally::default();
    for board in ["rp1", "r2d"] {
        check(&mut tally, &format!("every service call on a bare {board}"), || bare_tests(board));
        check(&mut tally, &format!("every service call on SPUMONE on {board}"), || {
            let printed = guest("tests", board, On::Emu, &[0, FROM_A_HANDLER], Beside::Nobody)?;
            judge(&printed, &[ALL_PASS, "all guests ended: tests=0"])?;
            judge(&printed, &REPORTS)
        });
        check(&mut tally, &format!("the control loop alone on {board}"), || control(board, On::Emu, 0));
    }
    check(&mut tally, "the control loop alone on r2d Qemu", || control("r2d", On::Qemu, ANY));
    for (system, port) in [("configs/rp1-toppers.toml", 1), ("configs/r2d-toppers.toml", 0)] {
        check(&mut tally, &format!("the sample obeys its keys: {system}"), || sample::keys(system, port));
    }
    for (system, linux) in SHIPPED {
        tally.check(&format!("{system}, as shipped"), shipped(system, linux));
    }
    for (spumone, place) in [(false, "on the bare machine"), (true, "on SPUMONE")] {
        check(&mut tally, &format!("handlers nest by level {place}"), || levels(spumone));
        check(&mut tally, &format!("XON, XOFF and echo {place}"), || serial::run(spumone));
        check(&mut tally, &format!("the description of all tasks {place}"), || states::run(spumone));
    }
    check(&mut tally, "cyclic handlers over 10^6 ticks on the bare machine", phases::bare);
    let ticks = if depth == Depth::Long { phases::MILLION } else { phases::FEW };
    check(&mut tally, &format!("cyclic handlers over {ticks} ticks on SPUMONE"), || phases::alone(ticks));
    check(&mut tally, &format!("cyclic handlers over {ticks} ticks beside loaded Linux"), || {
        phases::beside_linux(ticks)
    });
    for (app, which, expected) in STOPS {
        check(&mut tally, &format!("{app} {which}: reported and contained"), || {
            let printed = guest(app, "rp1", On::Emu, &[which], Beside::Worker)?;
            judge(&printed, &expected)?;
            judge(&printed, &["low-worker: PASS", "all guests ended: low-worker=0"])
        });
    }
    let seeds = if depth == Depth::Long { 1..=10 } else { 1..=1 };
    for seed in seeds {
        check(&mut tally, &format!("{} random calls against the model, seed {seed}", sequences::COUNT), || {
            sequences::run(seed)
        });
    }
    check(&mut tally, "an application from another folder", apps::a_folder_of_its_own);
    check(&mut tally, "mistakes in an application are refused with their place", apps::mistakes);
    check(&mut tally, "every service call beside loaded Linux", beside_linux);
    Ok(tally)
}

/// Applications that go wrong on purpose, their parameter, and what must be said. The guest beside them goes on.
const STOPS: [(&str, u32, [&str; 2]); 6] = [
    ("overflow", 0, [r"uitron: stack overflow of task 2 \(DEEP\): SP 0x", "overflow=102"]),
    ("overflow", 1, [r"uitron: stack overflow of task 2 \(DEEP\): SP 0x", "overflow=102"]),
    ("fault", 0, [r"uitron: CPU exception 0xe0 at PC 0x.*in task 1 \(FAULTY\): no handler for it", "fault=101"]),
    ("fault", 1, [r"uitron: CPU exception 0x180 at PC 0x.*in task 1 \(FAULTY\): no handler for it", "fault=101"]),
    ("fault", 2, [r"uitron: CPU exception 0x800 at PC 0x.*in task 1 \(FAULTY\): no handler for it", "fault=101"]),
    ("fault", 3, [r"uitron: CPU exception 0xe0 at PC 0x.*in a handler: no handler for it", "fault=101"]),
];

/// Who shares the core.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beside {
    Nobody,
    /// A guest that works, says that it passed, and ends.
    Worker,
    /// A Linux that does a load.
    Load,
}

fn check(tally: &mut Tally, name: &str, body: impl FnOnce() -> Result<()>) {
    let step = Step::new(name);
    let result = body();
    if result.is_ok() {
        step.done();
    }
    tally.check(name, result);
}

pub(in crate::test) fn app(name: &str) -> std::path::PathBuf {
    workspace::root().join("guests/toppers/apps").join(name)
}

fn bare_tests(board: &str) -> Result<()> {
    let printed = run::bare(board, &toppers::build(&app("tests"), board)?, 1)?;
    judge(&printed, &[ALL_PASS])?;
    judge(&printed, &REPORTS)
}

fn control(board: &str, on: On, tolerated: u32) -> Result<()> {
    let printed = guest("control", board, on, &[PERIODS, tolerated], Beside::Nobody)?;
    judge(&printed, &["control: 2000 periods, ", "control: ok", "all guests ended: control=0"])
}

fn levels(spumone: bool) -> Result<()> {
    let printed = match spumone {
        true => guest("levels", "rp1", On::Emu, &[], Beside::Nobody)?,
        false => run::bare("rp1", &toppers::build(&app("levels"), "rp1")?, 1)?,
    };
    judge(&printed, &["levels: ok"])
}

/// A shipped system to Linux's shell and through the control loop's periods.
fn shipped(system: &str, linux: &str) -> Result<()> {
    let expected: Vec<&str> = [linux, "SHELL-REACHED"].into_iter().chain(CONTROL).collect();
    boot::boot(&format!("{system}, as shipped"), &Options::headless(system, &expected)?)
}

fn beside_linux() -> Result<()> {
    let printed = guest("tests", "rp1", On::Emu, &[LINUX_BOOTS], Beside::Load)?;
    judge(&printed, &["load: running", ALL_PASS])
}

/// An application on SPUMONE to the end of the system; beside a loaded Linux to the application's last line.
fn guest(name: &str, board: &str, on: On, params: &[u32], beside: Beside) -> Result<String> {
    let system = system(name, board, params, beside)?;
    let image = image::build(&system)?;
    match beside {
        Beside::Load => run::until(&system, &image, &["load: running", r"tests: \d+ passed, \d+ "]),
        Beside::Nobody | Beside::Worker => run::to_the_end(on, &system, &image),
    }
}

/// The system file of such a system, read.
fn system(name: &str, board: &str, params: &[u32], beside: Beside) -> Result<System> {
    let rp1 = board == "rp1";
    let log = if rp1 { "SCIF3" } else { "SCI" };
    let program = toppers::build(&app(name), board)?;
    let mut text = format!("machine = \"{board}\"\ncores = 1\nlog = \"{log}\"\n");
    let low = match beside {
        Beside::Nobody => None,
        Beside::Worker => Some(("low-worker", target::build("selftest", board)?.program("low-worker"))),
        Beside::Load => Some(("linux", "linux".into())),
    };
    if let Some((low, image)) = low {
        write!(
            text,
            "[[guest]]\nname = \"{low}\"\nkind = \"linux\"\nimage = \"{}\"\npriority = 1\nconsole = \"SCIF0\"\n\
             memory = {{ start = 0x0c400000, size = 0x07c00000 }}\ninterrupts = [{{ source = \"TMU0\", level = 2 }}, \
             {{ source = \"TMU1\", level = 2 }}, {{ source = \"TMU2\", level = 2 }}, {{ source = \"SCIF0\", level = 2 }}]\n",
            image.display()
        )?;
    }
    if beside == Beside::Load {
        writeln!(text, "cmdline = \"console=ttySC0,115200 panic=1 spumone.run=load\"")?;
    }
    writeln!(text, "[[guest]]\nname = \"{name}\"\nkind = \"rtos\"\nimage = \"{}\"\npriority = 2", program.display())?;
    if !params.is_empty() {
        writeln!(text, "params = {params:?}")?;
    }
    text.push_str(match rp1 {
        true => {
            "memory = { start = 0x0c000000, size = 0x00400000 }\nconsole = \"SCIF1\"\ninterrupts = [\
             { source = \"TMU3\", level = 12 }, { source = \"TMU4\", level = 10 }, { source = \"SCIF1\", level = 8 }]\n"
        }
        false => {
            "memory = { start = 0x0c100000, size = 0x00300000 }\nconsole = \"SCI\"\ninterrupts = [\
             { source = \"TMU3\", level = 12 }, { source = \"TMU4\", level = 10 }]\n"
        }
    });
    system_file::parse("the scene", &text).map_err(|bad| anyhow!("{}", bad.picture()))
}
