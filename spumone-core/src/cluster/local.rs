//! What the protocol asks of its own core.

use super::message::{Ending, Notice};
use super::set::Set;
use super::shared::CoreId;
use crate::irq::Code;
use crate::vcpu::{State, VcpuId};

/// Scheduler, interrupt masks and contexts of one core. Nothing here touches what cores share, except the control block of a
/// vCPU that this core has.
pub trait Local {
    /// What a vCPU that is here does; [`State::Running`] if it has the core.
    fn state(&self, vcpu: VcpuId) -> State;
    /// The guest that `vcpu` belongs to.
    fn guest(&self, vcpu: VcpuId) -> u8;
    /// A waiting vCPU may go on.
    fn wake(&mut self, vcpu: VcpuId);
    /// A ready vCPU has messages: their sender may do nothing before it has taken them, so its turn comes now.
    fn urge(&mut self, vcpu: VcpuId);
    /// A stopped vCPU may run, from `entry`, all its sources masked.
    fn start(&mut self, vcpu: VcpuId, entry: u32, arg: u32);
    /// The current vCPU stops; its sources are masked.
    fn stop(&mut self, vcpu: VcpuId);
    /// `vcpu` leaves: its context, its state (a running one is ready from now on), how it goes on and which of its sources are
    /// unmasked go into its control block, and its sources are masked here.
    fn depart(&mut self, vcpu: VcpuId);
    /// `vcpu` is here: the reverse of [`Local::depart`].
    fn arrive(&mut self, vcpu: VcpuId);
    /// `vcpu` never runs again; its sources are masked.
    fn end(&mut self, vcpu: VcpuId);
    /// A guest has ended, and so have its vCPUs here. Once for each life of a guest, on every core.
    fn ended(&mut self, guest: u8, ending: Ending);
    /// The vCPUs of `guest`, wherever they are.
    fn vcpus_of(&self, guest: u8) -> Set;
    /// `vcpu`, which is here, stands: its sources are masked, its state and registers are kept, it gets the core no more; its state
    /// is [`State::Away`]. One that has ended stays so. False if that is not possible now, because it is inside a call.
    fn pause(&mut self, vcpu: VcpuId) -> bool;
    /// `vcpu` goes on: the reverse of [`Local::pause`].
    fn resume(&mut self, vcpu: VcpuId);
    /// `vcpu`, which stands or has ended, stands as at the guest's beginning; true if it is stopped then.
    fn renew(&mut self, vcpu: VcpuId) -> bool;
    /// `guest` begins anew. Once for each time, on every core, before any of its vCPUs does.
    fn renewed(&mut self, guest: u8);
    /// Sets level and mask of a source of `vcpu`, which is here. A code that is not its own changes nothing.
    fn irq(&mut self, vcpu: VcpuId, code: Code, level: u8, on: bool);
    /// `core` is `vcpu`'s home from now on. True if it shall go there at once.
    fn set_home(&mut self, vcpu: VcpuId, core: CoreId) -> bool;
    /// Where the kernel part of `vcpu`'s system calls runs.
    fn set_syscall_core(&mut self, vcpu: VcpuId, core: Option<CoreId>);
    /// Something to know from another core (or this one).
    fn notice(&mut self, from: CoreId, notice: Notice);
    /// A mistake of SPUMONE's own.
    fn mistake(&mut self, what: &'static str);
}
