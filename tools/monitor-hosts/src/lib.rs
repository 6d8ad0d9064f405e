//! Hosts of monitors on a development machine, and the proof that they and the monitors work.
//!
//! A [`Target`] is a guest that a host can see: live on the emulator ([`Emulator`]), dead in a memory dump ([`Dump`]), or behind the gdb
//! stub of a debugger or of QEMU ([`GdbStub`]). [`watch`] runs monitors on any of them.

mod banner;
mod dump;
mod emulator;
mod fetch;
mod gdb;
pub mod proof;
mod registry;
mod runner;
mod target;

pub use banner::find_banners;
pub use dump::{Dump, write_core};
pub use emulator::Emulator;
pub use fetch::{Board, Fetched, fetch, order};
pub use gdb::GdbStub;
pub use registry::{about, all, by_name, names};
pub use runner::{Cost, Raised, Summary, Watch, watch, watch_until};
pub use target::Target;
