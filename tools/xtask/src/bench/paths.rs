//! Instructions that SPUMONE puts between the hardware and a guest, each path counted from SPUMONE's first instruction to the guest's, on a loaded RP1.

use anyhow::{Context, Result, ensure};
use figures::{Aim, Report, summary};
use linux_guest::{Flavour, Machine, Variant, kernel};
use sh4a_emu::machine::Config;
use sh4a_emu::trace::Histogram;

use super::rig::{Rig, Symbols};
use super::system;
use crate::{guest, target};

/// Periods of the RT guest that are watched.
const PERIODS: u64 = 1_000;
/// Cycles until Linux has booted and its work has begun.
const PATIENCE: u64 = 6_000_000_000;

/// What is measured: from one address to the next passing of another.
struct Path {
    name: &'static str,
    from: u32,
    to: u32,
    /// Instructions at most, from the architecture's budget; for the commonest case and, where it says so, for the worst.
    budget: f64,
}

pub(super) fn run() -> Result<Report> {
    let spumone = Symbols::load(&target::build("spumone-sh4a", "rp1")?.program("spumone"))?;
    let flavour = Flavour::Spumone { levels: true };
    let linux = Symbols::load(&kernel(Variant::new(Machine::Rp1, flavour))?.vmlinux)?.address("vbr_base")?;
    let probe = Symbols::load(&guest::build("rt-probe", "rp1")?)?;
    let handler = probe.address("kit_interrupt_vector")?;
    let (general, tlb) = (spumone.address("spumone_vector_general")?, spumone.address("spumone_vector_tlb")?);
    let (interrupt, preempt) = (spumone.address("spumone_vector_interrupt")?, spumone.address("spumone_preempt")?);
    let paths = [
        Path { name: "tlb miss", from: tlb, to: linux + 0x400, budget: 5.0 },
        Path { name: "exception", from: general, to: linux + 0x100, budget: 5.0 },
        Path { name: "interrupt to its current owner (Linux)", from: interrupt, to: linux + 0x600, budget: 14.0 },
        Path { name: "interrupt to its current owner (RT guest)", from: interrupt, to: handler, budget: 14.0 },
        Path { name: "interrupt entry to the switch", from: interrupt, to: preempt, budget: 14.0 },
        Path { name: "switch to the RT handler", from: preempt, to: handler, budget: 106.0 },
        Path {
            name: "vCPU switch back to Linux",
            from: spumone.address("spumone_hv_idle")?,
            to: spumone.address("spumone_resume_rte")?,
            budget: 250.0,
        },
    ];
    let image = system::image("rp1-linux-rt", "spumone.run=load", u32::MAX)?;
    let mut rig = Rig::new(Config::rp1(), "counting the paths").flash(&image)?;
    rig.until("load: running", PATIENCE)?;
    let observer = rig.machine.board_mut().observer_mut();
    let spans: Vec<usize> = paths.iter().map(|path| observer.add_span(path.from, path.to)).collect();
    rig.machine.arm_probes();
    rig.pass(PERIODS * system::PERIOD)?;

    let mut report = Report::new("paths");
    report.note(format!("{PERIODS} ms of a loaded Linux beside the RT guest; the median counts, the rest is shown"));
    let observer = rig.machine.board().observer();
    let measured: Vec<&Histogram> = spans.iter().filter_map(|span| observer.span(*span)).collect();
    for (path, histogram) in paths.iter().zip(&measured) {
        report.note(format!("{}: {}", path.name, summary(histogram)));
        let median = histogram.quantile(500).with_context(|| format!("nothing took the path: {}", path.name))?;
        report.aimed(path.name, median as f64, "instructions", Aim::AtMost(path.budget));
    }
    ensure!(measured.len() == paths.len(), "a span is missing");
    let sum = |a: usize, b: usize| measured[a].max().unwrap_or(0) + measured[b].max().unwrap_or(0);
    let null = null_hypercall()?;
    report.note(format!("null hypercall: {}", summary(&null)));
    let median = null.quantile(500).context("nobody called null")?;
    report.aimed("null hypercall", median as f64, "instructions", Aim::AtMost(20.0));
    report.aimed("RT preemption of Linux, worst case", sum(4, 5) as f64, "instructions", Aim::AtMost(120.0));
    Ok(report)
}

/// From a guest's `jsr` to where it goes on, in a guest that does nothing else.
fn null_hypercall() -> Result<Histogram> {
    let guest = target::build("selftest", "rp1")?.program("null-calls");
    let symbols = Symbols::load(&guest)?;
    let mut rig =
        Rig::new(Config::rp1(), "counting the null hypercall").flash(&system::image_of_guest("rp1-rt", guest)?)?;
    let observer = rig.machine.board_mut().observer_mut();
    let span = observer.add_span(symbols.address("null_call_from")?, symbols.address("null_call_to")?);
    rig.machine.arm_probes();
    rig.until("null-calls: PASS", PATIENCE)?;
    rig.machine.board().observer().span(span).cloned().context("the span is missing")
}
