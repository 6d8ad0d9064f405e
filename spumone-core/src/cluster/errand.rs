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
/// Whoever sends one has the vCPU's claim, so there is one under way at most. A core that gets one reads the location: if the vCPU is
/// on its way here, the request waits in [`Node::held`] for it; if it has gone elsewhere, the request follows. It goes from core
/// to core at most once more than the vCPU does meanwhile: it was sent where the vCPU was, and is sent again only because the
/// vCPU has left.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Errand {
    request: Request,
    claimed: bool,
    stage: Stage,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Stage {
    Begin,
    Stopped,
    Locate,
    Push(CoreId),
    Mail(CoreId),
    Leave(Departure),
    /// The claim is given back; true if the request was carried out.
    Release(bool),
}

impl Errand {
    /// A request of this core's own.
    pub(super) fn own(request: Request) -> Self {
        Self { request, claimed: false, stage: Stage::Begin }
    }

    /// A request that came by message.
    pub(super) fn received(request: Request) -> Self {
        Self { request, claimed: true, stage: Stage::Begin }
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
            Stage::Begin if !self.is_possible(&errand.request) => return refused(Refusal::Invalid),
            Stage::Begin if self.has(vcpu) => return self.act::<R>(errand, local, shared),
            Stage::Begin if !errand.claimed => {
                if !shared.claim(vcpu) {
                    return refused(Refusal::Again);
                }
                errand.claimed = true;
                let start = matches!(errand.request, Request::Start { .. });
                errand.stage = if start { Stage::Stopped } else { Stage::Locate };
            }
            Stage::Stopped => {
                errand.stage = if shared.stopped(vcpu) { Stage::Locate } else { Stage::Release(false) };
            }
            Stage::Begin | Stage::Locate => {
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
                Step::Done(_) if errand.claimed => errand.stage = Stage::Release(true),
                step => return step,
            },
            Stage::Release(done) => {
                shared.release(vcpu);
                return if done { DONE } else { refused(Refusal::State) };
            }
        }
        Step::More
    }

    /// The core to go to exists. What came by message was asked this where it came from.
    fn is_possible(&self, request: &Request) -> bool {
        !matches!(request, Request::Move { to, .. } if !self.knows(*to))
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
                return if errand.claimed { Step::More } else { DONE };
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
        match (errand.claimed, done) {
            (true, _) => self.errand::<R>(errand, local, shared),
            (false, true) => DONE,
            (false, false) => refused(Refusal::State),
        }
    }

    fn hold(&mut self, request: Request, local: &mut impl Local) {
        match self.held.get_mut(request.vcpu().index()) {
            Some(slot @ None) => *slot = Some(request),
            _ => local.mistake("two requests about one vCPU are under way"),
        }
    }
}
