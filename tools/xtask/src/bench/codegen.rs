//! Routines in Rust through the compiler bridge against the same routines in C with the same GCC.

use anyhow::Result;
use figures::{Aim, Report};
use sh4a_bridge::codegen::{Comparison, measure};

use crate::{target, workspace};

pub(super) fn run() -> Result<Report> {
    // It counts with QEMU's user mode, which it takes from PATH.
    provision::qemu()?;
    let routines = measure(&target::bridge()?, &workspace::target_dir().join("codegen"))?;
    let mut report = Report::new("codegen");
    report.note(
        "Rust through the bridge against C, both by the same GCC at -O2: instructions of one call, bytes of code",
    );
    for routine in &routines {
        let (rust, c) = (routine.rust, routine.c);
        report.note(format!(
            "{}: {} against {} instructions, {} against {} bytes",
            routine.name, rust.instructions, c.instructions, rust.bytes, c.bytes
        ));
        report.aimed(format!("{}, instructions", routine.name), routine.ratio(), "times C", Aim::AtMost(1.15));
        report.figure(format!("{}, bytes", routine.name), routine.size_ratio(), "times C");
    }
    let sum = |of: fn(&Comparison) -> u64| routines.iter().map(of).sum::<u64>() as f64;
    let instructions = sum(|routine| routine.rust.instructions) / sum(|routine| routine.c.instructions);
    let bytes = sum(|routine| routine.rust.bytes) / sum(|routine| routine.c.bytes);
    report.aimed("all routines, instructions", instructions, "times C", Aim::AtMost(1.15));
    report.figure("all routines, bytes", bytes, "times C");
    let worst = routines.iter().map(Comparison::ratio).fold(0.0, f64::max);
    report.aimed("worst routine, instructions", worst, "times C", Aim::AtMost(1.15));
    Ok(report)
}
