//! How large the hypervisor instance is.

use anyhow::{Context, Result};
use figures::Report;
use object::{Object, ObjectSection, SectionKind};

use crate::target;

pub(super) fn run() -> Result<Report> {
    let mut report = Report::new("size");
    let mut total = 0;
    for board in ["r2d", "rp1"] {
        let path = target::build("spumone-sh4a", board)?.program("spumone");
        let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let elf = object::File::parse(&*bytes)?;
        let of = |kinds: &[SectionKind]| -> u64 {
            elf.sections().filter(|section| kinds.contains(&section.kind())).map(|section| section.size()).sum()
        };
        let text = of(&[SectionKind::Text, SectionKind::ReadOnlyData, SectionKind::ReadOnlyString]);
        let (data, bss) = (of(&[SectionKind::Data]), of(&[SectionKind::UninitializedData]));
        report.figure(format!("{board} text and constants"), text as f64, "bytes");
        report.figure(format!("{board} data"), data as f64, "bytes").figure(
            format!("{board} bss"),
            bss as f64,
            "bytes",
        );
        total = text + data + bss;
    }
    report.figure("rp1 in core-local memory (of 122880)", total as f64, "bytes");
    Ok(report)
}
