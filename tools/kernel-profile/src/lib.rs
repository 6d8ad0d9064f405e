//! Makes kernel profiles: symbols and types of a kernel, from its debug information, for monitors.
//!
//! The format and its reader are `monitor_api::profile`; here are the writer ([`Builder`]), the extractor ([`extract`]), two
//! reports ([`show`], [`diff`]), a tiny guest for tests of monitors ([`Sample`]), and a monitor for examples ([`IoWait`]).

mod builder;
mod diff;
mod dwarf;
mod elf;
mod iowait;
mod linux;
mod lists;
mod sample;
mod select;
mod show;
mod wanted;

pub use builder::{Builder, TypeId};
pub use diff::diff;
pub use elf::{extract, read};
pub use iowait::IoWait;
pub use sample::Sample;
pub use show::{show, show_name};
pub use wanted::Wanted;
