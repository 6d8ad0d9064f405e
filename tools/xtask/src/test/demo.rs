//! The demo: Linux beside the real-time guest, judged by what both print; and the tour through the systems of one core.

use anyhow::Result;

use super::{Depth, boot, tally::Tally};
use crate::demo::{END, LINUX, REAL_TIME, SYSTEM, headless, tour};
use crate::run::{On, Options};

/// Stock QEMU has no interrupt levels and no steady clock: there the real-time guest need only get through its periods.
const PROGRESS: &str = r"rt-probe: \d{5,} periods, \d+ missed";

/// Where each tour goes, and what the real-time guest must say in it.
const TOURS: [(&str, On, &str); 3] = [
    ("configs/rp1-linux-rt.toml", On::Emu, REAL_TIME),
    ("configs/r2d-linux-rt.toml", On::Emu, REAL_TIME),
    ("configs/r2d-linux-rt.toml", On::Qemu, PROGRESS),
];

pub(super) fn run(_: Depth) -> Result<Tally> {
    let mut tally = Tally::default();
    let name = format!("the tour through {SYSTEM}");
    tally.check(&name, headless().and_then(|options| boot::boot(&name, &options)));
    for (system, on, real_time) in TOURS {
        let name = format!("the tour through {system} on {on:?}");
        let expected: Vec<&str> = LINUX.into_iter().chain([real_time, END]).collect();
        let result = tour(system, &expected).and_then(|options| boot::boot(&name, &Options { on, ..options }));
        tally.check(&name, result);
    }
    Ok(tally)
}
