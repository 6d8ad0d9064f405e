//! Event traces and the figures that benches take from a run.

mod chrome;
mod histogram;

pub use chrome::ChromeTrace;
pub use histogram::Histogram;

use crate::bus::CoreId;
use crate::device::Instant;
use crate::machine::InterruptRecord;

/// Something that happened, with the time at which it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceEvent {
    /// A core entered an exception.
    Exception {
        /// The core.
        core: CoreId,
        /// When.
        at: Instant,
        /// EXPEVT.
        expevt: u32,
        /// Where it happened.
        spc: u32,
    },
    /// A core took an interrupt.
    Interrupt(InterruptRecord),
    /// A core executed `rte`.
    Return {
        /// The core.
        core: CoreId,
        /// When.
        at: Instant,
        /// Where it goes.
        to: u32,
    },
    /// A core went to sleep.
    Sleep {
        /// The core.
        core: CoreId,
        /// When.
        at: Instant,
    },
    /// A device's request line changed.
    Line {
        /// When.
        at: Instant,
        /// The source's code.
        intevt: u16,
        /// Raised or dropped.
        on: bool,
    },
    /// SPUMONE wrote an event to its trace ring.
    Spumone {
        /// The core.
        core: CoreId,
        /// When.
        at: Instant,
        /// What.
        code: u32,
        /// Its argument.
        arg: u32,
    },
}

/// Who receives a trace.
pub trait TraceSink {
    /// Takes one event; events of one core come in the order of their times.
    fn record(&mut self, event: TraceEvent);
    /// Completes the trace.
    ///
    /// # Errors
    /// What went wrong when it was written, at any time since it began.
    fn finish(&mut self) -> std::io::Result<()>;
}
