//! Systems of several cores: Linux's virtual CPUs come up wherever they are placed, and go everywhere while they work.

use anyhow::{Context, Result};
use provision::parallel;

use super::{Depth, boot, tally::Tally};
use crate::demo::REAL_TIME;
use crate::run::{Cores, Options};

/// System files, how many CPUs Linux finds, and whether the real-time guest is there.
const SYSTEMS: [(&str, u32, bool); 8] = [
    ("configs/rp1-smp-linux.toml", 4, false),
    ("configs/rp1-smp-linux-on-2.toml", 4, false),
    ("configs/rp1-smp-linux-rt.toml", 4, true),
    ("configs/rp1-smp-linux-rt-alone.toml", 3, true),
    ("configs/rp1-smp2-linux.toml", 2, false),
    ("configs/rp1-smp2-linux-rt.toml", 2, true),
    ("configs/rp1-smp3-linux.toml", 3, false),
    ("configs/rp1-smp3-linux-rt.toml", 3, true),
];

const SYSTEM: &str = "configs/rp1-smp-linux-rt.toml";
/// CPUs away and back, from core to core, system calls elsewhere, bounds through their range, all beside work that is checked.
const TOUR: &str = "spumone.run=tour spumone.rounds=1 spumone.moves=20 spumone.forks=20";
/// What both guests must say.
const SAID: [&str; 6] = [
    "^demo: each CPU but the first away and back",
    r"^demo: \d+ moves of each of 4 CPUs",
    "^demo: system calls elsewhere and back",
    "^demo: on 4 cores to 1 and back",
    "^demo: linux ok",
    REAL_TIME,
];

fn tour(seed: u64) -> Result<()> {
    let name = format!("the tour of {SYSTEM}, interleaving seed {seed}");
    let cores = Cores { interleave_seed: Some(seed), ..Cores::default() };
    let options = Options { append: Some(TOUR.to_owned()), cores, ..Options::headless(SYSTEM, &SAID)? };
    boot::boot(&name, &options).with_context(|| {
        format!("again: cargo xtask run --system {SYSTEM} --headless --interleave-seed {seed} --append '{TOUR}'")
    })
}

pub(super) fn run(depth: Depth) -> Result<Tally> {
    let mut tally = Tally::default();
    for (system, cpus, real_time) in SYSTEMS {
        let name = format!("{system}: {cpus} CPUs");
        let cpus = format!("smp: Brought up 1 node, {cpus} CPUs");
        let mut expected = vec![cpus.as_str(), "SHELL-REACHED"];
        if real_time {
            expected.push("rt-probe: 10000 periods of 1 ms");
        }
        tally.check(&name, Options::headless(system, &expected).and_then(|options| boot::boot(&name, &options)));
    }
    let seeds: Vec<u64> = (1..=if depth == Depth::Long { 200 } else { 5 }).collect();
    for (seed, result) in seeds.iter().zip(parallel::map(&seeds, |&seed| tour(seed))) {
        tally.check(&format!("the tour with interleaving seed {seed}"), result);
    }
    Ok(tally)
}
