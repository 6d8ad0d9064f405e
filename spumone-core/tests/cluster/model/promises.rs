//! What the protocol promises, in words and as a question about a state.

use super::machine::{OWNER, State};
use crate::world::{Run, VCPUS};
use spumone_core::cluster::Message;

/// One owner: a vCPU is on one core, or it is on its way (its registers in its control block); one arrival at most is
/// announced, and only of a vCPU on its way. The protocol's own idea of who is where is the same.
pub(super) fn one_owner(state: &State) -> bool {
    (0..VCPUS).all(|vcpu| {
        let cores = &state.world.cores;
        let owners = cores.iter().filter(|core| core.site.vcpus[vcpu].is_some()).count();
        let on_its_way = state.world.memory.blocks[vcpu].is_some();
        let announced = state.messages().filter(|message| is_arrival(message, vcpu)).count();
        let known = cores.iter().all(|core| core.node.here().has(vcpu as u8) == core.site.vcpus[vcpu].is_some());
        let there = usize::from(vcpu < state.vcpus);
        usize::from(on_its_way) + owners == there && announced <= usize::from(on_its_way) && known
    })
}

fn is_arrival(message: &Message, vcpu: usize) -> bool {
    matches!(message, Message::Arrive { vcpu: arriving } if arriving.index() == vcpu)
}

/// Nothing doubled: a source is unmasked on one core at most, where its owner is; an interrupt comes only there, and a
/// message is taken at most as often as it was sent.
pub(super) fn nothing_doubled(state: &State) -> bool {
    let open = |core: usize| state.world.cores[core].site.open.has(OWNER as u8);
    let owner = |core: usize| state.world.at(core, OWNER).is_some();
    state.fault.is_none() && (0..state.world.cores.len()).all(|core| !open(core) || owner(core))
}

/// No mistake: no ring is full for what must fit, no vCPU has two requests under way.
pub(super) fn no_mistake(state: &State) -> bool {
    state.world.cores.iter().all(|core| core.site.mistakes == 0)
}

/// A request follows its vCPU: it goes from core to core at most once more than the vCPU has meanwhile.
pub(super) fn requests_arrive(state: &State) -> bool {
    state.world.memory.hops.iter().all(|&(request, vcpu)| request <= vcpu + 1)
}

/// No deadlock: where a path ends nothing is unfinished. No operation, interrupt or message is left, no claim held, nobody on
/// its way or ready, and every start that was granted has happened.
pub(super) fn finished(state: &State) -> bool {
    let memory = &state.world.memory;
    let idle = state.world.cores.iter().all(|core| core.op.is_none());
    let words = memory.mail.is_empty() && memory.bell.is_empty() && memory.claimed.is_empty();
    let nobody_moves = memory.blocks.iter().all(Option::is_none);
    let nobody_runs = state.runs().all(|(_, _, run)| !matches!(run, Run::Ready | Run::Running));
    let starts = state.starts.0 == state.starts.1 || state.ended();
    idle && words && nobody_moves && nobody_runs && starts && state.messages().next().is_none()
}

/// No lost wake-up: where a path ends no vCPU waits that has messages or an interrupt of its device.
pub(super) fn nobody_forgotten(state: &State) -> bool {
    state.runs().all(|(vcpu, core, run)| {
        let told = state.world.memory.pending[vcpu] == 0 && state.waits[vcpu] == 0;
        run != Run::Waiting || told && !(vcpu == OWNER && state.interrupts(core))
    })
}

/// Requests keep their order: where a path ends the device's source is as the last request that was granted wants it.
pub(super) fn in_order(state: &State) -> bool {
    let open = |core: usize| state.world.cores[core].site.open.has(OWNER as u8);
    state.ended() || (0..state.world.cores.len()).any(open) == state.wanted
}

/// An end is complete: where a path ends every vCPU of a guest that has ended anywhere has ended, and every core knows.
pub(super) fn ends_are_complete(state: &State) -> bool {
    let known = state.world.cores.iter().all(|core| core.site.ended.has(0));
    let gone = state.runs().all(|(vcpu, _, run)| state.guest(vcpu) != 0 || run == Run::Ended);
    !state.ended() || known && gone
}

/// Who stands does so: nobody whose word says that it stands runs or could.
pub(super) fn who_stands_stands(state: &State) -> bool {
    let standing = state.world.memory.standing;
    state.runs().all(|(vcpu, _, run)| !standing.has(vcpu as u8) || matches!(run, Run::Stands | Run::Ended))
}

/// What is asked for is done: where a path ends guest 0 stands if that was asked for last, and else nobody stands; and it has begun anew
/// as often as that was granted, on every core.
pub(super) fn wishes_come_true(state: &State) -> bool {
    let stands = |vcpu: u8| state.world.memory.standing.has(vcpu);
    let none = !state.mates().any(stands) && state.runs().all(|(.., run)| run != Run::Stands);
    let times = |core: &crate::world::Core| core.site.life == state.renewals.0;
    let renewed = state.renewals.0 == state.renewals.1 && state.world.cores.iter().all(times);
    renewed && if state.hold { state.stands() } else { none }
}

/// An order waits for a vCPU that is on its way.
pub(super) fn order_on_the_way(state: &State) -> bool {
    let on_its_way = |vcpu: usize| state.guest(vcpu) == 0 && state.world.memory.blocks[vcpu].is_some();
    state.world.cores.iter().all(|core| core.node.stands(0)) && (0..VCPUS).any(on_its_way)
}

/// A message waits for a vCPU that is on its way.
pub(super) fn message_on_the_way(state: &State) -> bool {
    let memory = &state.world.memory;
    (0..VCPUS).any(|vcpu| memory.blocks[vcpu].is_some() && memory.pending[vcpu] != 0)
}

/// A more urgent guest has the core while an operation is in progress there.
pub(super) fn between_steps(state: &State) -> bool {
    (0..state.world.cores.len()).any(|core| state.world.cores[core].op.is_some() && state.holds_work_up(core))
}

/// A request that came where its vCPU had been goes on.
pub(super) fn request_follows(state: &State) -> bool {
    state.world.memory.hops.iter().any(|&(request, _)| request > 1)
}

/// A request is neither in a ring nor in an operation: it came before its vCPU.
pub(super) fn request_waits(state: &State) -> bool {
    let waits =
        |vcpu: u8| state.messages().all(|message| !matches!(message, Message::Request(r) if r.vcpu().0 == vcpu));
    state.world.cores.iter().all(|core| core.op.is_none()) && state.world.memory.claimed.into_iter().any(waits)
}

/// A core knows that the guest has ended, and a vCPU of it is on its way.
pub(super) fn end_on_the_way(state: &State) -> bool {
    let on_its_way = |vcpu: usize| state.guest(vcpu) == 0 && state.world.memory.blocks[vcpu].is_some();
    state.ended() && (0..VCPUS).any(on_its_way)
}

impl State {
    fn messages(&self) -> impl Iterator<Item = &Message> {
        self.world.memory.rings.iter().flatten().flatten()
    }

    /// vCPU, core, what it does there.
    fn runs(&self) -> impl Iterator<Item = (usize, usize, Run)> + '_ {
        (0..VCPUS).filter_map(|vcpu| self.at(vcpu).map(|(core, run)| (vcpu, core, run)))
    }

    fn ended(&self) -> bool {
        self.world.cores.iter().any(|core| core.site.ended.has(0))
    }
}
