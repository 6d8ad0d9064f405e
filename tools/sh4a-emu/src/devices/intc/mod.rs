//! Interrupt controllers: request lines in, at most one [`Interrupt`] for each core out.
//!
//! Both controllers have real levels: a source's 4-bit priority is its level, level 0 never interrupts, the highest level wins
//! and among equals the lower INTEVT code.

mod sh7751r;
mod shx3;

pub use sh7751r::Sh7751rIntc;
pub use shx3::Shx3Intc;

use crate::bus::{CoreId, Interrupt, Width};
use crate::device::{Instant, Unanswered};

/// Cores that the controllers are made for.
pub const CORES: usize = 4;

/// What the machine needs from an interrupt controller.
pub trait InterruptController {
    /// Load from byte `offset` of register window `window` (a machine may map several).
    fn read(&mut self, core: CoreId, now: Instant, window: u8, offset: u32, width: Width) -> Result<u32, Unanswered>;
    /// Store to byte `offset` of register window `window`.
    fn write(
        &mut self,
        core: CoreId,
        now: Instant,
        window: u8,
        offset: u32,
        width: Width,
        value: u32,
    ) -> Result<(), Unanswered>;
    /// A device changed the request line of the source whose INTEVT code is `intevt`.
    fn set_line(&mut self, now: Instant, intevt: u16, on: bool);
    /// The request with the highest level that is presented to `core`.
    fn pending(&self, core: CoreId) -> Option<Interrupt>;
    /// The level at which a request of `intevt` would be presented to `core`; 0 if it is masked.
    fn level(&self, core: CoreId, intevt: u16) -> u8;
    /// `core` took `interrupt`.
    fn accepted(&mut self, core: CoreId, interrupt: Interrupt);
    /// When the request of `intevt` to `core` was raised.
    fn asserted_at(&self, core: CoreId, intevt: u16) -> Instant;
}

/// Highest level first, then lower code: folds candidates into the one to present.
fn stronger(best: Option<Interrupt>, candidate: Interrupt) -> Option<Interrupt> {
    match best {
        Some(best) if best.level > candidate.level => Some(best),
        Some(best) if best.level == candidate.level && best.intevt <= candidate.intevt => Some(best),
        _ => Some(candidate),
    }
}

/// Index of an INTEVT code: codes are multiples of 0x20 below 0x1000.
fn index(intevt: u16) -> usize {
    usize::from(intevt >> 5) & 0x7f
}
