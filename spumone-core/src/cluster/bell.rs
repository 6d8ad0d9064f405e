//! The bell: a virtual interrupt waits for some vCPU of this core. And whom it is rung for again.

use super::local::Local;
use super::node::{DONE, Node, Step};
use super::rules::Rules;
use super::set::Set;
use super::shared::Shared;
use crate::vcpu::VcpuId;

/// Clear the bell, take the own messages, look whether it rang for others.
///
/// A message that comes after its vCPU was looked at is followed by another ring, because senders post first; the bell
/// is cleared before anything is looked at, so that this ring is not lost.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Bell {
    /// Who takes its messages; nobody if SPUMONE itself took the bell.
    taker: Option<VcpuId>,
    bits: u8,
    stage: Stage,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Stage {
    Begin,
    Take,
    /// These have not been looked at yet.
    Look(Set),
    /// Only if [`Rules::CLEAR_FIRST`] is broken.
    Clear,
}

impl Bell {
    pub(super) fn new(taker: Option<VcpuId>) -> Self {
        Self { taker, bits: 0, stage: Stage::Begin }
    }
}

impl Node {
    pub(super) fn bell<R: Rules>(&mut self, bell: &mut Bell, local: &mut impl Local, shared: &mut impl Shared) -> Step {
        match bell.stage {
            Stage::Begin => {
                if R::CLEAR_FIRST {
                    shared.clear_bell();
                }
                bell.stage = if bell.taker.is_some() { Stage::Take } else { Stage::Look(self.unpaid(None)) };
            }
            Stage::Take => {
                if let Some(vcpu) = bell.taker {
                    bell.bits = shared.take(vcpu);
                    self.owed.remove(vcpu.0);
                    self.told.remove(vcpu.0);
                }
                bell.stage = Stage::Look(self.unpaid(bell.taker));
            }
            Stage::Look(ref mut rest) => {
                if let Some(vcpu) = rest.pop().map(VcpuId) {
                    self.look(vcpu, local, shared);
                }
            }
            Stage::Clear => shared.clear_bell(),
        }
        match bell.stage {
            Stage::Look(rest) if rest.is_empty() && !R::CLEAR_FIRST => bell.stage = Stage::Clear,
            Stage::Look(rest) if rest.is_empty() => return Step::Done(Ok(bell.bits)),
            Stage::Clear => return Step::Done(Ok(bell.bits)),
            _ => {}
        }
        Step::More
    }

    /// Whom else the bell may have been for: those of whom it is not known already.
    fn unpaid(&self, taker: Option<VcpuId>) -> Set {
        let mut rest = self.here.without(self.owed);
        if let Some(taker) = taker {
            rest.remove(taker.0);
        }
        rest
    }

    /// Does a message wait for `vcpu`?
    pub(super) fn look(&mut self, vcpu: VcpuId, local: &mut impl Local, shared: &mut impl Shared) {
        if shared.pending(vcpu) != 0 {
            self.owe(vcpu, local);
        }
    }

    /// `vcpu` gets the core: if its bell was cleared, it rings again.
    pub(super) fn switch<R: Rules>(&mut self, vcpu: VcpuId, shared: &mut impl Shared) -> Step {
        if self.owed.remove(vcpu.0) && R::REPAY {
            self.told.add(vcpu.0);
            shared.ring(self.me);
        }
        DONE
    }
}
