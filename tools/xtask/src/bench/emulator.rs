//! One r2d kernel, unmodified upstream, to its shell: here and on stock QEMU.

use anyhow::{Context, Result, ensure};
use figures::{Aim, Report};
use linux_guest::{Flavour, Machine, Variant, kernel};
use sh4a_emu::oracle;

use crate::test::upstream;

/// Runs of each, in turn, of which the best counts: a slow moment of the host is not the program's.
const RUNS: usize = 5;

pub(super) fn run() -> Result<Report> {
    let files = kernel(Variant::new(Machine::R2d, Flavour::Upstream))?;
    let zimage = files.zimage.context("the upstream r2d kernel has no zImage")?;
    let both = oracle::compare(&provision::qemu()?.system, &upstream::plan(zimage), RUNS)?;
    ensure!(both.agrees(), "the two boots differ:\n{both}");
    let mut report = Report::new("emulator");
    report
        .note(format!("rts7751r2d zImage to the shell, the same console text on both; best of {RUNS} runs, in turn"))
        .figure("instructions here", both.here.instructions.unwrap_or(0) as f64, "instructions")
        .figure("instructions on stock QEMU", both.qemu.instructions.unwrap_or(0) as f64, "instructions")
        .figure("our emulator", both.here_wall.as_secs_f64(), "s")
        .figure("stock QEMU", both.qemu_wall.as_secs_f64(), "s")
        .figure("time against QEMU", both.ratio(), "x")
        .aimed("speed", both.mips(), "MIPS", Aim::AtLeast(60.0));
    Ok(report)
}
