//! What ends: a vCPU for now, a guest for good. And what others are merely told.

use super::local::Local;
use super::message::{Ending, Message, Notice};
use super::node::{DONE, Node, Step, refused};
use super::set::Set;
use super::shared::{CoreId, Shared};
use crate::error::Refusal;
use crate::vcpu::{State, VcpuId};

/// End the vCPUs here, tell every other core.
///
/// A vCPU on its way ends where it arrives: a core remembers which guests have ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct End {
    guest: u8,
    ending: Ending,
    begun: bool,
    /// Cores to be told.
    rest: Set,
    /// Told, mail not raised yet.
    half: Option<CoreId>,
}

impl End {
    pub(super) fn new(guest: u8, ending: Ending) -> Self {
        Self { guest, ending, begun: false, rest: Set::EMPTY, half: None }
    }
}

/// Append, raise the mail.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Notify {
    to: CoreId,
    notice: Notice,
    appended: bool,
}

impl Notify {
    pub(super) fn new(to: CoreId, notice: Notice) -> Self {
        Self { to, notice, appended: false }
    }
}

impl Node {
    pub(super) fn stop(&mut self, vcpu: VcpuId, local: &mut impl Local, shared: &mut impl Shared) -> Step {
        if !self.has(vcpu) || local.state(vcpu) != State::Running {
            return refused(Refusal::State);
        }
        local.stop(vcpu);
        shared.set_stopped(vcpu, true);
        DONE
    }

    pub(super) fn end(&mut self, end: &mut End, local: &mut impl Local, shared: &mut impl Shared) -> Step {
        if !end.begun {
            end.begun = true;
            // Another core may have been faster; then it has told everybody.
            if self.end_here(end.guest, end.ending, local) {
                end.rest = self.others;
            }
        } else if let Some(core) = end.half.take() {
            shared.mail(core);
        } else if let Some(core) = end.rest.pop().map(CoreId) {
            let End { guest, ending, .. } = *end;
            let life = self.life(guest);
            self.deliver(core, Message::End { guest, life, ending }, local, shared);
            end.half = Some(core);
        }
        if end.rest.is_empty() && end.half.is_none() { DONE } else { Step::More }
    }

    /// Ends the vCPUs of `guest` here; false if that has been done.
    pub(super) fn end_here(&mut self, guest: u8, ending: Ending, local: &mut impl Local) -> bool {
        if self.ended.has(guest) {
            return false;
        }
        self.ended.add(guest);
        for vcpu in self.here.map(VcpuId) {
            if local.guest(vcpu) == guest {
                local.end(vcpu);
                self.owed.remove(vcpu.0);
            }
        }
        local.ended(guest, ending);
        true
    }

    pub(super) fn notify(&mut self, notify: &mut Notify, local: &mut impl Local, shared: &mut impl Shared) -> Step {
        let Notify { to, notice, .. } = *notify;
        if notify.appended {
            shared.mail(to);
            return DONE;
        }
        if to == self.me {
            local.notice(to, notice);
            return DONE;
        }
        if !self.knows(to) {
            return refused(Refusal::Invalid);
        }
        if !shared.push(to, Message::Notice(notice)) {
            return refused(Refusal::Again);
        }
        notify.appended = true;
        Step::More
    }
}
