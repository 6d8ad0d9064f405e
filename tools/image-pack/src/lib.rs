//! Packs a validated system and its binaries into a bootable image; checks, shows and converts images; puts them on a board.
//!
//! [`pack`] makes the flat image of docs/image-format.md, [`Format`] wraps it for whatever loads it, [`inspect`] checks an image
//! in any of these formats, [`flash`] sends it to a board.

mod describe;
mod elf;
mod error;
pub mod flash;
mod format;
mod guest;
mod layout;
mod pack;
mod uimage;

pub use describe::{Description, inspect};
pub use error::PackError;
pub use format::{Format, FormatError, unwrap};
pub use pack::{Input, Inputs, pack};
