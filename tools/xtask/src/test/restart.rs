//! Linux begins anew, again and again, beside a real-time guest that misses nothing.

use anyhow::{Result, ensure};

use super::{Depth, tally::Tally};
use crate::run::{self, Options};

const SYSTEM: &str = "configs/rp1-linux-rt.toml";
/// Instead of init: says that this life of Linux has come to user space, what its processor is, and asks for the next one.
const LIFE: &str =
    r#"rdinit=/bin/sh -- -c "mount -t proc proc /proc; echo LIFE $(grep -c processor /proc/cpuinfo) ok; reboot -f""#;

/// Restarts while rt-probe counts its 10,000 periods; all of them count.
fn restarts(least: usize) -> Result<()> {
    let expected = ["rt-probe: 10000 periods, 0 missed", "rt-probe: ok"];
    let options = Options { append: Some(LIFE.to_owned()), ..Options::headless(SYSTEM, &expected)? };
    let mut out = Vec::new();
    run::run_to(&options, &mut out)?;
    let printed = String::from_utf8_lossy(&out);
    let count = |text: &str| printed.lines().filter(|line| line.trim_end().ends_with(text)).count();
    let (lives, again) = (count("LIFE 1 ok"), printed.matches("guest linux starts again").count());
    ensure!(again >= least && lives >= again, "{again} restarts, of which {least} were expected, and {lives} lives");
    Ok(())
}

pub(super) fn run(_: Depth) -> Result<Tally> {
    let mut tally = Tally::default();
    tally.check("Linux begins anew ten times in ten seconds beside rt-probe", restarts(10));
    Ok(tally)
}
