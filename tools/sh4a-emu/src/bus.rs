//! What a CPU asks from the world outside it.

use crate::memory::Memory;

/// Number of a core, 0..4.
pub type CoreId = usize;

/// Width of one access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// 8 bits
    Byte,
    /// 16 bits
    Half,
    /// 32 bits
    Long,
}

/// An access that no memory and no device answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BusError {
    /// The bus address that was asked for.
    pub addr: u32,
    /// Its width.
    pub width: Width,
    /// True for a store.
    pub store: bool,
}

/// An interrupt request that the interrupt controller offers to a core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupt {
    /// Level 1..=15, or 16 for NMI.
    pub level: u8,
    /// The code that INTEVT shows, e.g. 0x400 for TMU0.
    pub intevt: u16,
}

/// A 4 KiB page of plain memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Offset of its first byte in [`Memory`]: a multiple of 4096.
    pub offset: usize,
    /// False for ROM (a store then goes to [`Bus::write`], e.g. flash commands).
    pub writable: bool,
}

/// What happens on a core, for traces. Times come as the `now` of [`Bus::event`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// An exception was entered (interrupts come through [`Bus::accepted`]).
    Exception {
        /// What EXPEVT shows.
        expevt: u32,
        /// What SPC shows.
        spc: u32,
        /// First instruction of the handler.
        handler: u32,
    },
    /// `rte` was executed: `from` is its address, `to` where it goes.
    Return {
        /// Address of the `rte`.
        from: u32,
        /// SPC.
        to: u32,
    },
    /// A `sleep` instruction was executed.
    Sleep,
    /// The core passed an address that [`crate::cpu::Cpu::add_probe`] named, before that instruction.
    Probe {
        /// The address.
        pc: u32,
    },
}

/// What a CPU asks from the world. Addresses are bus addresses: 29 bits for everything that goes through areas 0..7
/// (P0..P3 after translation), the full 32-bit address for P4 (0xe000_0000 up) that the core does not answer itself.
pub trait Bus {
    /// The plain memory behind the 4 KiB page of `addr` as `core` sees it, or `None` where a device or nothing answers.
    fn page(&self, core: CoreId, addr: u32) -> Option<Page>;
    /// The arena that [`Page::offset`] indexes.
    fn memory(&mut self) -> &mut Memory;
    /// A load that [`Bus::page`] did not cover. `now` is the core's clock: instructions retired plus time slept. Nothing answers where
    /// there is nothing but memory.
    fn read(&mut self, _core: CoreId, _now: u64, addr: u32, width: Width) -> Result<u32, BusError> {
        Err(BusError { addr, width, store: false })
    }
    /// A store that [`Bus::page`] did not cover.
    fn write(&mut self, _core: CoreId, _now: u64, addr: u32, width: Width, _value: u32) -> Result<(), BusError> {
        Err(BusError { addr, width, store: true })
    }
    /// The request with the highest level that the interrupt controller presents to `core` now.
    fn interrupt(&self, core: CoreId) -> Option<Interrupt>;
    /// The core accepted `interrupt` at `now` (for traces and latency probes; INTC state follows the devices).
    fn accepted(&mut self, core: CoreId, now: u64, interrupt: Interrupt);
    /// True when a device access changed what the run loop decided on (interrupt lines, next event, a stop request):
    /// the CPU then leaves its inner loop after the current instruction.
    fn attention(&self) -> bool {
        false
    }
    /// Something that a trace may want to know; nothing has to be done.
    fn event(&mut self, _core: CoreId, _now: u64, _event: Event) {}
}
