//! Differential tests of `sh4a-emu`'s CPU against QEMU: see README.md.

pub mod deviations;
mod driver;
mod elf;
mod emit;
pub mod engine;
pub mod forms;
pub mod program;
pub mod record;
mod reference;
mod report;
pub mod space;
mod suite;
pub mod system;
mod values;
pub mod vector;

pub use elf::executable;
pub use suite::{Config, Counts, run};
