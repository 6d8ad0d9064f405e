//! Linux begins anew, again and again, beside a real-time guest that misses nothing.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::{Depth, tally::Tally};
use crate::image;
use crate::run::{self, Options};

/// Linux on one core, and on four of which one is the real-time guest's too.
const ONE: &str = "configs/rp1-linux-rt.toml";
const FOUR: &str = "configs/rp1-smp-linux-rt.toml";
/// Instead of init: says that this life of Linux has come to user space, how many processors it has, and asks for the next one.
const LIFE: &str =
    r#"rdinit=/bin/sh -- -c "mount -t proc proc /proc; echo LIFE $(grep -c processor /proc/cpuinfo) ok; reboot -f""#;

/// Restarts while rt-probe counts its periods of a millisecond; all of them count.
fn restarts(file: &str, cpus: u32, least: usize, periods: u32) -> Result<()> {
    let done = format!("rt-probe: {periods} periods, 0 missed");
    let options = Options::headless(file, &[&done, "rt-probe: ok"])?;
    let options = Options { append: Some(LIFE.to_owned()), timeout_s: 1200, ..options };
    let mut system = image::load(Path::new(file))?;
    let probe = system.guests.iter_mut().find(|guest| guest.name.as_str() == "rt-probe").context("no rt-probe")?;
    probe.params = vec![periods, 0];
    let mut out = Vec::new();
    run::run_system(&options, system, &mut out)?;
    let printed = String::from_utf8_lossy(&out);
    let count = |text: &str| printed.lines().filter(|line| line.trim_end().ends_with(text)).count();
    let (lives, again) = (count(&format!("LIFE {cpus} ok")), printed.matches("guest linux starts again").count());
    ensure!(again >= least && lives >= again, "{again} restarts, of which {least} were expected, and {lives} lives");
    Ok(())
}

pub(super) fn run(depth: Depth) -> Result<Tally> {
    let mut tally = Tally::default();
    let (least, periods) = if depth == Depth::Long { (100, 80_000) } else { (10, 10_000) };
    tally.check(&format!("Linux begins anew {least} times beside rt-probe"), restarts(ONE, 1, least, periods));
    let four = format!("Linux with four CPUs begins anew {least} times beside rt-probe");
    tally.check(&four, restarts(FOUR, 4, least, periods));
    Ok(tally)
}
