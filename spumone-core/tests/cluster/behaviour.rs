//! What an operation does when no other is in progress: the defined answers.

use crate::world::{Run, World};
use spumone_core::cluster::{CoreId, Ending, Message, Notice, Op, Request, Set};
use spumone_core::error::Refusal;
use spumone_core::irq::Code;
use spumone_core::vcpu::VcpuId;

const V0: VcpuId = VcpuId(0);
const V1: VcpuId = VcpuId(1);
const OTHER: CoreId = CoreId(1);
const BOUNDS: Notice = Notice::Bounds { guest: 0, low: 1, high: 2 };
const BOTH: Set = Set::from_bits(3);

/// Two cores, each with a vCPU of guest 0: V0 runs on core 0, V1 does `second` on core 1.
fn pair(second: Run) -> World {
    World::new(2, &[(0, 0, Run::Running), (0, 1, second)])
}

/// Both vCPUs on core 0.
fn packed(second: Run) -> World {
    World::new(2, &[(0, 0, Run::Running), (0, 0, second)])
}

fn go(vcpu: VcpuId, to: u8) -> Op {
    Op::request(Request::Move { vcpu, to: CoreId(to) })
}

fn start(vcpu: VcpuId) -> Op {
    Op::request(Request::Start { vcpu, entry: 0x8c00_2000, arg: 7 })
}

#[test]
fn an_ipi_goes_to_every_target_and_rings_once_a_core() {
    let mut world = pair(Run::Waiting);
    assert_eq!(world.run(0, Op::send(BOTH, 0b100)), Ok(0));
    assert_eq!((world.memory.pending[0], world.memory.pending[1]), (0b100, 0b100));
    assert_eq!(world.memory.bell, BOTH);
    assert_eq!(world.run(0, Op::take(V0)), Ok(0b100));
    assert_eq!(world.run(0, Op::take(V0)), Ok(0), "a message is taken once");
    assert_eq!(world.run(1, Op::bell()), Ok(0));
    assert_eq!(world.at(1, 1), Some(Run::Ready));
    assert!(!world.memory.bell.has(1));
    world.run(1, Op::switch(V1)).expect("nothing is refused");
    assert!(world.memory.bell.has(1), "the bell that SPUMONE took rings again for whom it was");
    assert_eq!(world.run(1, Op::take(V1)), Ok(0b100));
}

#[test]
fn an_ipi_on_the_own_core_wakes_without_a_bell() {
    let mut world = packed(Run::Waiting);
    assert_eq!(world.run(0, Op::send(Set::from_bits(2), 1)), Ok(0));
    assert_eq!(world.at(0, 1), Some(Run::Ready));
    assert_eq!(world.cores[0].node.owed(), Set::from_bits(2));
    assert!(world.memory.bell.is_empty());
    world.run(0, Op::switch(V1)).expect("nothing is refused");
    assert!(world.memory.bell.has(0) && world.cores[0].node.owed().is_empty());
}

#[test]
fn the_taker_clears_the_bell_of_its_neighbour_and_the_switch_rings_it_again() {
    let mut world = packed(Run::Ready);
    (world.memory.pending, world.memory.bell) = ([1, 2, 0], Set::from_bits(1));
    assert_eq!(world.run(0, Op::take(V0)), Ok(1));
    assert!(world.memory.bell.is_empty());
    world.run(0, Op::switch(V1)).expect("nothing is refused");
    assert!(world.memory.bell.has(0));
    assert_eq!(world.memory.pending[1], 2);
}

#[test]
fn a_vcpu_takes_its_state_its_mask_and_its_messages_along() {
    let mut world = pair(Run::Waiting);
    world.memory.pending[0] = 1;
    assert_eq!(world.run(0, Op::depart(V0, OTHER)), Ok(0));
    assert_eq!((world.at(0, 0), world.at(1, 0)), (None, None));
    assert!(world.memory.mail.has(1) && !world.cores[0].site.open.has(0));
    assert_eq!(world.mail(1), Ok(0));
    assert_eq!(world.at(1, 0), Some(Run::Ready), "it ran and goes on");
    assert!(world.cores[1].site.open.has(0) && world.cores[1].node.owed().has(0));
    assert!(world.memory.mail.is_empty());
}

#[test]
fn a_waiting_vcpu_arrives_waiting_and_wakes_for_what_came_on_the_way() {
    for (pending, then) in [(0, Run::Waiting), (4, Run::Ready)] {
        let mut world = pair(Run::Waiting);
        world.run(1, Op::depart(V1, CoreId(0))).expect("it is here");
        world.memory.pending[1] = pending;
        world.mail(0).expect("nothing is refused");
        assert_eq!(world.at(0, 1), Some(then));
    }
}

#[test]
fn moves_have_defined_answers() {
    let mut world = pair(Run::Stopped);
    assert_eq!(world.run(0, go(V0, 0)), Ok(0), "where it is");
    assert_eq!(world.at(0, 0), Some(Run::Running));
    assert_eq!(world.run(0, go(V0, 3)), Err(Refusal::Invalid), "no such core");
    assert_eq!(world.run(0, go(V1, 3)), Err(Refusal::Invalid));
    assert_eq!(world.run(0, Op::depart(V0, CoreId(3))), Err(Refusal::Invalid));
    assert_eq!(world.run(0, Op::depart(V1, CoreId(0))), Err(Refusal::State), "not here");
    assert_eq!(world.run(0, go(V1, 0)), Ok(0), "a stopped one moves too");
    assert_eq!(world.run(0, go(V1, 1)), Err(Refusal::Again), "one request at a time");
    world.mail(1).expect("nothing is refused");
    world.mail(0).expect("nothing is refused");
    assert_eq!(world.at(0, 1), Some(Run::Stopped));
    assert!(world.memory.claimed.is_empty());
    world.run(0, Op::end(0, Ending::Exited(0))).expect("nothing is refused");
    assert_eq!(world.run(0, go(V1, 1)), Err(Refusal::State), "it has ended");
    assert_eq!(world.run(0, Op::depart(V0, OTHER)), Err(Refusal::State));
}

#[test]
fn a_request_waits_for_a_vcpu_that_is_on_its_way_and_follows_one_that_has_gone() {
    // V1 is on its way to core 0, which does not know yet.
    let mut world = pair(Run::Waiting);
    world.run(1, Op::depart(V1, CoreId(0))).expect("it is here");
    assert_eq!(world.run(0, go(V1, 1)), Ok(0));
    world.mail(0).expect("nothing is refused");
    assert_eq!((world.at(0, 1), world.memory.location[1]), (None, OTHER), "it came and went on");
    world.mail(1).expect("nothing is refused");
    assert_eq!(world.at(1, 1), Some(Run::Waiting));
    assert!(world.memory.claimed.is_empty());

    // The request comes to core 1, which V1 has left in the meantime.
    let mut world = World::new(3, &[(0, 0, Run::Running), (0, 1, Run::Waiting)]);
    assert_eq!(world.run(0, go(V1, 0)), Ok(0));
    world.run(1, Op::depart(V1, CoreId(2))).expect("it is here");
    for core in [1, 2, 2, 0] {
        world.mail(core).expect("nothing is refused");
    }
    assert_eq!(world.at(0, 1), Some(Run::Waiting));
    assert!(world.memory.claimed.is_empty());
}

#[test]
fn only_a_stopped_vcpu_starts() {
    let mut world = pair(Run::Running);
    assert_eq!(world.run(0, start(V1)), Err(Refusal::State));
    assert_eq!(world.run(0, start(V0)), Err(Refusal::State));
    assert!(world.memory.claimed.is_empty() && world.memory.mail.is_empty());
    assert_eq!(world.run(0, Op::stop(V1)), Err(Refusal::State), "only the current one stops");
    assert_eq!(world.run(1, Op::stop(V1)), Ok(0));
    world.run(0, Op::send(Set::from_bits(2), 1)).expect("nothing is refused");
    world.run(1, Op::bell()).expect("nothing is refused");
    assert_eq!(world.at(1, 1), Some(Run::Stopped), "a message does not start it");
    assert_eq!(world.run(0, start(V1)), Ok(0));
    world.mail(1).expect("nothing is refused");
    assert_eq!(world.at(1, 1), Some(Run::Ready));
    assert!(world.cores[1].node.owed().has(1), "the message waited for the start");
    assert_eq!(world.run(0, start(V1)), Err(Refusal::State));
}

#[test]
fn sources_and_properties_change_where_the_vcpu_is() {
    let mut world = pair(Run::Running);
    let code = Code::new(0x400).expect("a code");
    let irq = |on| Op::request(Request::Irq { vcpu: V0, code, level: 2, on });
    assert_eq!(world.run(1, irq(false)), Ok(0));
    world.mail(0).expect("nothing is refused");
    assert!(!world.cores[0].site.open.has(0));
    assert_eq!(world.run(1, irq(false)), Ok(0));
    assert_eq!(world.run(0, irq(true)), Err(Refusal::Again), "the other core asked before");
    world.mail(0).expect("nothing is refused");
    assert_eq!(world.run(0, irq(true)), Ok(0));
    assert!(world.cores[0].site.open.has(0));
    assert_eq!(world.run(1, Op::request(Request::SyscallCore { vcpu: V0, core: Some(OTHER) })), Ok(0));
    world.mail(0).expect("nothing is refused");
    assert_eq!(world.cores[0].site.vcpus[0].expect("here").told, Some(OTHER));
}

#[test]
fn an_end_reaches_every_core_and_whoever_is_on_its_way() {
    let mut world = World::new(3, &[(0, 0, Run::Running), (0, 1, Run::Waiting), (1, 1, Run::Waiting)]);
    world.run(1, Op::depart(V1, CoreId(2))).expect("it is here");
    assert_eq!(world.run(0, Op::end(0, Ending::Parked(1))), Ok(0));
    assert_eq!(world.run(0, Op::end(0, Ending::Parked(1))), Ok(0), "once more changes nothing");
    for core in [1, 2] {
        world.mail(core).expect("nothing is refused");
        assert!(world.cores[core].site.ended.has(0));
    }
    assert_eq!((world.at(0, 0), world.at(2, 1)), (Some(Run::Ended), Some(Run::Ended)));
    assert_eq!(world.at(1, 2), Some(Run::Waiting), "another guest's");
    assert!(world.cores.iter().all(|core| core.site.mistakes == 0));
}

#[test]
fn notices_leave_room_for_what_must_fit() {
    let mut world = pair(Run::Waiting);
    let bounds = || Op::notify(OTHER, BOUNDS);
    assert_eq!(world.run(0, Op::notify(CoreId(2), BOUNDS)), Err(Refusal::Invalid));
    assert_eq!(world.run(0, Op::notify(CoreId(0), BOUNDS)), Ok(0));
    assert_eq!(world.cores[0].site.notices, 1);
    assert_eq!(world.run(0, bounds()), Ok(0));
    assert_eq!(world.run(0, bounds()), Err(Refusal::Again));
    assert_eq!(world.run(0, Op::depart(V0, OTHER)), Ok(0));
    assert_eq!(world.memory.rings[0][1].last(), Some(&Message::Arrive { vcpu: V0 }));
    world.mail(1).expect("nothing is refused");
    assert_eq!(world.cores[1].site.notices, 1);
}

#[test]
fn mail_is_carried_out_in_batches_and_every_ring_has_its_turn() {
    let mut world = World::new(3, &[(0, 0, Run::Waiting), (0, 1, Run::Waiting), (0, 1, Run::Waiting)]);
    world.memory.room = (8, 0);
    for _ in 0..5 {
        world.run(1, Op::notify(CoreId(0), BOUNDS)).expect("there is room");
    }
    world.run(2, Op::notify(CoreId(0), BOUNDS)).expect("there is room");
    world.mail(0).expect("nothing is refused");
    assert_eq!(world.cores[0].site.notices, 4);
    assert!(world.memory.mail.has(0), "there is more");
    world.mail(0).expect("nothing is refused");
    assert_eq!(world.cores[0].site.notices, 6);
    assert!(!world.memory.mail.has(0));
}
