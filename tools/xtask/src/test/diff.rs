//! Every instruction form, and exceptions and MMU, on our CPU and on QEMU's.

use anyhow::Result;
use sh4a_diff::{Config, Counts};

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
    record(&mut tally, "instruction forms against QEMU", counts);
    record(&mut tally, "exceptions and MMU against QEMU", sh4a_diff::system::run()?);
    Ok(tally)
}

fn record(tally: &mut Tally, name: &str, counts: Counts) {
    tally.pass(counts.passed as usize);
    if counts.failed > 0 {
        tally.fail(name, &format!("{} differ, see above", counts.failed));
    }
}
