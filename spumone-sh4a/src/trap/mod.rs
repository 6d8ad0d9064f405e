//! Vectors, interrupt paths, context switch: the assembly and what it shares with Rust.

mod context;
mod dispatch;
mod layout;

pub use context::{Context, FIRST_TARGET, Frame};
pub(crate) use dispatch::table_address;
pub use dispatch::{Next, leave};
pub use layout::{CALL_WORDS, UNITS_WORDS, symbols};
