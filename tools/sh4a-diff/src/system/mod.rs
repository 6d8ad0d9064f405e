//! The second suite: exceptions, MMU and privileged state, bare-metal on machine r2d of `sh4a-emu` and of stock QEMU.
//!
//! One flat image runs many scenes. Each begins from a known state and ends in an exception, at the latest in `trapa #255`. The
//! handler stores what the hardware left behind as a [`log::Entry`]; at the end the whole log goes out through the SCIF.

mod deviations;
mod engine;
mod image;
mod log;
mod scenes;
mod suite;

pub use suite::run;
