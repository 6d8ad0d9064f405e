//! The same image on machine r2d and on stock `qemu-system-sh4 -M r2d`: each checks the other.

mod compare;
mod here;
mod points;
mod qemu;

pub use compare::{Comparison, compare};
pub use here::{boot_here, boot_on};
pub use points::{Passed, Point, count_to};
pub use qemu::boot_on_qemu;

use std::path::PathBuf;
use std::time::Duration;

/// What to boot, and how far.
#[derive(Clone, Debug)]
pub struct BootPlan {
    /// zImage or flat image.
    pub image: PathBuf,
    /// The boot is done when the console (QEMU's second serial port) shows this.
    pub until: String,
    /// An instruction takes 2^N ns.
    pub icount_shift: u32,
    /// Host time that one boot may take.
    pub timeout: Duration,
}

/// How a boot went.
#[derive(Clone, Debug)]
pub struct Boot {
    /// What the console showed.
    pub console: String,
    /// Instructions retired, where they were counted.
    pub instructions: Option<u64>,
    /// Host time.
    pub wall: Duration,
}

/// Why a boot could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum OracleError {
    /// A file or process failed.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// The host's answer.
        source: std::io::Error,
    },
    /// The image cannot be loaded.
    #[error(transparent)]
    Image(#[from] crate::machine::ImageError),
    /// The text never came.
    #[error("{who}: {until:?} did not appear ({why}); the console ends with:\n{tail}")]
    NotReached {
        /// Which of the two.
        who: &'static str,
        /// The text.
        until: String,
        /// What happened instead.
        why: String,
        /// End of the console.
        tail: String,
    },
    /// QEMU's monitor did not tell the count.
    #[error("QEMU's monitor gave no instruction count; its answer was {0:?}")]
    NoCount(String),
}

fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> OracleError {
    let what = what.into();
    move |source| OracleError::Io { what, source }
}

fn tail(console: &str) -> String {
    let lines: Vec<&str> = console.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}
