//! What every memory-mapped device offers to the machine that holds it.

use crate::bus::{CoreId, Width};

/// Time in retired instructions of the core that drives the clock.
pub type Instant = u64;

/// A memory-mapped device. State is a function of the accesses and of `now`: a device computes lazily (a timer's count is
/// worked out when it is read) and says with [`Device::next_event`] when it must be looked at again.
pub trait Device {
    /// Load from byte `offset` of the device's window.
    fn read(&mut self, core: CoreId, now: Instant, offset: u32, width: Width) -> Result<u32, Unanswered>;
    /// Store to byte `offset` of the device's window.
    fn write(&mut self, core: CoreId, now: Instant, offset: u32, width: Width, value: u32) -> Result<(), Unanswered>;
    /// When the device's outputs change next if nobody touches it.
    fn next_event(&self, _now: Instant) -> Option<Instant> {
        None
    }
    /// Brings the device's outputs up to `now`.
    fn advance(&mut self, _now: Instant) {}
}

/// The device has no register there, or not of that width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unanswered;
