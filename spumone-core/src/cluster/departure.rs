//! A vCPU goes to another core.

use super::local::Local;
use super::message::Message;
use super::node::{DONE, Node, Step, refused};
use super::rules::Rules;
use super::shared::{CoreId, Shared};
use crate::error::Refusal;
use crate::vcpu::{State, VcpuId};

/// Save and mask, change the location, announce, raise the mail.
///
/// The location changes before the announcement, so that whoever posted and still rings here did post before the vCPU
/// arrives, where it is looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Departure {
    vcpu: VcpuId,
    to: CoreId,
    stage: Stage,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Stage {
    Begin,
    Locate,
    Announce,
    Mail,
}

impl Departure {
    pub(super) fn new(vcpu: VcpuId, to: CoreId) -> Self {
        Self { vcpu, to, stage: Stage::Begin }
    }
}

impl Node {
    pub(super) fn has_alive(&self, vcpu: VcpuId, local: &impl Local) -> bool {
        self.has(vcpu) && !matches!(local.state(vcpu), State::Ended | State::Parked)
    }

    pub(super) fn depart<R: Rules>(
        &mut self,
        departure: &mut Departure,
        local: &mut impl Local,
        shared: &mut impl Shared,
    ) -> Step {
        let Departure { vcpu, to, .. } = *departure;
        if departure.stage == Stage::Begin {
            if !self.knows(to) {
                return refused(Refusal::Invalid);
            }
            if !self.has_alive(vcpu, local) {
                return refused(Refusal::State);
            }
            if to == self.me {
                return DONE;
            }
            local.depart(vcpu);
            self.here.remove(vcpu.0);
            self.owed.remove(vcpu.0);
            self.told.remove(vcpu.0);
            departure.stage = if R::LOCATE_FIRST { Stage::Locate } else { Stage::Announce };
        }
        departure.stage = match departure.stage {
            Stage::Begin | Stage::Locate => {
                shared.set_location(vcpu, to);
                if !R::LOCATE_FIRST {
                    return DONE;
                }
                Stage::Announce
            }
            Stage::Announce => {
                self.deliver(to, Message::Arrive { vcpu }, local, shared);
                Stage::Mail
            }
            Stage::Mail => {
                shared.mail(to);
                if R::LOCATE_FIRST {
                    return DONE;
                }
                Stage::Locate
            }
        };
        Step::More
    }

    /// Appends a message that must fit.
    pub(super) fn deliver(&self, to: CoreId, message: Message, local: &mut impl Local, shared: &mut impl Shared) {
        if !shared.push(to, message) {
            local.mistake("a ring between cores has no room for a message that must fit");
        }
    }
}
