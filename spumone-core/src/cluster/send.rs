//! Sending a virtual inter-processor interrupt.

use super::local::Local;
use super::node::{DONE, Node, Step};
use super::rules::Rules;
use super::set::Set;
use super::shared::Shared;
use crate::vcpu::{State, VcpuId};

/// To everybody: post, then find out where to ring; to each core found: ring once.
///
/// A vCPU that moves meanwhile is not missed. If its location was read before it changed, so was the post made, and the core
/// where it arrives looks after that. If it was read afterwards, the bell is rung where it goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Send {
    /// Not posted to yet.
    targets: Set,
    bits: u8,
    /// Half done: posted to, location not read yet.
    half: Option<VcpuId>,
    /// Cores to ring at.
    cores: Set,
}

impl Send {
    pub(super) fn new(targets: Set, bits: u8) -> Self {
        Self { targets, bits, half: None, cores: Set::EMPTY }
    }
}

impl Node {
    pub(super) fn send<R: Rules>(&mut self, send: &mut Send, local: &mut impl Local, shared: &mut impl Shared) -> Step {
        if let Some(vcpu) = send.half.take() {
            if R::POST_FIRST {
                self.find(send, vcpu, shared);
            } else {
                shared.post(vcpu, send.bits);
            }
        } else if let Some(vcpu) = send.targets.pop().map(VcpuId) {
            if self.has(vcpu) {
                shared.post(vcpu, send.bits);
                if local.state(vcpu) == State::Running {
                    send.cores.add(self.me.0);
                } else {
                    self.owe(vcpu, local);
                }
            } else {
                send.half = Some(vcpu);
                if R::POST_FIRST {
                    shared.post(vcpu, send.bits);
                } else {
                    self.find(send, vcpu, shared);
                }
            }
        } else if let Some(core) = send.cores.pop() {
            shared.ring(super::CoreId(core));
        }
        let done = send.half.is_none() && send.targets.is_empty() && send.cores.is_empty();
        if done { DONE } else { Step::More }
    }

    fn find(&self, send: &mut Send, vcpu: VcpuId, shared: &mut impl Shared) {
        let core = shared.location(vcpu);
        // Who is on its way here is looked at when it arrives.
        if core != self.me {
            send.cores.add(core.0);
        }
    }
}
