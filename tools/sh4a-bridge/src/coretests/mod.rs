//! rustc's own tests of `core`, run on SH-4A.

mod build;
mod exceptions;
mod run;

pub use run::{Counts, Settings, run};
