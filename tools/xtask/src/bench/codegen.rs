//! Routines in Rust through the compiler bridge against the same routines in C with the same GCC.

use anyhow::Result;
use figures::{Aim, Report};
use sh4a_bridge::codegen::measure;

use crate::{target, workspace};

pub(super) fn run() -> Result<Report> {
    let routines = measure(&target::bridge()?, &workspace::target_dir().join("codegen"))?;
    let mut report = Report::new("codegen");
    report.note("instructions of each routine, Rust through the bridge against C, both by the same GCC at -O2");
    for routine in &routines {
        let (rust, c) = (routine.rust, routine.c);
        report.note(format!(
            "{}: {} against {} instructions, {} against {} bytes",
            routine.name, rust.instructions, c.instructions, rust.bytes, c.bytes
        ));
        report.aimed(routine.name, routine.ratio(), "times C", Aim::AtMost(1.15));
    }
    let sum = |of: fn(&sh4a_bridge::codegen::Comparison) -> u64| routines.iter().map(of).sum::<u64>() as f64;
    let total = sum(|routine| routine.rust.instructions) / sum(|routine| routine.c.instructions);
    report.aimed("all routines", total, "times C", Aim::AtMost(1.15));
    Ok(report)
}
