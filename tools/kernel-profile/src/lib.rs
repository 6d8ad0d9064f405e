//! Makes kernel profiles: symbols and types of a kernel, from its debug information, for monitors.
//!
//! The format and its reader are `monitor_api::profile`; here are the writer ([`Builder`]), the extractor ([`extract`]), two
//! reports ([`show`], [`diff`]), and a tiny guest for tests of monitors ([`Sample`]).

mod builder;
mod diff;
mod dwarf;
mod elf;
mod linux;
mod lists;
mod sample;
mod show;

pub use builder::{Builder, TypeId};
pub use diff::diff;
pub use elf::extract;
pub use sample::Sample;
pub use show::{show, show_name};
