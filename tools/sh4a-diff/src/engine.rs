//! The two sides: QEMU's user mode and ours.

use anyhow::{Context, Result};
use sh4a_emu::user::{self, Stopped};
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::Command;

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It exited with status 0 after writing this.
    Finished(Vec<u8>),
    /// Illegal instruction, in a delay slot or not.
    Illegal,
    /// Misaligned access.
    AddressError,
    /// Anything else, described.
    Other(String),
}

/// QEMU's program.
#[derive(Clone, Debug)]
pub struct Qemu {
    program: PathBuf,
}

/// What every run under QEMU uses: a core with SH-4A instructions.
const CPU: [&str; 2] = ["-cpu", "sh7785"];
const SIGBUS: i32 = 7;
/// More than a batch of vectors needs.
const MEMORY: u32 = 256 << 20;

impl Qemu {
    /// QEMU's user-mode program, installed if it may be.
    ///
    /// # Errors
    /// If it is not there and cannot be installed.
    pub fn find() -> Result<Self> {
        Ok(Self { program: provision::qemu()?.user })
    }

    /// Runs an executable.
    ///
    /// # Errors
    /// If it cannot be written to a file or QEMU cannot be started.
    pub fn run(&self, executable: &[u8]) -> Result<Ending> {
        use std::os::unix::fs::PermissionsExt;
        let mut file =
            tempfile::Builder::new().prefix("sh4a-diff").permissions(PermissionsExt::from_mode(0o700)).tempfile()?;
        file.write_all(executable)?;
        let output = Command::new(&self.program).args(CPU).arg(file.path()).output()?;
        let errors = String::from_utf8_lossy(&output.stderr);
        Ok(if output.status.success() {
            Ending::Finished(output.stdout)
        } else if errors.contains("Unhandled trap: 0x180") || errors.contains("Unhandled trap: 0x1a0") {
            Ending::Illegal
        } else if output.status.signal() == Some(SIGBUS) {
            Ending::AddressError
        } else {
            Ending::Other(format!("{}, {}", output.status, errors.lines().next().unwrap_or("no message")))
        })
    }
}

/// Runs an executable on `sh4a-emu`, for at most `limit` instructions.
///
/// # Errors
/// If the executable is refused.
pub fn run_ours(executable: &[u8], limit: u64) -> Result<Ending> {
    let config = user::Config { limit, memory: MEMORY, ..user::Config::default() };
    let outcome = user::run(executable, &config).context("the test program was refused by sh4a-emu")?;
    Ok(match outcome.ended {
        Ok(0) => Ending::Finished(outcome.stdout),
        Ok(status) => Ending::Other(format!("exit status {status}")),
        Err(Stopped::IllegalInstruction { .. }) => Ending::Illegal,
        Err(Stopped::AddressError { .. }) => Ending::AddressError,
        Err(other) => Ending::Other(other.to_string()),
    })
}
