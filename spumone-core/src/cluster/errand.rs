//! A request about a vCPU: here at once, elsewhere by message, and after it if it has moved on.

use super::departure::Departure;
use super::local::Local;
use super::message::{Message, Request};
use super::node::{DONE, Node, Step, refused};
use super::rules::Rules;
use super::shared::{CoreId, Shared};
use crate::error::Refusal;
use crate::vcpu::State;

/// A request and what is left to do of it.
///
/// Whoever has one has the vCPU's claim, so there is one under way at most, and what is asked later happens later. A core that gets one reads the location: if the vCPU is
/// on its way here, the request waits in [`Node::held`] for it; if it has gone elsewhere, the request follows. It goes from core
/// to core at most once more than the vCPU does meanwhile: it was sent where the vCPU was, and is sent again only because the
/// vCPU has left.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Errand {
    request: Request,
    stage: Stage,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Stage {
    Claim,
    /// It shall be started, and is not here: is it stopped?
    Stopped,
    Begin,
    Push(CoreId),
    Mail(CoreId),
    Leave(Departure),
    /// The claim is given back; true if the request was carried out.
    Release(bool),
}

impl Errand {
    /// A request of this core's own.
    pub(super) fn own(request: Request) -> Self {
        Self { request, stage: Stage::Claim }
    }

    /// A request that came by message.
    pub(super) fn received(request: Request) -> Self {
        Self { request, stage: Stage::Begin }
    }
}

impl Node {
    pub(super) fn errand<R: Rules>(
        &mut self,
        errand: &mut Errand,
        local: &mut impl Local,
        shared: &mut impl Shared,
    ) -> Step {
        let vcpu = errand.request.vcpu();
        match errand.stage {
            Stage::Claim => {
                if matches!(errand.request, Request::Move { to, .. } if !self.knows(to)) {
                    return refused(Refusal::Invalid);
                }
                if (R::CLAIM_OWN || !self.has(vcpu)) && !shared.claim(vcpu) {
                    return refused(Refusal::Again);
                }
                let elsewhere = matches!(errand.request, Request::Start { .. }) && !self.has(vcpu);
                errand.stage = if elsewhere { Stage::Stopped } else { Stage::Begin };
            }
            Stage::Stopped => {
                errand.stage = if shared.stopped(vcpu) { Stage::Begin } else { Stage::Release(false) };
            }
            Stage::Begin if !self.standing.is_empty() && self.has(vcpu) && self.standing.has(local.guest(vcpu)) => {
                self.hold(errand.request, local);
                return DONE;
            }
            Stage::Begin if self.has(vcpu) => return self.act::<R>(errand, local, shared),
            Stage::Begin => {
                let core = shared.location(vcpu);
                if core == self.me {
                    self.hold(errand.request, local);
                    return DONE;
                }
                errand.stage = Stage::Push(core);
            }
            Stage::Push(core) => {
                self.deliver(core, Message::Request(errand.request), local, shared);
                errand.stage = Stage::Mail(core);
            }
            Stage::Mail(core) => {
                shared.mail(core);
                return DONE;
            }
            Stage::Leave(ref mut departure) => match self.depart::<R>(departure, local, shared) {
                Step::Done(_) => errand.stage = Stage::Release(true),
                Step::More => {}
            },
            Stage::Release(done) => {
                shared.release(vcpu);
                return if done { DONE } else { refused(Refusal::State) };
            }
        }
        Step::More
    }

    /// The vCPU is here.
    fn act<R: Rules>(&mut self, errand: &mut Errand, local: &mut impl Local, shared: &mut impl Shared) -> Step {
        let alive = self.has_alive(errand.request.vcpu(), local);
        let done = match errand.request {
            _ if !alive => false,
            Request::Move { vcpu, to } if local.set_home(vcpu, to) && to != self.me => {
                errand.stage = Stage::Leave(Departure::new(vcpu, to));
                return self.errand::<R>(errand, local, shared);
            }
            Request::Move { .. } => true,
            Request::Start { vcpu, entry, arg } if local.state(vcpu) == State::Stopped => {
                local.start(vcpu, entry, arg);
                shared.set_stopped(vcpu, false);
                errand.stage = Stage::Release(true);
                return Step::More;
            }
            Request::Start { .. } => false,
            Request::Irq { vcpu, code, level, on } => {
                local.irq(vcpu, code, level, on);
                true
            }
            Request::SyscallCore { vcpu, core } => {
                local.set_syscall_core(vcpu, core);
                true
            }
        };
        errand.stage = Stage::Release(done);
        self.errand::<R>(errand, local, shared)
    }

    fn hold(&mut self, request: Request, local: &mut impl Local) {
        match self.held.get_mut(request.vcpu().index()) {
            Some(slot @ None) => *slot = Some(request),
            _ => local.mistake("two requests about one vCPU are under way"),
        }
    }
}
