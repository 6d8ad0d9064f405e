//! The owner of all state of one core's instance, and the ways into it.

mod calls;
mod clock;
mod decide;
mod entry;
mod life;
mod local;
mod report;
mod restart;
mod stand;
mod state;
mod switch;
mod units;
mod vcpu_calls;
mod watch;
mod work;

pub use entry::{Hypervisor, Outcome};
pub use life::Finished;
pub use report::FaultReport;
pub use state::Rejected;
pub use work::Rest;
