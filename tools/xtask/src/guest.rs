//! The guests that a system file names instead of giving a path, and `cargo xtask guest`.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use linux_guest::{Flavour, Machine, Variant};

use crate::{target, toppers};

/// Builds a guest of your own
#[derive(Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    kind: Build,
}

#[derive(Subcommand)]
enum Build {
    /// A uITRON application: a folder with one .cfg file and C files
    Toppers {
        /// The application's folder
        #[arg(long, value_name = "DIR")]
        app: PathBuf,
        /// rp1 or r2d
        #[arg(long, default_value = "rp1")]
        board: String,
        /// Where to put the ELF file; by default below target/toppers
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// Builds it and names the ELF file, which a system file can name as the guest's image.
pub(crate) fn run(options: &Options) -> Result<()> {
    let Build::Toppers { app, board, out } = &options.kind;
    let mut program = toppers::build(app, board)?;
    if let Some(out) = out {
        std::fs::copy(&program, out).with_context(|| format!("cannot write {}", out.display()))?;
        program.clone_from(out);
    }
    println!("{}", program.display());
    Ok(())
}

/// Builds a guest for a board; returns its ELF file.
pub(crate) fn build(name: &str, board: &str) -> Result<PathBuf> {
    match name {
        "linux" => {
            let machine = match board {
                "rp1" => Machine::Rp1,
                "r2d" => Machine::R2d,
                other => bail!("there is no Linux for board {other}"),
            };
            Ok(linux_guest::kernel(Variant::new(machine, Flavour::Spumone { levels: true }))?.vmlinux)
        }
        "linux-smp" if board == "rp1" => {
            let variant = Variant::new(Machine::Rp1, Flavour::Spumone { levels: true }).smp();
            Ok(linux_guest::kernel(variant)?.vmlinux)
        }
        "linux-smp" => bail!("there is no Linux for several CPUs for board {board}"),
        "monitors" => Ok(target::build("monitor-host", board)?.program("monitors")),
        "rt-probe" => Ok(target::build("rt-probe", board)?.program("rt-probe")),
        other => match toppers::shipped(other) {
            Some(dir) => toppers::build(&dir, board),
            None => bail!("there is no guest {other}"),
        },
    }
}
