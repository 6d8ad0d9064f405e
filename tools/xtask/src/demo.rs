//! Linux on four cores, one of which it shares with a uITRON kernel, from a fresh clone in one command.

use anyhow::Result;
use clap::Args;

use crate::run;

/// The system that is shown.
pub(crate) const SYSTEM: &str = "configs/rp1-smp-linux-toppers.toml";

/// On the command line of Linux: the tour instead of a shell.
const APPEND: &str = "spumone.run=tour spumone.rounds=1 spumone.moves=1000";

/// What Linux says when it did all that it should.
pub(crate) const CORES: [&str; 7] = [
    "^demo: each CPU but the first away and back",
    r"^demo: \d+ moves of each of 4 CPUs",
    "^demo: system calls elsewhere and back",
    "^demo: on 4 cores to 1 and back",
    r"^\s*CPU0 +CPU1 +CPU2 +CPU3\s*$",
    "^demo: linux ok",
    "reboot: Power down",
];

/// What the control loop says all ten seconds if it was never late: that is longer than the tour.
const CONTROL: &str = r"^control: 10000 periods, 0 missed";

/// What SPUMONE says about it; the control loop has no end.
const LINUX_ENDS: &str = "guest linux ended with status 0";

/// On the command line of Linux on one core.
const ONE_CORE: &str = "spumone.run=demo";

/// What Linux on one core says when it did all that it should.
pub(crate) const LINUX: [&str; 6] = [
    "^demo: 200 processes ended with the status that they should",
    r"^demo: \d+ files in tmpfs, copied and archived, have the sums that they should",
    r"^\s*CPU0\s*$",
    r"^preemptions\s*: ",
    "^demo: linux ok",
    "reboot: Power down",
];

/// What rt-probe says when it was never late.
pub(crate) const REAL_TIME: &str = r"rt-probe: \d{5,} periods, 0 missed";

/// What SPUMONE says when both have done with status 0.
pub(crate) const END: &str = "all guests ended: linux=0 rt-probe=0";

/// Boots Linux on four emulated cores of RP1, one of which it shares with a uITRON kernel
#[derive(Args)]
pub(crate) struct Options {
    /// The scripted tour: succeeds only if the guests themselves said that they did what they should
    #[arg(long)]
    headless: bool,
}

/// Runs the demo at the terminal, or the tour.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.headless {
        return run::run(&headless()?);
    }
    eprintln!("A Linux shell at this terminal; lines of the other guest and of SPUMONE begin with [their name].");
    run::run(&run::Options { headless: false, ..run::Options::headless(SYSTEM, &[])? })
}

/// The demo without a terminal.
pub(crate) fn headless() -> Result<run::Options> {
    let expected: Vec<&str> = CORES.into_iter().chain([CONTROL, LINUX_ENDS]).collect();
    Ok(run::Options { append: Some(APPEND.to_owned()), ..run::Options::headless(SYSTEM, &expected)? })
}

/// The tour through a system with Linux on one core, without a terminal.
pub(crate) fn tour(system: &str, expected: &[&str]) -> Result<run::Options> {
    Ok(run::Options { append: Some(ONE_CORE.to_owned()), ..run::Options::headless(system, expected)? })
}
