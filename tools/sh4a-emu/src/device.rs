//! What every memory-mapped device offers to the machine that holds it.

use crate::bus::{CoreId, Width};

/// Time in core clock cycles: one retired instruction is one cycle, and cycles pass while a core sleeps.
pub type Instant = u64;

/// A memory-mapped device. State is a function of the accesses and of `now`: a device computes lazily (a timer's count is
/// worked out when it is read) and says with [`Device::next_event`] when it must be looked at again.
///
/// Loads and stores are passed as they come, naturally aligned; a device that has no register at `offset`, or not of that
/// width, answers [`Unanswered`] and the machine reports the access.
pub trait Device {
    /// Load from byte `offset` of the device's window.
    fn read(&mut self, core: CoreId, now: Instant, offset: u32, width: Width) -> Result<u32, Unanswered>;
    /// Store to byte `offset` of the device's window.
    fn write(&mut self, core: CoreId, now: Instant, offset: u32, width: Width, value: u32) -> Result<(), Unanswered>;
    /// When the device's outputs change next if nobody touches it; never earlier than `now`.
    fn next_event(&self, _now: Instant) -> Option<Instant> {
        None
    }
    /// Brings the device's outputs up to `now`.
    fn advance(&mut self, _now: Instant) {}
    /// The interrupt request lines that the device drives, one bit each.
    fn outputs(&self) -> u32 {
        0
    }
    /// Something that only the machine can do; taken once.
    fn take_request(&mut self) -> Option<Request> {
        None
    }
    /// The device's serial line, if it has one.
    fn serial(&mut self) -> Option<&mut dyn SerialLine> {
        None
    }
    /// For a device that stands before plain memory (flash): true while loads see that memory.
    fn memory_visible(&self) -> bool {
        true
    }
}

/// The device has no register there, or not of that width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unanswered;

/// What a device asks of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// The board switches itself off.
    PowerOff,
    /// The whole chip is reset, as after power-on.
    Reset,
    /// A core leaves reset and begins at `entry`.
    StartCore {
        /// The core to start.
        core: CoreId,
        /// Its first instruction's address.
        entry: u32,
    },
    /// The clock of a core that was stopped runs again; the core goes on where it was.
    ResumeCore {
        /// The core.
        core: CoreId,
    },
    /// A core's clock stops.
    StopCore {
        /// The core to stop.
        core: CoreId,
    },
    /// Flash memory: bytes of the window change.
    Program {
        /// Offset in the window.
        offset: u32,
        /// Bytes to change.
        len: u32,
        /// What happens to them.
        change: FlashChange,
    },
}

/// How flash contents change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlashChange {
    /// Bits go from 1 to 0 where `value` (little-endian) has 0.
    Clear {
        /// The data that was programmed.
        value: u32,
    },
    /// Every byte becomes 0xff.
    Erase,
}

/// The line side of a UART.
pub trait SerialLine {
    /// Moves everything that was transmitted into `to`.
    fn drain(&mut self, to: &mut Vec<u8>);
    /// Offers one character that arrives from outside; the device takes it when its line is free. Returns false when it cannot
    /// (receiver off, or one already waiting): the caller keeps it and offers it again.
    fn offer(&mut self, now: Instant, byte: u8) -> bool;
    /// True while a character that arrives would request an interrupt.
    fn interrupts_on_input(&self) -> bool;
}
