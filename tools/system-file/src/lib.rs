//! The system file: schema, validation and messages that name the place and the cure (docs/system-file.md).
//!
//! [`load`] or [`parse`] yields a [`System`] in which every rule holds, or a [`BadSystemFile`] with *all* problems.

pub mod board;
mod model;
mod ownership;
mod problem;
mod reader;
mod rules;
mod schema;
mod watch;

pub use board::Board;
pub use model::{GUEST_IMAGES, Guest, GuestImage, Interrupt, Kind, System, Watch};
pub use problem::{BadSystemFile, Problem};
pub use schema::{load, parse};
