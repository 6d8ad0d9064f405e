//! The versioned ABI between SPUMONE and its guests.
//!
//! [`table`] is the ABI itself and the source of the C header `include/spumone.h` (a test regenerates it and compares);
//! [`client`] is the way a guest written in Rust calls it. `docs/guest-abi.md` is the reference text.
#![no_std]

pub mod client;
pub mod table;

pub use table::*;
