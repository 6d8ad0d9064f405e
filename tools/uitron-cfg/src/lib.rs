//! The configurator of the uITRON guest: reads static API files and makes the kernel's tables (docs/uitron-cfg.md).
//!
//! [`load`] or [`parse`] yields a [`System`] in which every rule that needs no C compiler holds, or a [`BadConfiguration`]
//! with the problems, not only the first. [`System::kernel_id`] and [`System::kernel_cfg`] are the generated files.

mod api;
mod assertion;
mod cast;
mod check;
mod emit;
mod eval;
mod lex;
mod model;
mod number;
mod parse;
mod problem;
mod read;
mod source;
mod token;

pub use api::Kind;
pub use model::{Expression, Object, System};
pub use problem::{BadConfiguration, Problem};
pub use read::{Reader, load, parse};
pub use source::Place;
