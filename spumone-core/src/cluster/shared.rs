//! What cores share.

use super::message::Message;
use crate::vcpu::VcpuId;

/// Number of a physical core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CoreId(pub u8);

/// In the word of wishes: the director has been told, and has not looked since. Below it a bit for each guest that shall begin anew (8..16), and
/// for each that shall stand (0..8).
pub const ATTENTION: u32 = 1 << 16;

/// The words and interrupts that cores share, as one core sees them.
///
/// Each method is *one* access, indivisible to the other cores, and has taken effect everywhere when it returns: the argument of
/// the protocol needs one order of all accesses. On SH-4A that is an uncached access, or `movli.l`/`movco.l`, and `synco`; a write to
/// the interrupt controller is read back.
///
/// At the start a vCPU's location is the core that adopts it, nothing is pending or claimed, and it is stopped unless
/// it is ready there.
pub trait Shared {
    /// The core that has `vcpu`, or to which it is on its way.
    fn location(&mut self, vcpu: VcpuId) -> CoreId;
    /// Only by the core that has it.
    fn set_location(&mut self, vcpu: VcpuId, core: CoreId);
    /// Adds to the messages that wait for `vcpu`, by any core.
    fn post(&mut self, vcpu: VcpuId, bits: u8);
    /// The messages that wait for `vcpu`.
    fn pending(&mut self, vcpu: VcpuId) -> u8;
    /// Takes all messages that wait for `vcpu`; only by the core that has it.
    fn take(&mut self, vcpu: VcpuId) -> u8;
    /// Claims the right to send a request about `vcpu`; false if somebody has it.
    fn claim(&mut self, vcpu: VcpuId) -> bool;
    /// Gives that right back.
    fn release(&mut self, vcpu: VcpuId);
    /// True if `vcpu` may be started.
    fn stopped(&mut self, vcpu: VcpuId) -> bool;
    /// Only by the core that has it.
    fn set_stopped(&mut self, vcpu: VcpuId, stopped: bool);
    /// True if `vcpu` stands.
    fn standing(&mut self, vcpu: VcpuId) -> bool;
    /// Only by the core that has it.
    fn set_standing(&mut self, vcpu: VcpuId, standing: bool);
    /// The last order that `core` says it has carried out; 0 at the start.
    fn done(&mut self, core: CoreId) -> u32;
    /// This core has carried out order `number`.
    fn set_done(&mut self, number: u32);
    /// Sets bits of the word of wishes; what it was. By any core.
    fn wish(&mut self, bits: u32) -> u32;
    /// Clears bits of it; what it was. By any core.
    fn unwish(&mut self, bits: u32) -> u32;
    /// Appends to the ring from this core to `to`. False if there is no room: of [`super::RING_ENTRIES`], a message that is not
    /// [`Message::must_fit`] leaves [`super::RESERVED`] free. Reading the head and writing entry and tail count as one access,
    /// because the tail is this core's alone and an older head only makes the ring look fuller.
    fn push(&mut self, to: CoreId, message: Message) -> bool;
    /// Removes the oldest message of the ring from `from` to this core; true if there are more behind it.
    fn pop(&mut self, from: CoreId) -> Option<(Message, bool)>;
    /// Raises the mail interrupt of `core`.
    fn mail(&mut self, core: CoreId);
    /// Clears this core's mail interrupt.
    fn clear_mail(&mut self);
    /// Raises the bell interrupt of `core`.
    fn ring(&mut self, core: CoreId);
    /// Clears this core's bell interrupt.
    fn clear_bell(&mut self);
}
