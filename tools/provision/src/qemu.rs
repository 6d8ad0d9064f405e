//! Stock QEMU for SuperH, the yardstick of our own emulator.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{command, host};

/// Debian's packages that hold `qemu-system-sh4` and `qemu-sh4`.
pub const PACKAGES: [&str; 2] = ["qemu-system-misc", "qemu-user"];

/// QEMU's two programs for little-endian SH-4.
#[derive(Clone, Debug)]
pub struct Qemu {
    /// `qemu-system-sh4`: whole machines.
    pub system: PathBuf,
    /// `qemu-sh4`: single programs of Linux.
    pub user: PathBuf,
    /// First line of `--version`.
    pub version: String,
}

/// QEMU if the host has it.
pub fn find_qemu() -> Result<Qemu> {
    let find = |name: &str| host::which(name).with_context(|| format!("no {name} in PATH"));
    let (system, user) = (find("qemu-system-sh4")?, find("qemu-sh4")?);
    let version = command::capture(Command::new(&system).arg("--version"))?;
    Ok(Qemu { system, user, version: version.lines().next().unwrap_or_default().to_owned() })
}

/// QEMU, installed from Debian's packages if the host lacks it.
pub fn qemu() -> Result<Qemu> {
    find_qemu().or_else(|_| {
        host::host_packages(&PACKAGES)?;
        find_qemu()
    })
}
