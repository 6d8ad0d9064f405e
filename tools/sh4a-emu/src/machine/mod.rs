//! Machines: CPUs, memory and devices wired together, and the loop that runs them.

mod board;
mod config;
mod image;
mod map;
mod observe;
mod r2d;
mod report;
mod rp1;
mod run;
mod turns;
mod unmapped;
mod usage;

pub use board::Board;
pub use config::{Config, DEFAULT_QUANTUM, LocalWindow, MachineKind};
pub use image::ImageError;
pub use map::Placement;
pub use observe::{InterruptRecord, Observer};
pub use run::{Machine, Stop};
pub use unmapped::{Unmapped, UnmappedLog};
pub use usage::CoreTime;
