//! The mail: messages from other cores.

use super::control::Control;
use super::errand::Errand;
use super::local::Local;
use super::message::Message;
use super::node::{DONE, Node, Step};
use super::rules::Rules;
use super::set::Set;
use super::shared::{CoreId, Shared};
use crate::vcpu::VcpuId;

/// Remove and carry out what is in the rings; the interrupt was cleared before.
///
/// A message that comes after its ring was found empty raises the interrupt again, because senders append first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Mail {
    begun: bool,
    /// Rings not found empty yet.
    rings: Set,
    /// Messages that may still be removed.
    left: u8,
    hand: Hand,
}

/// What is being carried out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Hand {
    Empty,
    Arrival(VcpuId),
    Errand(Errand),
    Control(Control),
}

impl Mail {
    pub(super) fn new() -> Self {
        Self { begun: false, rings: Set::EMPTY, left: 0, hand: Hand::Empty }
    }
}

impl Node {
    pub(super) fn mail<R: Rules>(&mut self, mail: &mut Mail, local: &mut impl Local, shared: &mut impl Shared) -> Step {
        if !mail.begun {
            (mail.begun, mail.rings, mail.left) = (true, self.others, R::BATCH);
            self.mail &= !R::FORGET_FIRST;
        }
        match mail.hand {
            Hand::Arrival(vcpu) => self.arrive::<R>(&mut mail.hand, vcpu, local, shared),
            Hand::Errand(ref mut errand) => {
                if matches!(self.errand::<R>(errand, local, shared), Step::Done(_)) {
                    mail.hand = Hand::Empty;
                }
            }
            Hand::Control(ref mut control) => {
                if matches!(self.control::<R>(control, local, shared), Step::Done(_)) {
                    mail.hand = Hand::Empty;
                }
            }
            Hand::Empty => {
                let Some(ring) = self.next_ring(mail.rings) else {
                    if !R::CLEAR_FIRST {
                        shared.clear_mail();
                    }
                    self.mail &= R::FORGET_FIRST;
                    return DONE;
                };
                if mail.left == 0 {
                    shared.mail(self.me);
                    return DONE;
                }
                match shared.pop(CoreId(ring)) {
                    Some((message, more)) => {
                        if !more {
                            mail.rings.remove(ring);
                        }
                        // An order is much to do, and the last of its batch.
                        let order = matches!(message, Message::Order { .. });
                        mail.left = if order { 0 } else { mail.left.saturating_sub(1) };
                        if mail.left == 0 {
                            self.turn = ring.saturating_add(1);
                        }
                        self.receive::<R>(&mut mail.hand, CoreId(ring), message, local);
                    }
                    None => {
                        mail.rings.remove(ring);
                    }
                }
            }
        }
        Step::More
    }

    /// The ring to look at: after a full batch the next core's turn comes first.
    fn next_ring(&self, rings: Set) -> Option<u8> {
        let (mut later, mut all) = (rings, rings);
        later.find(|&ring| ring >= self.turn).or_else(|| all.pop())
    }

    fn receive<R: Rules>(&mut self, hand: &mut Hand, from: CoreId, message: Message, local: &mut impl Local) {
        match message {
            Message::Arrive { vcpu } => *hand = Hand::Arrival(vcpu),
            Message::Request(request) if self.renewing.remove(request.vcpu().0) => {
                let (vcpu, number) = (request.vcpu(), self.unanswered.unwrap_or(0));
                *hand = Hand::Control(Control::dropped(local.guest(vcpu), vcpu, number));
            }
            Message::Request(request) => *hand = Hand::Errand(Errand::received(request)),
            Message::End { guest, life, ending } => {
                if life == self.life(guest) || !R::TELL_LIVES_APART {
                    self.end_here(guest, ending, local);
                }
            }
            Message::Order { guest, order, number } => *hand = Hand::Control(Control::new(guest, order, number)),
            Message::Attend => self.direct.attend = true,
            Message::Notice(notice) => local.notice(from, notice),
        }
    }

    /// `vcpu` is here now: messages may have come while it was on its way, for which the bell rang where it was not; its guest may have
    /// ended; a request may be here already.
    fn arrive<R: Rules>(&mut self, hand: &mut Hand, vcpu: VcpuId, local: &mut impl Local, shared: &mut impl Shared) {
        *hand = Hand::Empty;
        local.arrive(vcpu);
        self.here.add(vcpu.0);
        if R::REMEMBER_ENDED && self.ended.has(local.guest(vcpu)) {
            local.end(vcpu);
        }
        if R::LOOK_ON_ARRIVAL {
            self.look(vcpu, local, shared);
        }
        let guest = local.guest(vcpu);
        if R::REMEMBER_STANDING && self.standing.has(guest) {
            *hand = Hand::Control(Control::late(guest, vcpu));
            return;
        }
        if let Some(request) = self.held(vcpu).and_then(Option::take) {
            *hand = Hand::Errand(Errand::received(request));
        }
    }
}
