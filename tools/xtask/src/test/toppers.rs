//! The uITRON kernel on the target: applications in C that judge themselves, on the bare machine, on SPUMONE, and beside Linux.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Result, anyhow, ensure};
use provision::progress::Step;
use system_file::System;

use super::scene::judge;
use super::{Depth, sequences, tally::Tally};
use crate::run::{self, On};
use crate::{image, toppers, workspace};

/// What the application `tests` says in the end; the number is that of its cases.
const ALL_PASS: &str = r"tests: \d{2,} passed, 0 failed";
/// What its kernel says before: the stray interrupt was masked, the termination routine came last.
const REPORTS: [&str; 3] =
    ["interrupt 0x.80 has no handler: masked", "tests: PASS termination routine", "ended with the CPU locked"];
/// Periods of the control loop.
const PERIODS: u32 = 2000;
/// Milliseconds that the application `tests` leaves to Linux to boot and to take up its work.
const LINUX_BOOTS: u32 = 2500;

pub(super) fn run(depth: Depth) -> Result<Tally> {
    let mut tally = Tally::default();
    for board in ["rp1", "r2d"] {
        check(&mut tally, &format!("every service call on a bare {board}"), || bare_tests(board));
        check(&mut tally, &format!("every service call on SPUMONE on {board}"), || {
            let printed = guest("tests", board, On::Emu, &[], None)?;
            judge(&printed, &[ALL_PASS, "all guests ended: tests=0"])?;
            judge(&printed, &REPORTS)
        });
        check(&mut tally, &format!("the control loop alone on {board}"), || control(board, On::Emu, 0));
    }
    check(&mut tally, "the control loop alone on r2d Qemu", || control("r2d", On::Qemu, PERIODS));
    check(&mut tally, "the sample obeys its keys", keys);
    for (app, expected) in STOPS {
        check(&mut tally, &format!("{app}: reported and contained"), || {
            judge(&guest(app, "rp1", On::Emu, &[], None)?, expected)
        });
    }
    let seeds = if depth == Depth::Long { 1..=10 } else { 1..=1 };
    for seed in seeds {
        check(&mut tally, &format!("{} random calls against the model, seed {seed}", sequences::COUNT), || {
            sequences::run(seed)
        });
    }
    check(&mut tally, "a wrong .cfg is refused with file and line", wrong_cfg);
    check(&mut tally, "every service call beside loaded Linux", beside_linux);
    Ok(tally)
}

/// Applications that go wrong on purpose, and what must be said.
const STOPS: [(&str, &[&str]); 2] = [
    ("overflow", &[r"uitron: stack overflow of task 2 \(DEEP\): SP 0x", "all guests ended: overflow=102"]),
    (
        "fault",
        &[
            r"uitron: CPU exception 0xe0 at PC 0x.*in task 1 \(FAULTY\): no handler for it",
            "all guests ended: fault=101",
        ],
    ),
];

fn check(tally: &mut Tally, name: &str, body: impl FnOnce() -> Result<()>) {
    let step = Step::new(name);
    let result = body();
    if result.is_ok() {
        step.done();
    }
    tally.check(name, result);
}

fn app(name: &str) -> std::path::PathBuf {
    workspace::root().join("guests/toppers/apps").join(name)
}

fn bare_tests(board: &str) -> Result<()> {
    let printed = run::bare(board, &toppers::build(&app("tests"), board)?, 1)?;
    judge(&printed, &[ALL_PASS])?;
    judge(&printed, &REPORTS)
}

fn control(board: &str, on: On, tolerated: u32) -> Result<()> {
    let printed = guest("control", board, on, &[PERIODS, tolerated], None)?;
    judge(&printed, &["control: 2000 periods in ", "control: ok", "all guests ended: control=0"])
}

fn beside_linux() -> Result<()> {
    let printed = guest("tests", "rp1", On::Emu, &[LINUX_BOOTS], Some("spumone.run=load"))?;
    judge(&printed, &["load: running", ALL_PASS])
}

/// An application on SPUMONE, alone or beside a Linux with these words on its command line, to the end of the system; with
/// Linux, to the application's last line.
fn guest(name: &str, board: &str, on: On, params: &[u32], linux: Option<&str>) -> Result<String> {
    let system = system(name, board, params, linux)?;
    let image = image::build(&system)?;
    match linux {
        None => run::to_the_end(on, &system, &image),
        Some(_) => run::until(&system, &image, &["load: running", r"tests: \d+ passed, \d+ "]),
    }
}

fn system(name: &str, board: &str, params: &[u32], linux: Option<&str>) -> Result<System> {
    let rp1 = board == "rp1";
    let log = if rp1 { "SCIF3" } else { "SCI" };
    let program = toppers::build(&app(name), board)?;
    let mut text = format!("machine = \"{board}\"\ncores = 1\nlog = \"{log}\"\n");
    if let Some(words) = linux {
        text.push_str(
            "[[guest]]\nname = \"linux\"\nkind = \"linux\"\nimage = \"linux\"\npriority = 1\nconsole = \"SCIF0\"\n\
             memory = { start = 0x0c400000, size = 0x07c00000 }\ninterrupts = [{ source = \"TMU0\", level = 2 }, \
             { source = \"TMU1\", level = 2 }, { source = \"TMU2\", level = 2 }, { source = \"SCIF0\", level = 2 }]\n",
        );
        writeln!(text, "cmdline = \"console=ttySC0,115200 panic=1 {words}\"")?;
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

/// Types at the sample's serial port, which it drives itself, and waits for each answer.
fn keys() -> Result<()> {
    let system = image::load(&workspace::root().join("configs/rp1-toppers.toml"))?;
    let printed = run::scripted(&system, &image::build(&system)?, 1, &KEYS)?;
    for (answer, _) in KEYS {
        ensure!(printed.contains(answer), "missing: {answer}\n{printed}");
    }
    judge(&printed, &["sample: ends", "lock 1, dispatch 1"])
}

/// Wait for this, then type that. What workers do themselves, they do when their busy loop has ended.
const KEYS: [(&str, &str); 15] = [
    ("sample: ready", "h"),
    ("Q end", "1>s"),
    ("worker 2 runs", "w"),
    ("worker 1: slp_tsk() gives E_OK", "G"),
    ("get_pri: 9", "aaA"),
    ("act_tsk: E_QOVR", ""),
    ("can_act: 1", "d"),
    ("worker 2 runs", "l"),
    ("worker 1: dly_tsk(10000) gives E_RLWAI", "x"),
    ("worker 1: exception 0x0001", "Z"),
    ("CPU exception at", "z"),
    ("worker 1: exception 0x8000", "at2uu"),
    ("ter_tsk: 0", ""),
    ("sus_tsk: E_QOVR", "mV"),
    ("vxget_tim: ", "Q"),
];

fn wrong_cfg() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text);
    write("main.c", "#include \"t_services.h\"\nvoid main_task(VP_INT exinf) { (void)exinf; }\n")?;
    let refused = |text: &str, expected: &str| -> Result<()> {
        write("wrong.cfg", text)?;
        let Err(error) = toppers::build(Path::new(dir.path()), "rp1") else { anyhow::bail!("accepted: {text}") };
        let message = format!("{error:#}");
        ensure!(message.contains(expected), "no {expected:?} in: {message}");
        Ok(())
    };
    refused("\n\nCRE_TSK(A, { TA_HLNG, 0, main_task, 17, 512, NULL });\n", "wrong.cfg:3:")?;
    // Only the C compiler knows the value; its message names the line of the .cfg file too.
    let text = "#define STACK (100 + sizeof(int))\n\nCRE_TSK(A, { TA_HLNG, 0, main_task, 5, STACK, NULL });\n";
    refused(text, "wrong.cfg:3:")?;
    refused("#include \"nowhere.cfg\"\n", "wrong.cfg:1:")?;
    refused("CRE_SEM(S, { TA_TFIFO, 2, 1 });\n", "isemcnt")
}
