//! A guest that a host can see.

use anyhow::Result;
use monitor_api::Host;

/// A guest, between two looks at it.
pub trait Target {
    /// What monitors see.
    fn host(&self) -> &dyn Host;

    /// Lets the guest run on for a while. False if it cannot run (a dump) or has ended.
    ///
    /// # Errors
    /// When the connection to the guest fails, or the guest crashes.
    fn pass(&mut self) -> Result<bool>;
}
