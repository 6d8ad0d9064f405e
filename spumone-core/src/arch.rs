//! What the portable code asks from the machine. `spumone-sh4a` implements it; tests use a fake that records.

use crate::addr::GuestRange;
use crate::cluster::{CoreId, Set, Shared};
use crate::governor::Load;
use crate::irq::{Action, Code, Codes};
use crate::trace::Event;
use crate::vcpu::{Departures, Resume, State, VcpuId};

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
    /// R4; `None`: the hypercall table.
    pub r4: Option<u32>,
    /// R5.
    pub r5: u32,
}

/// What a vCPU takes along to another core besides its registers, which the machine adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Luggage {
    /// What it does there: stopped, ready or waiting.
    pub state: State,
    /// How it goes on.
    pub resume: Resume,
    /// It has told its vectors.
    pub has_vectors: bool,
    /// Where its user mode runs.
    pub home: CoreId,
    /// Where the kernel part of its system calls runs.
    pub syscall_core: Option<CoreId>,
    /// Its sources that are unmasked.
    pub unmasked: Codes,
}

/// Interrupt codes that are SPUMONE's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnCodes {
    /// A message from another core waits.
    pub mail: Code,
    /// A virtual inter-processor interrupt waits.
    pub bell: Code,
    /// Time has passed, says the timer, on one core.
    pub timer: Code,
    /// Time has passed, says that core.
    pub tick: Code,
}

/// A unit of the core whose contents belong to one vCPU at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Floating-point registers.
    Fpu,
    /// TLB and MMU registers.
    Mmu,
}

/// The machine under one instance.
pub trait Arch {
    /// The memory and interrupts between cores.
    type Shared: Shared;
    /// Access to them; it has no state of its own.
    fn shared(&self) -> Self::Shared;
    /// The codes that are SPUMONE's own; `None` on a chip with one core.
    fn own_codes(&self) -> Option<OwnCodes>;
    /// Clocks and core number.
    fn core_info(&self) -> CoreInfo;
    /// Makes `vcpu`'s saved context the one of a beginning; its exceptions go to the portable code from now on.
    fn prepare(&mut self, vcpu: VcpuId, entry: Entry);
    /// `vcpu`'s exceptions go to its own vectors from now on; at IMASK `off` its interrupts are off.
    fn set_vector_base(&mut self, vcpu: VcpuId, base: u32, off: u8);
    /// What is known of where `vcpu`'s vectors are, on whatever core it is: what it told last, 0 if it has not since it was prepared.
    fn vector_base(&self, vcpu: VcpuId) -> u32;
    /// Lets it be known that they are somewhere else.
    fn tell_vector_base(&mut self, vcpu: VcpuId, base: u32);
    /// Makes this core's VBR lead to SPUMONE's vectors; what it was if that was something else.
    fn take_vectors(&mut self) -> Option<u32>;
    /// What to do about `code` while `current` has the core (`None`: it sleeps).
    fn set_action(&mut self, current: Option<VcpuId>, code: Code, action: Action);
    /// While `current` has the core the portable code is asked about every interrupt.
    fn reset_actions(&mut self, current: Option<VcpuId>);
    /// Decides ahead about `idle`: when `vcpu` calls it, `next` shall have the core (`None`: the portable code is asked); and a
    /// vCPU that goes idle may give the core to `vcpu` directly, from its frame, only if `direct`. A preemption makes the
    /// preempted vCPU the next one after the vCPU that gets the core.
    fn set_idle_path(&mut self, vcpu: VcpuId, next: Option<VcpuId>, direct: bool);
    /// Saves a unit's contents for `from` (`None`: nobody needs them any more), loads those of `to` (`None`: of nobody).
    fn switch_unit(&mut self, unit: Unit, from: Option<VcpuId>, to: Option<VcpuId>);
    /// Whether `vcpu`'s TRAPAs of user mode go to [`crate::hypervisor::Hypervisor::syscall`], and whether its `syscall_done`
    /// goes to [`crate::hypervisor::Hypervisor::syscall_done`] instead of returning at once.
    fn set_syscall_path(&mut self, vcpu: VcpuId, leaves: bool, returns: bool);
    /// Writes registers and `luggage` of `vcpu` to where another core can read them.
    fn pack(&mut self, vcpu: VcpuId, luggage: &Luggage);
    /// The reverse of [`Arch::pack`]. True if interrupts go to other places than when this vCPU was here last.
    fn unpack(&mut self, vcpu: VcpuId) -> (Luggage, bool);
    /// True if the board's interrupt controller has this source.
    fn knows_irq(&self, code: Code) -> bool;
    /// Sets the level of a source that stays masked, where the two are different things.
    fn irq_level(&mut self, code: Code, level: u8);
    /// Sets a source's level, for all cores, and unmasks it on this one. False if the board's interrupt controller has no such source.
    fn irq_unmask(&mut self, code: Code, level: u8) -> bool;
    /// Masks a source on this core. False as above.
    fn irq_mask(&mut self, code: Code) -> bool;
    /// Masks sources on this core.
    fn irq_mask_all(&mut self, codes: Codes);
    /// The device behind a source asks for nothing any more, as after a reset: its guest begins anew.
    fn quiet(&mut self, code: Code);
    /// Unmasks sources on this core; their levels stay.
    fn irq_unmask_all(&mut self, codes: Codes);
    /// The image that was started, if its bytes are still where they were; no guest can write it.
    fn image(&self) -> Option<&'static [u8]>;
    /// Writes a piece of a guest's segment to bus address `address`, so that every core finds it in memory.
    fn load(&mut self, address: u32, piece: &[u8]);
    /// Writes `length` zeros in the same way.
    fn clear(&mut self, address: u32, length: u32);
    /// What instruction caches hold may have been overwritten.
    fn forget_instructions(&mut self);
    /// The registers of a vCPU that stands, on whatever core, in the order of `SpumoneRegisters`.
    fn registers(&self, vcpu: VcpuId) -> [u32; 31];
    /// Copies from guest memory; `to` is as long as `from`.
    fn read_guest(&mut self, from: GuestRange, to: &mut [u8]);
    /// Copies to guest memory; `from` is as long as `to`.
    fn write_guest(&mut self, to: GuestRange, from: &[u8]);
    /// Sends what the serial port takes without waiting; the result is how many bytes that was.
    fn serial_write(&mut self, port: u8, bytes: &[u8]) -> usize;
    /// Appends lines of the log to what core 0 sends for this core; the result is how many bytes were taken.
    fn relay_log(&mut self, bytes: &[u8]) -> usize;
    /// Takes what `core` appended; the result is how many bytes that was, 0 if nothing is left.
    fn relayed_log(&mut self, core: CoreId, to: &mut [u8]) -> usize;
    /// The next received byte.
    fn serial_read(&mut self, port: u8) -> Option<u8>;
    /// Lets the other cores read this core's load.
    fn publish(&mut self, load: Load);
    /// The load that `core` published last.
    fn published(&self, core: CoreId) -> Load;
    /// The timer's interrupt has been seen; `others` are told.
    fn relay_tick(&mut self, others: Set);
    /// What they were told has been seen.
    fn clear_tick(&mut self);
    /// A counter that counts up for ever, and how many nanoseconds one of its steps takes. All cores see the same.
    fn counter(&self) -> (u32, u32);
    /// A mistake of SPUMONE's own ends the instance, with an epitaph.
    fn mistake(&mut self, what: &'static str);
    /// Puts an event into the trace ring.
    fn trace(&mut self, event: Event);
    /// Interrupts forwarded to `vcpu` since boot.
    fn forwarded(&self, vcpu: VcpuId) -> u32;
    /// How often the assembly took the core from `vcpu` without asking.
    fn departures(&self, vcpu: VcpuId) -> Departures;
}
