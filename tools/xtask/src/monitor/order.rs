//! Orders to a guest that stands still.

use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use monitor_hosts::{GdbStub, order};
use spumone_core::dump::Order;

use super::dump::BUS;

/// What, and to whom.
#[derive(Args)]
pub(super) struct Options {
    /// What becomes of it
    #[arg(value_enum)]
    what: What,
    /// The stub of the debugger on the board (localhost:3333)
    #[arg(long, value_name = "ADDRESS")]
    gdb: String,
    /// What SPUMONE's log says: `the guest stands still: ... --at ADDRESS`
    #[arg(long, value_name = "ADDRESS", value_parser = super::number)]
    at: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// It goes on
    Resume,
    /// It is started afresh from its image
    Restart,
}

pub(super) fn run(options: &Options) -> Result<()> {
    let mut board = GdbStub::connect(options.gdb.as_str(), BUS, Duration::ZERO)?;
    let what = match options.what {
        What::Resume => Order::Resume,
        What::Restart => Order::Restart,
    };
    order(&mut board, u32::try_from(options.at).context("a bus address has 29 bits")?, what)
}
