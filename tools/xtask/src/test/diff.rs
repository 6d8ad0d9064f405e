//! Every instruction form on our CPU and on QEMU's.

use anyhow::Result;
use sh4a_diff::Config;

use super::{Depth, tally::Tally};

/// Vectors of each form for nights.
const LONG: u32 = 2000;

pub(super) fn run(depth: Depth) -> Result<Tally> {
    let config = match depth {
        Depth::Long => Config { count: LONG, illegal: None, ..Config::default() },
        Depth::Quick | Depth::Full => Config::default(),
    };
    let counts = sh4a_diff::run(&config)?;
    let mut tally = Tally::default();
    tally.pass(counts.passed as usize);
    if counts.failed > 0 {
        tally.fail("instruction forms against QEMU", &format!("{} vectors differ, see above", counts.failed));
    }
    Ok(tally)
}
