//! The conformance suite: the same programs on the host and on SH-4A must print the same.

mod build;
mod executor;
mod generate;
mod run;

pub use build::{SOURCES, Suite, build, sources};
pub use executor::{Executor, Outcome};
pub use generate::programs;
pub use run::{Counts, Settings, run};
