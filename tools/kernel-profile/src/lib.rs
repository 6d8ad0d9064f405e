//! Makes kernel profiles: symbols and types of a kernel, from its debug information, for monitors.
//!
//! The format and its reader are `monitor_api::profile`; here are the writer ([`Builder`]), the extractor ([`extract`]), and two
//! reports ([`show`], [`diff`]).

mod builder;
mod diff;
mod dwarf;
mod elf;
mod lists;
mod show;

pub use builder::{Builder, TypeId};
pub use diff::diff;
pub use elf::extract;
pub use show::{show, show_name};
