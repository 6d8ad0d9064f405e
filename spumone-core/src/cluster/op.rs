//! Operations in progress.

use super::bell::Bell;
use super::departure::Departure;
use super::direct::{Ask, Direct, Wish};
use super::end::{End, Notify};
use super::errand::Errand;
use super::mail::Mail;
use super::message::{Ending, Notice, Request};
use super::rules::Rules;
use super::send::Send;
use super::set::Set;
use super::shared::CoreId;
use crate::vcpu::VcpuId;

/// An operation of the protocol: what is left to do of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Op(pub(super) Kind);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Send(Send),
    Bell(Bell),
    Switch(VcpuId),
    Mail(Mail),
    Depart(Departure),
    Errand(Errand),
    Stop(VcpuId),
    End(End),
    Notify(Notify),
    Ask(Ask),
    Direct(Direct),
}

/// Steps of an order on one core. For each of four vCPUs: go on, look, and a request that was held back; or claim, take, begin, release.
/// Then the answer: find nobody left, answer, attend, push, mail.
const ORDER: u32 = 4 * (2 + 5) + 5;

impl Op {
    /// Sends a virtual IPI: every vCPU of `targets` gets the messages of `bits`. The sender may be among them. At most 20 steps.
    pub fn send(targets: Set, bits: u8) -> Self {
        Self(Kind::Send(Send::new(targets, bits)))
    }

    /// The current vCPU takes the messages that wait for it; the reply holds them. Other vCPUs whose bell this may have been are
    /// woken. At most 9 steps.
    pub fn take(vcpu: VcpuId) -> Self {
        Self(Kind::Bell(Bell::new(Some(vcpu))))
    }

    /// The bell came while no vCPU that calls [`Op::take`] had the core: waiting ones are woken. Whoever gets the core
    /// next, the interrupted one too, gets it with [`Op::switch`]. At most 9 steps.
    pub fn bell() -> Self {
        Self(Kind::Bell(Bell::new(None)))
    }

    /// `vcpu` is about to get the core. At most 1 step, and no shared access unless it is [`super::Node::owed`].
    pub fn switch(vcpu: VcpuId) -> Self {
        Self(Kind::Switch(vcpu))
    }

    /// The mail interrupt came, see [`super::Node::mail_came`]. At most 28 steps, and 33 more for an order.
    pub fn mail() -> Self {
        Self(Kind::Mail(Mail::new()))
    }

    /// `vcpu`, which is here, goes to another core; its home stays what it is. Nothing happens if that is this one. At most 3 steps.
    ///
    /// Refused with [`crate::error::Refusal::State`] if it is not here or has ended, with [`crate::error::Refusal::Invalid`] if no such core is.
    pub fn depart(vcpu: VcpuId, to: CoreId) -> Self {
        Self(Kind::Depart(Departure::new(vcpu, to)))
    }

    /// Does something about a vCPU on whatever core it is: at once if it is here, else by a message. One that is on its way is
    /// followed. The other core drops what it cannot do: after an end nothing else is asked of a vCPU. At most 5 steps.
    ///
    /// Refused with [`crate::error::Refusal::Again`] while an earlier request about it is under way, with
    /// [`crate::error::Refusal::State`] if it has ended or shall be started and is not stopped, with
    /// [`crate::error::Refusal::Invalid`] if the core to go to does not exist.
    pub fn request(request: Request) -> Self {
        Self(Kind::Errand(Errand::own(request)))
    }

    /// The current vCPU stops. Messages that come for it wait until it is started. At most 1 step.
    pub fn stop(vcpu: VcpuId) -> Self {
        Self(Kind::Stop(vcpu))
    }

    /// A guest ends: its vCPUs on every core. At most 7 steps.
    pub fn end(guest: u8, ending: Ending) -> Self {
        Self(Kind::End(End::new(guest, ending)))
    }

    /// Tells a core something. At most 2 steps.
    ///
    /// Refused with [`crate::error::Refusal::Again`] if the ring has no room that is not reserved, with
    /// [`crate::error::Refusal::Invalid`] if no such core is.
    pub fn notify(to: CoreId, notice: Notice) -> Self {
        Self(Kind::Notify(Notify::new(to, notice)))
    }

    /// Something shall become of a guest. At most 4 steps.
    ///
    /// Refused with [`crate::error::Refusal::Again`] if it shall begin anew and is about to.
    pub fn ask(guest: u8, wish: Wish) -> Self {
        Self(Kind::Ask(Ask::new(guest, wish, None)))
    }

    /// The current vCPU stops, because its guest shall begin anew. At most 4 steps.
    pub fn restart(vcpu: VcpuId, guest: u8) -> Self {
        Self(Kind::Ask(Ask::new(guest, Wish::Restart, Some(vcpu))))
    }

    /// On the core that gives the orders, when [`super::Node::attends`]: what is wished, what has been done, the next order. At
    /// most 51 steps.
    pub fn direct() -> Self {
        Self(Kind::Direct(Direct::new()))
    }

    /// The most steps that an operation of this kind takes, counted for 8 vCPUs and 4 cores.
    pub fn bound<R: Rules>(&self) -> u32 {
        match self.0 {
            // Post and locate each of eight, ring four cores.
            Kind::Send(_) => 2 * 8 + 4,
            // Clear, take, look at seven; or clear and look at eight.
            Kind::Bell(_) => 9,
            Kind::Switch(_) | Kind::Stop(_) => 1,
            // Find three rings empty; for each message remove it, look at who arrives, carry out what waited for it: a departure
            // and the release of the claim. At last raise the mail again.
            // An order comes last.
            Kind::Mail(_) => 3 + (1 + 1 + 4) * R::BATCH as u32 + ORDER + 1,
            // Locate, announce, mail.
            Kind::Depart(_) => 3,
            // Claim, stopped, locate, push, mail; or claim, a departure, release.
            Kind::Errand(_) => 5,
            // Push and mail to three cores; a step to begin.
            Kind::End(_) => 1 + 2 * 3,
            Kind::Notify(_) => 2,
            // Stop, wish, push, mail.
            Kind::Ask(_) => 4,
            // The wishes; four cores, four vCPUs and the end of an order; the next order, here and to three cores, and that there are no more.
            Kind::Direct(_) => 1 + (4 + 4 + 1) + 1 + ORDER + 2 * 3 + 1,
        }
    }
}
