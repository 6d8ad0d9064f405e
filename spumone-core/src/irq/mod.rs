//! Interrupts: who owns which source, and what the interrupt path does about one.

mod action;
mod ownership;

pub use action::{Action, Situation};
pub(crate) use ownership::vector_base_is_usable;
pub use ownership::{Code, Codes, Ownership, Source};
