//! The owner of all state of one core's instance, and the ways into it.

mod calls;
mod life;
mod report;
mod state;

pub use life::Finished;
pub use report::FaultReport;
pub use state::{Hypervisor, Outcome, Rejected};
