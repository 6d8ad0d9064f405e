//! Linux beside a real-time guest on one core, from a fresh clone in one command.

use anyhow::Result;
use clap::Args;

use crate::run;

/// The system that is shown.
const SYSTEM: &str = "configs/rp1-linux-rt.toml";

/// On the command line of Linux: the tour instead of a shell.
const APPEND: &str = "spumone.run=demo";

/// What Linux says when it did all that it should.
pub(crate) const LINUX: [&str; 6] = [
    "^demo: 200 processes ended with the status that they should",
    r"^demo: \d+ files in tmpfs, copied and archived, have the sums that they should",
    r"^\s*CPU0\s*$",
    r"^preemptions\s*: ",
    "^demo: linux ok",
    "reboot: Power down",
];

/// What the real-time guest says when it was never late.
pub(crate) const REAL_TIME: &str = r"rt-probe: \d{5,} periods, 0 missed";

/// What SPUMONE says when both have done with status 0.
pub(crate) const END: &str = "all guests ended: linux=0 rt-probe=0";

/// Boots Linux beside a real-time guest on an emulated RP1 core
#[derive(Args)]
pub(crate) struct Options {
    /// The scripted tour: succeeds only if the guests themselves said that they did what they should
    #[arg(long)]
    headless: bool,
}

/// Runs the demo at the terminal, or the tour.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.headless {
        let expected: Vec<&str> = LINUX.into_iter().chain([REAL_TIME, END]).collect();
        return run::run(&tour(SYSTEM, &expected)?);
    }
    eprintln!("A Linux shell at this terminal; lines of the other guest and of SPUMONE begin with [their name].");
    run::run(&run::Options { headless: false, ..run::Options::headless(SYSTEM, &[])? })
}

/// The tour through a system with Linux, without a terminal.
pub(crate) fn tour(system: &str, expected: &[&str]) -> Result<run::Options> {
    Ok(run::Options { append: Some(APPEND.to_owned()), ..run::Options::headless(system, expected)? })
}
