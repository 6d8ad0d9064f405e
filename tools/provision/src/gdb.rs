//! A gdb that knows SuperH.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::host;

/// Debian's package, and the program in it.
pub const PACKAGE: &str = "gdb-multiarch";

/// gdb if the host has it.
pub fn find_gdb() -> Result<PathBuf> {
    host::which(PACKAGE).with_context(|| format!("no {PACKAGE} in PATH"))
}

/// gdb, installed from Debian's package if the host lacks it.
pub fn gdb() -> Result<PathBuf> {
    find_gdb().or_else(|_| {
        host::host_packages(&[PACKAGE])?;
        find_gdb()
    })
}
