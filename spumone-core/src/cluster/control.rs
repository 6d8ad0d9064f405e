//! An order about a guest, carried out on one core: its vCPUs here stand still, go on, or begin anew.

use super::errand::Errand;
use super::local::Local;
use super::message::{Message, Order};
use super::node::{DONE, Node, Step};
use super::rules::Rules;
use super::set::Set;
use super::shared::{ATTENTION, Shared};
use crate::vcpu::VcpuId;

/// One vCPU after the other, then the answer to the director.
///
/// Who stands has its registers in its control block and its word *standing* set, and stays where it is. Requests about it wait in
/// [`Node::held`]. Who begins anew needs its claim: whatever was asked about it in its earlier life is dropped, be it here or still
/// on its way, which is waited for in [`Node::renewing`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Control {
    guest: u8,
    order: Order,
    /// `None`: the order was answered before.
    number: Option<u32>,
    begun: bool,
    /// vCPUs here of which it has not been carried out.
    rest: Set,
    stage: Stage,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Stage {
    Next,
    /// It begins anew, nothing else is asked of it: messages of its earlier life are taken.
    Claimed(VcpuId),
    Taken(VcpuId),
    Renewed(VcpuId),
    /// It goes on: messages may have come.
    Look(VcpuId),
    Errand(Errand),
    Answer,
    Attend,
    Push,
    Mail,
}

impl Control {
    pub(super) fn new(guest: u8, order: Order, number: u32) -> Self {
        Self { guest, order, number: Some(number), begun: false, rest: Set::EMPTY, stage: Stage::Next }
    }

    /// `vcpu` came after its guest was ordered to stand.
    pub(super) fn late(guest: u8, vcpu: VcpuId) -> Self {
        let rest = Set::from_bits(1 << vcpu.0);
        Self { guest, order: Order::Pause, number: None, begun: true, rest, stage: Stage::Next }
    }

    /// A request about `vcpu`, which begins anew, came: it is dropped, and its claim is ours.
    pub(super) fn dropped(guest: u8, vcpu: VcpuId, number: u32) -> Self {
        let (order, number) = (Order::Renew, Some(number));
        Self { guest, order, number, begun: true, rest: Set::EMPTY, stage: Stage::Claimed(vcpu) }
    }
}

impl Node {
    pub(super) fn control<R: Rules>(
        &mut self,
        control: &mut Control,
        local: &mut impl Local,
        shared: &mut impl Shared,
    ) -> Step {
        if !control.begun {
            self.begin_order(control, local);
        }
        match control.stage {
            Stage::Next => return self.next_vcpu::<R>(control, local, shared),
            Stage::Claimed(vcpu) => {
                shared.take(vcpu);
                self.owed.remove(vcpu.0);
                self.told.remove(vcpu.0);
                control.stage = Stage::Taken(vcpu);
            }
            Stage::Taken(vcpu) => {
                let stopped = local.renew(vcpu);
                shared.set_stopped(vcpu, stopped);
                control.stage = Stage::Renewed(vcpu);
            }
            Stage::Renewed(vcpu) => {
                shared.release(vcpu);
                control.stage = Stage::Next;
            }
            Stage::Look(vcpu) => {
                self.owed.remove(vcpu.0);
                self.look(vcpu, local, shared);
                let held = self.held(vcpu).and_then(Option::take);
                control.stage = held.map_or(Stage::Next, |request| Stage::Errand(Errand::received(request)));
            }
            Stage::Errand(ref mut errand) => {
                if matches!(self.errand::<R>(errand, local, shared), Step::Done(_)) {
                    control.stage = Stage::Next;
                }
            }
            Stage::Answer => {
                shared.set_done(control.number.unwrap_or(0));
                control.stage = Stage::Attend;
            }
            Stage::Attend => {
                if shared.wish(ATTENTION) & ATTENTION != 0 {
                    // Somebody's message is on its way to the director.
                    return DONE;
                }
                control.stage = Stage::Push;
            }
            Stage::Push => {
                self.deliver(self.director, Message::Attend, local, shared);
                control.stage = Stage::Mail;
            }
            Stage::Mail => {
                shared.mail(self.director);
                return DONE;
            }
        }
        Step::More
    }

    fn begin_order(&mut self, control: &mut Control, local: &mut impl Local) {
        let Control { guest, order, .. } = *control;
        control.begun = true;
        control.rest = self.here.and(local.vcpus_of(guest));
        match order {
            Order::Pause => self.standing.add(guest),
            Order::Resume => {
                self.standing.remove(guest);
            }
            Order::Renew => {
                self.ended.remove(guest);
                if let Some(life) = self.lives.get_mut(usize::from(guest)) {
                    *life = life.wrapping_add(1);
                }
                local.renewed(guest);
            }
        }
    }

    fn next_vcpu<R: Rules>(&mut self, control: &mut Control, local: &mut impl Local, shared: &mut impl Shared) -> Step {
        let Some(vcpu) = control.rest.first().map(VcpuId) else { return self.answer(control) };
        match control.order {
            Order::Pause => {
                if !local.pause(vcpu) {
                    // It is inside a call, and goes on until that is over.
                    return Step::More;
                }
                shared.set_standing(vcpu, true);
            }
            Order::Resume => {
                local.resume(vcpu);
                shared.set_standing(vcpu, false);
                control.stage = Stage::Look(vcpu);
            }
            Order::Renew if !R::DROP_OLD => control.stage = Stage::Claimed(vcpu),
            Order::Renew => {
                let held = self.held(vcpu).and_then(Option::take).is_some();
                if held || shared.claim(vcpu) {
                    control.stage = Stage::Claimed(vcpu);
                } else {
                    self.renewing.add(vcpu.0);
                }
            }
        }
        control.rest.remove(vcpu.0);
        Step::More
    }

    /// All vCPUs here have been seen to, but for those about which a request is still on its way.
    fn answer(&mut self, control: &mut Control) -> Step {
        if !self.renewing.is_empty() {
            self.unanswered = control.number;
            return DONE;
        }
        if let Some(number) = control.number {
            self.done = number;
        }
        if self.me == self.director {
            self.direct.attend = true;
            return DONE;
        }
        control.stage = if control.number.is_some() { Stage::Answer } else { Stage::Attend };
        Step::More
    }
}
