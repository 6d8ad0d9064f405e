//! The uITRON kernel: interrupt to handler and to the task that it releases, task switch, semaphore; on the bare machine, on SPUMONE, and beside a loaded
//! Linux. The guest is guests/toppers/apps/bench.

use anyhow::{Context, Result, anyhow};
use figures::{Aim, Report, summary};
use sh4a_emu::machine::Config;
use sh4a_emu::trace::Histogram;

use super::rig::{Rig, Symbols};
use super::system::CONSOLE;
use crate::{image, toppers, workspace};

/// Cycles until the guests are at work, and those that are watched: 2 s at 600 MHz.
const PATIENCE: u64 = 6_000_000_000;
const WATCHED: u64 = 1_200_000_000;
/// INTEVT of TMU4.
const TICK: u16 = 0x480;
/// What is measured; the first two from the interrupt's request.
const NAMES: [&str; 8] = [
    "interrupt to the handler",
    "interrupt to the task that it releases",
    "handler to the task",
    "task switch by sig_sem",
    "task switch by wai_sem",
    "sig_sem without a switch",
    "wai_sem without a wait",
    "kernel's entry to the task",
];

pub(super) fn run() -> Result<Report> {
    let program = toppers::build(&workspace::root().join("guests/toppers/apps/bench"), "rp1")?;
    let elf = std::fs::read(&program).with_context(|| format!("cannot read {}", program.display()))?;
    let symbols = Symbols::load(&program)?;
    let mut bare = Rig::new(Config::rp1(), "bare machine");
    bare.machine.load_kernel(&elf, None).context("cannot load the bench")?;
    let native = measure(bare, &symbols, "bench: running")?;
    let file = program.display().to_string();
    let alone =
        measure(Rig::new(Config::rp1(), "on SPUMONE").flash(&pack(&file, false)?)?, &symbols, "bench: running")?;
    let loaded =
        measure(Rig::new(Config::rp1(), "beside Linux").flash(&pack(&file, true)?)?, &symbols, "load: running")?;

    let mut report = Report::new("rtos");
    report.note("2 s of the guest each, in instructions of a 600 MHz core");
    let conditions = [("bare", &native), ("on SPUMONE", &alone), ("beside loaded Linux", &loaded)];
    for (condition, measured) in conditions {
        for (name, histogram) in NAMES.iter().zip(measured) {
            report.note(format!("{name}, {condition}: {}", summary(histogram)));
        }
    }
    for (index, name) in NAMES.iter().enumerate() {
        for (condition, measured) in conditions {
            report.figure(format!("{name}, {condition}, median"), median(measured, index)?, "instructions");
            report.figure(format!("{name}, {condition}, worst case"), worst(measured, index)?, "instructions");
        }
    }
    report.aimed("dispatch from interrupt, bare", median(&native, DISPATCH)?, "instructions", Aim::AtMost(400.0));
    for (condition, measured) in &conditions[1..] {
        let added = median(measured, DISPATCH)? - median(&native, DISPATCH)?;
        report.aimed(format!("SPUMONE adds, {condition}"), added, "instructions", Aim::AtMost(120.0));
    }
    Ok(report)
}

/// Where the last five of [`NAMES`] begin and end.
const MARKS: [(&str, &str); 5] = [
    ("bench_switches", "bench_switched"),
    ("bench_waits", "bench_left"),
    ("bench_signals", "bench_signalled"),
    ("bench_takes", "bench_took"),
    ("uitron_interrupt", "bench_woken"),
];

/// Of [`NAMES`], what has an aim.
const DISPATCH: usize = 1;

fn median(measured: &[Histogram], index: usize) -> Result<f64> {
    Ok(measured[index].quantile(500).with_context(|| format!("never happened: {}", NAMES[index]))? as f64)
}

fn worst(measured: &[Histogram], index: usize) -> Result<f64> {
    Ok(measured[index].max().with_context(|| format!("never happened: {}", NAMES[index]))? as f64)
}

fn measure(mut rig: Rig, symbols: &Symbols, begun: &str) -> Result<Vec<Histogram>> {
    rig.until(begun, PATIENCE)?;
    let observer = rig.machine.board_mut().observer_mut();
    let handler = symbols.address("bench_handler")?;
    let woken = symbols.address("bench_woken")?;
    let latencies = [handler, woken].map(|pc| observer.add_latency(TICK, Some(pc)));
    let mut spans = vec![observer.add_span(handler, woken)];
    for (from, to) in MARKS {
        spans.push(observer.add_span(symbols.address(from)?, symbols.address(to)?));
    }
    rig.machine.arm_probes();
    rig.pass(WATCHED)?;
    let observer = rig.machine.board().observer();
    let latencies = latencies.iter().map(|probe| observer.latency(*probe).cloned().unwrap_or_default());
    Ok(latencies.chain(spans.iter().map(|span| observer.span(*span).cloned().unwrap_or_default())).collect())
}

/// The bench on SPUMONE, alone or beside a loaded Linux.
fn pack(program: &str, linux: bool) -> Result<Vec<u8>> {
    let mut text = "machine = \"rp1\"\ncores = 1\nlog = \"SCIF3\"\n".to_owned();
    if linux {
        text += &format!(
            "[[guest]]\nname = \"linux\"\nkind = \"linux\"\nimage = \"linux\"\npriority = 1\nconsole = \"SCIF0\"\n\
             memory = {{ start = 0x0c400000, size = 0x07c00000 }}\ncmdline = \"{CONSOLE} spumone.run=load\"\n\
             interrupts = [{{ source = \"TMU0\", level = 2 }}, {{ source = \"TMU1\", level = 2 }}, \
             {{ source = \"TMU2\", level = 2 }}, {{ source = \"SCIF0\", level = 2 }}]\n"
        );
    }
    text += &format!(
        "[[guest]]\nname = \"bench\"\nkind = \"rtos\"\nimage = \"{program}\"\npriority = 2\nconsole = \"SCIF1\"\n\
         memory = {{ start = 0x0c000000, size = 0x00400000 }}\n\
         interrupts = [{{ source = \"TMU3\", level = 12 }}, {{ source = \"TMU4\", level = 10 }}]\n"
    );
    let system = system_file::parse("the bench", &text).map_err(|bad| anyhow!("{}", bad.picture()))?;
    image::build(&system)
}
