//! What the interrupt path does, decided ahead: one action for each pair of current vCPU and source.

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

/// What an action depends on.
#[derive(Clone, Copy, Debug)]
pub struct Situation {
    /// Who has the core (`None`: it sleeps), its priority, and whether it has told its vectors.
    pub current: Option<(VcpuId, u8, bool)>,
    /// Whose interrupt it is.
    pub owner: VcpuId,
    /// The owner's priority.
    pub priority: u8,
    /// What the owner does.
    pub state: State,
    /// Nobody else uses a unit (FPU, MMU) that the owner uses, so that a switch changes no unit's contents.
    pub alone: bool,
}

impl Action {
    /// The action in a situation.
    pub fn choose(situation: &Situation) -> Self {
        let Situation { current, owner, priority, state, alone } = *situation;
        if matches!(state, State::Stopped | State::Ended | State::Parked | State::Away) {
            return Self::Ask;
        }
        match current {
            Some((current, _, has_vectors)) if current == owner => {
                if has_vectors {
                    Self::Forward
                } else {
                    Self::Ask
                }
            }
            Some((_, current, _)) if current > priority => Self::Defer,
            // Its equals share the core by turns; whose turn it is, is not decided ahead.
            Some((_, current, _)) if current == priority => Self::Ask,
            _ if alone => Self::Preempt(owner),
            _ => Self::Ask,
        }
    }
}
