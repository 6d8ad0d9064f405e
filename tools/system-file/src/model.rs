//! A system in which every rule holds.

use crate::board::Board;
use spumone_core::format::Name;
use spumone_core::governor::Bounds;
use spumone_core::monitors::{Limits, Rule};
use spumone_core::system::Region;
use std::path::PathBuf;

/// Guests that `cargo xtask build` makes; a system file names them instead of a path.
pub const GUEST_IMAGES: [&str; 6] = ["linux", "linux-smp", "rt-probe", "toppers-sample", "toppers-control", "monitors"];

/// A validated system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    /// The board.
    pub board: &'static Board,
    /// Number of cores used.
    pub cores: u8,
    /// Number of the serial port of SPUMONE's log.
    pub log: u8,
    /// The guests; a guest's number is its place here.
    pub guests: Vec<Guest>,
}

/// A guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Name, unique.
    pub name: Name,
    /// What kind of kernel it is.
    pub kind: Kind,
    /// Where its ELF image comes from.
    pub image: GuestImage,
    /// Its memory.
    pub memory: Region,
    /// Urgency, unique; the greater runs first.
    pub priority: u8,
    /// Core of each vCPU; as many as it has vCPUs.
    pub placement: Vec<u8>,
    /// How many cores its vCPUs use, if that follows their load.
    pub governor: Option<Bounds>,
    /// Interrupt sources that it owns.
    pub interrupts: Vec<Interrupt>,
    /// Number of its console's serial port.
    pub console: Option<u8>,
    /// Kernel command line (kind linux).
    pub cmdline: Option<String>,
    /// Words for the guest's parameter block (kind rtos).
    pub params: Vec<u32>,
    /// Uses the FPU.
    pub fpu: bool,
    /// The system ends when all essential guests have ended.
    pub essential: bool,
    /// What it watches (kind monitor).
    pub watch: Option<Watch>,
}

/// What a guest of kind monitor does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// Number of the watched guest.
    pub guest: u8,
    /// What monitors may cost.
    pub limits: Limits,
    /// Seconds that the watched guest stands still for a dump that nobody fetches; 0: for ever.
    pub dump_seconds: u32,
    /// What their verdicts lead to.
    pub policy: Vec<Rule>,
}

/// A guest's image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GuestImage {
    /// One of [`GUEST_IMAGES`].
    WellKnown(&'static str),
    /// An ELF file; a relative path counts from the system file's folder.
    File(PathBuf),
}

/// An owned interrupt source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interrupt {
    /// Name on the board.
    pub source: &'static str,
    /// Its INTEVT codes.
    pub intevt: &'static [u16],
    /// Level.
    pub level: u8,
}

/// What kind of kernel a guest is: it decides the interrupt-level partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Linux: levels 1..=7, interrupts off is IMASK 7, uses the MMU and, unless told otherwise, the FPU.
    Linux,
    /// A real-time kernel: levels 8..=15, interrupts off is IMASK 15, lives in P1, no FPU unless told otherwise.
    Rtos,
    /// Monitors that watch another guest: has no interrupts, lives in P1, no FPU unless told otherwise. The system ends without it.
    Monitor,
}

impl Kind {
    pub(crate) const NAMES: [&'static str; 3] = ["linux", "rtos", "monitor"];

    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "linux" => Some(Self::Linux),
            "rtos" => Some(Self::Rtos),
            "monitor" => Some(Self::Monitor),
            _ => None,
        }
    }

    /// Name in a system file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linux => "linux",
            Self::Rtos => "rtos",
            Self::Monitor => "monitor",
        }
    }

    /// Lowest and highest interrupt level.
    pub fn levels(self) -> (u8, u8) {
        match self {
            Self::Linux | Self::Monitor => (1, 7),
            Self::Rtos => (8, 15),
        }
    }

    /// SR.IMASK with which the guest has its interrupts off.
    pub fn irq_off(self) -> u8 {
        self.levels().1
    }
}
