//! What the guest in which monitors run is told by the system file.

mod config;
mod policy;

pub(crate) use config::VERDICTS;
pub use config::{BLOCK_BYTES, Config, DUMP_SECONDS, Limits, MAX_RULES};
pub use policy::{Action, Rule, decide};
