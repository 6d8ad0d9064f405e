//! What the interrupt path does, decided ahead: one action for each pair of current vCPU and source.

use super::{Code, Ownership};
use crate::sched::Scheduler;
use crate::vcpu::{State, VcpuId};

/// What happens to an interrupt without asking anybody. The architecture keeps one table of these for each vCPU (and one
/// for the idle core), so that the interrupt path is an indexed jump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The owner is current and has vectors: jump to its handler.
    Forward,
    /// The owner waits in `idle` and is more urgent than the current vCPU: save that one, return from the owner's call.
    Preempt(VcpuId),
    /// The owner is less urgent than the current vCPU: go back with IMASK raised, the interrupt stays pending.
    Defer,
    /// Everything else: ask the portable code.
    Ask,
}

/// What decides about an action besides ownership and priority.
#[derive(Clone, Copy, Debug)]
pub struct Conditions {
    /// The vCPU has told its vectors.
    pub has_vectors: bool,
    /// More than one guest uses the FPU, so that a switch has to change its contents.
    pub fpu_shared: bool,
}

impl Action {
    /// The action while `current` has the core (`None`: it sleeps).
    pub fn choose(
        current: Option<VcpuId>,
        code: Code,
        owners: &Ownership,
        sched: &Scheduler,
        conditions: Conditions,
    ) -> Self {
        let Some(source) = owners.source(code) else { return Self::Ask };
        let owner = source.vcpu;
        if matches!(sched.state(owner), State::Stopped | State::Ended | State::Parked) {
            return Self::Ask;
        }
        let urgent = |than: VcpuId| sched.priority(owner) > sched.priority(than);
        match current {
            Some(current) if current == owner => {
                if conditions.has_vectors {
                    Self::Forward
                } else {
                    Self::Ask
                }
            }
            Some(current) if !urgent(current) => Self::Defer,
            _ if conditions.fpu_shared => Self::Ask,
            _ => Self::Preempt(owner),
        }
    }
}
