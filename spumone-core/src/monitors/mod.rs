//! What the guest in which monitors run is told by the system file, and what follows from it for the watched guest.

mod config;
mod policy;
mod standstill;

pub(crate) use config::VERDICTS;
pub use config::{BLOCK_BYTES, Config, DUMP_SECONDS, Limits, MAX_RULES};
pub use policy::{Action, Rule, decide};
pub use standstill::{After, End, Measure, Next, STANDS, Standstill};
