//! Writes dumps.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use linux_guest::Variant;
use monitor_api::Processors;
use monitor_hosts::{Board, Dump, GdbStub, Target, fetch, write_core};
use provision::progress::Step;
use tempfile::NamedTempFile;

/// External addresses have 29 bits.
pub(super) const BUS: (u64, u64) = (0, 1 << 29);

/// Which guest, and where its dump goes.
#[derive(Args)]
#[group(id = "dump")]
pub(super) struct Options {
    /// A kernel of guests/linux, such as rp1-upstream
    #[arg(required_unless_present = "gdb", conflicts_with = "gdb")]
    kernel: Option<Variant>,
    /// The stub of the debugger on a board (localhost:3333) where SPUMONE says that a dump is ready
    #[arg(long, value_name = "ADDRESS", requires = "at")]
    gdb: Option<String>,
    /// What SPUMONE's log says: `dump N is ready: ... --at ADDRESS`
    #[arg(long, value_name = "ADDRESS", value_parser = super::number, requires = "gdb")]
    at: Option<u64>,
    /// Where to write it
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn run(options: &Options) -> Result<()> {
    let folder = options.out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(".".as_ref());
    let cannot = || format!("cannot write {}", options.out.display());
    // A dump that breaks off leaves what was there before.
    let file = NamedTempFile::new_in(folder).with_context(cannot)?;
    match (&options.kernel, &options.gdb, options.at) {
        (_, Some(stub), Some(at)) => {
            let mut board = GdbStub::connect(stub.as_str(), BUS, Duration::ZERO)?;
            from_board(&mut board, u32::try_from(at).context("a bus address has 29 bits")?, &file)?;
        }
        (Some(kernel), ..) => of_kernel(*kernel, &file)?,
        // clap asks for one of them.
        _ => {}
    }
    file.persist(&options.out).with_context(cannot)?;
    let dump = Dump::read_core(&options.out)?;
    let (start, memory) = dump.pieces().next().context("a dump without memory")?;
    println!("{}: {} MB from {start:#010x}, {} CPUs", options.out.display(), memory.len() >> 20, dump.count());
    if let Some(why) = dump.why() {
        println!("{why}");
    }
    Ok(())
}

/// Fetches the dump whose block is at `at`.
pub(crate) fn from_board(board: &mut dyn Board, at: u32, mut file: &NamedTempFile) -> Result<u32> {
    let step = Step::new("memory of a guest that stands still");
    let fetched = fetch(board, at, &mut file, &mut |done, all| {
        step.note(&format!("{} of {} MB", done >> 20, all >> 20));
    })?;
    step.done();
    Ok(fetched.number)
}

fn of_kernel(kernel: Variant, file: &NamedTempFile) -> Result<()> {
    let emulator = super::boot(kernel)?;
    let dump = emulator.dump()?;
    let (start, memory) = dump.pieces().next().context("the board has no memory")?;
    let cpus: Vec<_> = (0..emulator.host().count()).filter_map(|cpu| emulator.host().registers(cpu)).collect();
    write_core(file, u32::try_from(start)?, memory, &cpus)
}
