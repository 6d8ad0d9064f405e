//! Whole systems: built, packed, booted, judged by what their guests print.

use anyhow::Result;
use provision::progress::Step;

use super::{Depth, tally::Tally};
use crate::run::{self, On, Options};

/// What is booted, on what, and what must be printed. Stock QEMU has no interrupt levels and no steady clock, so there the
/// real-time guest need only get through its periods.
const SYSTEMS: [(&str, On, &[&str]); 3] = [
    ("configs/rp1-rt.toml", On::Emu, &[r"rt-probe: \d{5,} periods, 0 missed", "all guests ended: rt-probe=0"]),
    ("configs/r2d-rt.toml", On::Emu, &[r"rt-probe: \d{5,} periods, 0 missed", "all guests ended: rt-probe=0"]),
    ("configs/r2d-rt.toml", On::Qemu, &[r"rt-probe: \d{5,} periods", "all guests ended: rt-probe="]),
];

pub(super) fn run(_: Depth) -> Result<Tally> {
    let mut tally = Tally::default();
    for (system, on, expected) in SYSTEMS {
        let name = format!("{system} on {on:?}");
        let result = Options::headless(system, expected).and_then(|options| boot(&name, &Options { on, ..options }));
        tally.check(&name, result);
    }
    Ok(tally)
}

/// Boots one system; its consoles are shown only if it fails.
pub(super) fn boot(name: &str, options: &Options) -> Result<()> {
    let step = Step::new(name);
    // What the consoles print is in the error, if there is one.
    run::run_to(options, std::io::sink())?;
    step.done();
    Ok(())
}
