//! The director: one core that orders guests to stand, to go on and to begin anew, one order at a time.

use super::control::Control;
use super::local::Local;
use super::message::{Message, Order};
use super::node::{DONE, Node, Step, refused};
use super::rules::Rules;
use super::set::Set;
use super::shared::{ATTENTION, CoreId, Shared};
use crate::error::Refusal;
use crate::vcpu::VcpuId;

/// What shall become of a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wish {
    /// It shall stand.
    Pause,
    /// It shall go on.
    Resume,
    /// It shall begin anew from its image.
    Restart,
}

impl Wish {
    /// Its bit in the word of wishes.
    pub fn bit(self, guest: u8) -> u32 {
        let bit = 1u32.checked_shl(guest.into()).unwrap_or(0) & 0xff;
        if self == Self::Restart { bit << 8 } else { bit }
    }
}

/// Change the word of wishes, and tell the director unless somebody else does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Ask {
    guest: u8,
    wish: Wish,
    /// It stops first: the current vCPU, whose guest it is.
    stop: Option<VcpuId>,
    refused: bool,
    stage: AskStage,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum AskStage {
    Begin,
    Wish,
    Push,
    Mail,
}

impl Ask {
    pub(super) fn new(guest: u8, wish: Wish, stop: Option<VcpuId>) -> Self {
        Self { guest, wish, stop, refused: false, stage: AskStage::Begin }
    }
}

/// What the director knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Director {
    /// Something has changed that it should look at.
    pub(super) attend: bool,
    /// Guests that shall stand, and that shall begin anew, as the word of wishes said last.
    hold: Set,
    renew: Set,
    /// Guests that were ordered to stand.
    stood: Set,
    /// A guest that stands and whose memory is loaded, or has been.
    loading: Option<u8>,
    loaded: bool,
    /// The order that is under way, and cores and vCPUs that are not known to have carried it out.
    order: Option<(u8, Order)>,
    number: u32,
    cores: Set,
    vcpus: Set,
}

impl Director {
    pub(super) const NONE: Self = Self {
        attend: false,
        hold: Set::EMPTY,
        renew: Set::EMPTY,
        stood: Set::EMPTY,
        loading: None,
        loaded: false,
        order: None,
        number: 0,
        cores: Set::EMPTY,
        vcpus: Set::EMPTY,
    };

    /// The next order.
    fn decide(&mut self) -> Option<(u8, Order)> {
        if let Some(guest) = self.loading {
            return self.loaded.then_some((guest, Order::Renew));
        }
        let stands = self.hold.or(self.renew);
        if let Some(guest) = stands.without(self.stood).first() {
            self.stood.add(guest);
            return Some((guest, Order::Pause));
        }
        if let Some(guest) = self.renew.first() {
            (self.loading, self.loaded, self.attend) = (Some(guest), false, true);
            return None;
        }
        let guest = self.stood.without(stands).first()?;
        self.stood.remove(guest);
        Some((guest, Order::Resume))
    }
}

/// Look at what is wished and at what has been done, then give the next order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Direct {
    stage: Stage,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Stage {
    Wishes,
    Check,
    Own(Control, Message),
    Tell(Set, Message),
    Mail(Set, Message, CoreId),
}

impl Direct {
    pub(super) fn new() -> Self {
        Self { stage: Stage::Wishes }
    }
}

impl Node {
    pub(super) fn ask(&mut self, ask: &mut Ask, local: &mut impl Local, shared: &mut impl Shared) -> Step {
        let bit = ask.wish.bit(ask.guest);
        match ask.stage {
            AskStage::Begin => {
                if let Some(vcpu) = ask.stop {
                    // As if it had stopped by itself: it runs no more in this life.
                    let step = self.stop(vcpu, local, shared);
                    if step != DONE {
                        return step;
                    }
                } else if ask.wish == Wish::Resume {
                    shared.unwish(bit);
                }
                ask.stage = AskStage::Wish;
            }
            AskStage::Wish => {
                let before = shared.wish(ATTENTION | if ask.wish == Wish::Resume { 0 } else { bit });
                ask.refused = ask.wish == Wish::Restart && before & bit != 0;
                if before & ATTENTION != 0 {
                    return Self::asked(ask);
                }
                ask.stage = AskStage::Push;
            }
            AskStage::Push => {
                if self.me == self.director {
                    self.direct.attend = true;
                } else {
                    self.deliver(self.director, Message::Attend, local, shared);
                }
                ask.stage = AskStage::Mail;
            }
            AskStage::Mail => {
                shared.mail(self.director);
                return Self::asked(ask);
            }
        }
        Step::More
    }

    fn asked(ask: &Ask) -> Step {
        if ask.refused { refused(Refusal::Again) } else { DONE }
    }

    /// This core gives the orders, and has something to do: to load memory if there is [`Node::to_load`], else an [`super::Op::direct`].
    pub fn attends(&self) -> bool {
        self.direct.attend
    }

    /// The guest whose memory is to be loaded now: all its vCPUs stand. [`Node::loaded`] follows.
    pub fn to_load(&self) -> Option<u8> {
        self.direct.loading.filter(|_| !self.direct.loaded)
    }

    /// The memory of that guest has been loaded.
    pub fn loaded(&mut self) {
        self.direct.loaded = true;
    }

    /// It cannot be loaded: the guest, which has ended meanwhile, does not begin anew.
    pub fn not_loaded(&mut self) {
        // As if everybody had carried that out.
        self.direct.order = self.direct.loading.map(|guest| (guest, Order::Renew));
        self.direct.loaded = true;
    }

    /// `guest` stands, or is about to.
    pub fn stands(&self, guest: u8) -> bool {
        self.standing.has(guest)
    }

    pub(super) fn direct<R: Rules>(
        &mut self,
        direct: &mut Direct,
        local: &mut impl Local,
        shared: &mut impl Shared,
    ) -> Step {
        match direct.stage {
            Stage::Wishes => {
                self.direct.attend = false;
                let wishes = shared.unwish(ATTENTION).to_le_bytes();
                let [hold, renew, ..] = wishes;
                (self.direct.hold, self.direct.renew) = (Set::from_bits(hold), Set::from_bits(renew));
                direct.stage = Stage::Check;
            }
            Stage::Check => return self.check(direct, local, shared),
            Stage::Own(ref mut control, message) => {
                if matches!(self.control::<R>(control, local, shared), Step::Done(_)) {
                    direct.stage = Stage::Tell(self.others, message);
                }
            }
            Stage::Tell(mut rest, message) => {
                let Some(core) = rest.pop().map(CoreId) else { return DONE };
                self.deliver(core, message, local, shared);
                direct.stage = Stage::Mail(rest, message, core);
            }
            Stage::Mail(rest, message, core) => {
                shared.mail(core);
                direct.stage = Stage::Tell(rest, message);
            }
        }
        Step::More
    }

    fn check(&mut self, direct: &mut Direct, local: &mut impl Local, shared: &mut impl Shared) -> Step {
        let number = self.direct.number;
        if let Some(core) = self.direct.cores.first().map(CoreId) {
            let done = if core == self.me { self.done } else { shared.done(core) };
            if done != number {
                return DONE;
            }
            self.direct.cores.remove(core.0);
        } else if let Some(vcpu) = self.direct.vcpus.first().map(VcpuId) {
            if !shared.standing(vcpu) {
                return DONE;
            }
            self.direct.vcpus.remove(vcpu.0);
        } else if let Some((guest, Order::Renew)) = self.direct.order {
            (self.direct.order, self.direct.loading) = (None, None);
            self.direct.renew.remove(guest);
            shared.unwish(Wish::Restart.bit(guest));
        } else {
            self.direct.order = None;
            let Some((guest, order)) = self.direct.decide() else { return DONE };
            let number = number.wrapping_add(1);
            self.direct.number = number;
            self.direct.order = Some((guest, order));
            self.direct.cores = self.others;
            self.direct.cores.add(self.me.0);
            if order == Order::Pause {
                self.direct.vcpus = local.vcpus_of(guest);
            }
            let message = Message::Order { guest, order, number };
            direct.stage = Stage::Own(Control::new(guest, order, number), message);
        }
        Step::More
    }
}
