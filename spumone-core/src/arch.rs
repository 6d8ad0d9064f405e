//! What the portable code asks from the machine. `spumone-sh4a` implements it; tests use a fake that records.

use crate::addr::GuestRange;
use crate::irq::{Action, Code};
use crate::trace::Event;
use crate::vcpu::{Departures, VcpuId};

/// Clocks and core of this instance, for `info`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoreInfo {
    /// Number of the physical core.
    pub core: u8,
    /// Core clock in kHz.
    pub core_khz: u32,
    /// Peripheral clock in kHz.
    pub pclk_khz: u32,
}

/// Where a vCPU begins: SR = MD=1, IMASK=15, everything not named is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// PC.
    pub pc: u32,
    /// R15.
    pub stack: u32,
    /// R5 (R4 is the hypercall table).
    pub r5: u32,
}

/// The machine under one instance.
pub trait Arch {
    /// Clocks and core number.
    fn core_info(&self) -> CoreInfo;
    /// Makes `vcpu`'s saved context the one of a beginning; its exceptions go to the portable code from now on.
    fn prepare(&mut self, vcpu: VcpuId, entry: Entry);
    /// `vcpu`'s exceptions go to its own vectors from now on; at IMASK `off` its interrupts are off.
    fn set_vector_base(&mut self, vcpu: VcpuId, base: u32, off: u8);
    /// What to do about `code` while `current` has the core (`None`: it sleeps).
    fn set_action(&mut self, current: Option<VcpuId>, code: Code, action: Action);
    /// Decides ahead about `idle`: when `vcpu` calls it, `next` shall have the core (`None`: the portable code is asked); and a
    /// vCPU that goes idle may give the core to `vcpu` directly, from its frame, only if `direct`. A preemption makes the
    /// preempted vCPU the next one after the vCPU that gets the core.
    fn set_idle_path(&mut self, vcpu: VcpuId, next: Option<VcpuId>, direct: bool);
    /// Gives `to` the FPU: saves its contents for `from` (`None`: nobody needs them any more), loads those of `to`.
    fn switch_fpu(&mut self, from: Option<VcpuId>, to: VcpuId);
    /// Sets a source's level and unmasks it on this core. False if the board's interrupt controller has no such source.
    fn irq_unmask(&mut self, code: Code, level: u8) -> bool;
    /// Masks a source on this core. False as above.
    fn irq_mask(&mut self, code: Code) -> bool;
    /// Copies from guest memory; `to` is as long as `from`.
    fn read_guest(&mut self, from: GuestRange, to: &mut [u8]);
    /// Copies to guest memory; `from` is as long as `to`.
    fn write_guest(&mut self, to: GuestRange, from: &[u8]);
    /// Sends what the serial port takes without waiting; the result is how many bytes that was.
    fn serial_write(&mut self, port: u8, bytes: &[u8]) -> usize;
    /// The next received byte.
    fn serial_read(&mut self, port: u8) -> Option<u8>;
    /// Puts an event into the trace ring.
    fn trace(&mut self, event: Event);
    /// Interrupts forwarded to `vcpu` since boot.
    fn forwarded(&self, vcpu: VcpuId) -> u32;
    /// How often the assembly took the core from `vcpu` without asking.
    fn departures(&self, vcpu: VcpuId) -> Departures;
}
