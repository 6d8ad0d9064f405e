//! The guests that a system file names instead of giving a path.

use std::path::PathBuf;

use anyhow::{Result, bail};
use linux_guest::{Flavour, Machine, Variant};

use crate::target;

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
        "rt-probe" => Ok(target::build("rt-probe", board)?.program("rt-probe")),
        other => bail!("there is no guest {other}"),
    }
}
