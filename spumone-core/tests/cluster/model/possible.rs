//! What can happen next.

use super::machine::{Machine, OWNER, STOPPER, State};
use super::stimuli::{Action, Ask, Guest};
use crate::world::{Run, VCPUS};
use spumone_core::cluster::{Rules, Set};

impl<R: Rules> Machine<R> {
    /// Everything that can happen next. Nothing: the end of a path.
    pub(super) fn possible(&self, state: &State, actions: &mut Vec<Action>) {
        for core in 0..state.world.cores.len() {
            if state.holds_work_up(core) {
                // The more urgent guest does what it does, and its interrupts and the mail come, but no step.
                self.interrupts(state, core, actions);
                actions.push(Action::Guest(core, Guest::Idle));
            } else if state.world.cores[core].op.is_some() {
                actions.push(Action::Step(core));
                if state.world.current(core).is_none() {
                    // Not in a call, during which everything is masked.
                    self.alarm(state, core, actions);
                }
            } else if state.world.current(core).is_none() && state.ready(core).next().is_some() {
                // SPUMONE does not return to a core that sleeps while somebody is ready.
                actions.extend(state.ready(core).map(|vcpu| Action::Dispatch(core, vcpu as u8)));
            } else {
                self.interrupts(state, core, actions);
                self.asks(state, core, actions);
                if let Some(vcpu) = state.world.current(core) {
                    self.guest(state, core, vcpu, actions);
                }
            }
        }
        if state.left.devices > 0 && !state.line {
            actions.push(Action::Assert);
        }
    }

    fn interrupts(&self, state: &State, core: usize, actions: &mut Vec<Action>) {
        let at = |set: Set| set.has(core as u8);
        let urgent = |vcpu: usize| state.guest(vcpu) == 1;
        // Levels: what is meant for guest 0 stays pending while guest 1 has the core.
        let masked = state.world.current(core).is_some_and(urgent);
        if at(state.world.memory.mail) {
            actions.push(Action::Mail(core));
        }
        if at(state.world.memory.bell) && !masked {
            actions.push(Action::Bell(core));
        }
        // A ready owner takes it when it has the core.
        let owner = state.world.at(core, OWNER);
        if state.interrupts(core) && !masked && owner != Some(Run::Ready) {
            actions.push(Action::Interrupt(core));
        }
        self.alarm(state, core, actions);
    }

    fn asks(&self, state: &State, core: usize, actions: &mut Vec<Action>) {
        // One watches, from one core.
        let watched_from = core + 1 == state.world.cores.len();
        let left = &state.left;
        for (left, ask) in [(left.pauses, Ask::Pause), (left.resumes, Ask::Resume), (left.resets, Ask::Reset)] {
            let first = ask != Ask::Resume || left == 0 || state.left.pauses == 0;
            if left > 0 && first && watched_from {
                actions.push(Action::Ask(core, ask));
            }
        }
        if state.world.cores[core].node.to_load().is_some() {
            actions.push(Action::Load(core));
        }
    }

    fn alarm(&self, state: &State, core: usize, actions: &mut Vec<Action>) {
        let urgent = |vcpu: usize| state.guest(vcpu) == 1;
        let sleeper = |vcpu| urgent(vcpu) && state.world.at(core, vcpu) == Some(Run::Waiting);
        if state.left.alarms > 0 && (0..VCPUS).any(sleeper) {
            actions.push(Action::Alarm(core));
        }
    }

    fn guest(&self, state: &State, core: usize, vcpu: usize, actions: &mut Vec<Action>) {
        let mut add = |left: u8, guest| {
            if left > 0 {
                actions.push(Action::Guest(core, guest));
            }
        };
        let left = &state.left;
        add(u8::from(!state.late.has(vcpu as u8) || !state.rings(core, vcpu)), Guest::Idle);
        if state.guest(vcpu) != 0 {
            return;
        }
        add(left.sends[vcpu].min(state.mates().count() as u8 - 1), Guest::Send);
        add(left.ends, Guest::End);
        add(left.switches, Guest::Switch { on: !state.wanted });
        for to in (0..state.world.cores.len()).filter(|&to| to != core) {
            add(left.departs[vcpu], Guest::Depart { to: to as u8 });
            add(left.notices, Guest::Notify { to: to as u8 });
        }
        for other in state.mates().filter(|&other| usize::from(other) != vcpu) {
            for to in 0..state.world.cores.len() as u8 {
                add(left.moves, Guest::Move { vcpu: other, to });
            }
        }
        if vcpu == STOPPER {
            add(left.stops, Guest::Stop);
        } else {
            add(left.starts, Guest::Start);
        }
        add(left.restarts, Guest::Restart);
        add(left.slices.min(state.ready(core).count() as u8), Guest::Slice);
    }
}
