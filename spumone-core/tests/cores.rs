//! Two instances that share vCPUs, each on a fake machine.

mod common;

use common::pair::{CPU0, CPU1, two_cores, two_cores_beside};
use common::{BELL, LINUX_TIMER, MAIL, RT, RT_TIMER, TICK};
use spumone_abi::*;
use spumone_core::hypervisor::{FaultReport, Outcome, Rest};
use spumone_core::irq::Action;
use spumone_core::sched::Next;
use spumone_core::system::GuestFlags;
use spumone_core::vcpu::{Departures, Resume};

const RT_GOES_ON: Outcome = Outcome::Leave(Next::Run(RT, Resume::Frame));

#[test]
fn a_vcpu_of_another_core_is_started_there() {
    let (_, [mut zero, one]) = two_cores(1, GuestFlags::empty());
    let (vcpu, entry) = one.fake.prepared[0];
    assert_eq!((vcpu, entry.pc, entry.r4), (CPU1.0, 0x8c40_3000, Some(77)));
    assert_eq!(zero.call(4, [1, 0x8c40_3000, 0]), Outcome::Return(SPUMONE_E_STATE), "it runs");
    assert_eq!(zero.call(4, [2, 0x8c40_3000, 0]), Outcome::Return(SPUMONE_E_INVAL), "there is none");
}

#[test]
fn messages_ring_where_the_vcpu_is_and_are_taken_once() {
    let (world, [mut zero, mut one]) = two_cores(1, GuestFlags::empty());
    assert_eq!(zero.call(6, [0b10, 3, 0]), Outcome::Return(0));
    assert_eq!(world.borrow().bell, [false, true, false, false]);
    assert_eq!(one.fake.action(Some(CPU1), BELL), Action::Forward);
    assert_eq!(one.call(7, [0; 3]), Outcome::Return(1 << 3));
    assert_eq!(one.call(7, [0; 3]), Outcome::Return(0));
    assert_eq!(world.borrow().bell, [false; 4]);
}

#[test]
fn a_vcpu_moves_with_its_interrupts_and_messages() {
    let (world, [mut zero, mut one]) = two_cores(1, GuestFlags::empty());
    assert_eq!(one.call(18, [0, 1, 0]), Outcome::Return(0), "CPU1 asks that CPU0 come to core 1");
    assert_eq!(zero.interrupt(MAIL), Outcome::Leave(Next::Idle));
    assert!(zero.fake.masked.contains(&LINUX_TIMER));
    // A message meets it on the way.
    assert_eq!(one.call(6, [0b01, 1, 0]), Outcome::Return(0));
    world.borrow_mut().bell[1] = false;
    let outcome = one.interrupt(MAIL);
    assert_eq!(outcome, Outcome::Leave(Next::Run(CPU0, Resume::Frame)), "its message gives it the first turn");
    assert!(world.borrow().bell[1], "and its bell");
    assert!(one.fake.opened.contains(&LINUX_TIMER));
    assert_eq!(one.fake.action(Some(CPU1), LINUX_TIMER), Action::Ask, "equals take turns");
    assert_eq!(one.call(19, [0, 0, 0]), Outcome::Return(1));
    assert_eq!(one.fake.action(Some(CPU0), LINUX_TIMER), Action::Forward);
    assert_eq!(one.call(7, [0; 3]), Outcome::Return(1 << 1));
}

/// CPU1 never idles, and a guest that is less urgent stands behind it in the table.
#[test]
fn work_goes_before_cpus_that_are_more_urgent_than_somebody() {
    let (_, [mut zero, mut one]) = two_cores_beside(5);
    assert_eq!(zero.call(18, [1, 0, 0]), Outcome::Return(0), "CPU1 shall come to core 0");
    let outcome = one.interrupt(MAIL);
    assert!(
        !matches!(outcome, Outcome::Leave(Next::Run(CPU1, _))),
        "it goes on, and what was asked waits: {outcome:?}"
    );
    assert_eq!(zero.interrupt(MAIL), Outcome::Leave(Next::Run(CPU0, Resume::Frame)));
    assert_eq!(zero.call(19, [1, 0, 0]), Outcome::Return(0));
}

#[test]
fn who_was_woken_and_then_interrupted_goes_on_from_its_frame() {
    let (_, [mut zero, mut one]) = two_cores(1, GuestFlags::empty());
    assert_eq!(zero.idle(), Next::Idle);
    assert_eq!(zero.interrupt(BELL), Outcome::Leave(Next::Idle), "nobody sent anything");
    assert_eq!(one.call(6, [0b01, 1, 0]), Outcome::Return(0));
    assert_eq!(zero.interrupt(BELL), Outcome::Leave(Next::Run(CPU0, Resume::Call)));
    assert_eq!(one.idle(), Next::Idle);
    assert_eq!(zero.call(18, [0, 1, 0]), Outcome::Return(0));
    assert_eq!(zero.interrupt(MAIL), Outcome::Leave(Next::Idle));
    assert_eq!(one.interrupt(MAIL), Outcome::Leave(Next::Run(CPU0, Resume::Frame)));
}

#[test]
fn a_vcpu_that_moves_itself_leaves_at_the_next_interrupt() {
    let (world, [mut zero, mut one]) = two_cores(1, GuestFlags::empty());
    assert_eq!(zero.call(18, [0, 1, 0]), Outcome::Return(0));
    assert!(world.borrow().mail[0], "an interrupt of SPUMONE's own takes the core");
    assert_eq!(zero.interrupt(MAIL), Outcome::Leave(Next::Idle));
    one.interrupt(MAIL);
    assert_eq!(one.call(19, [0, 0, 0]), Outcome::Return(1));
    assert_eq!(zero.call(18, [0, 4, 0]), Outcome::Return(SPUMONE_E_STATE), "nobody has the core");
    assert_eq!(one.call(18, [0, 2, 0]), Outcome::Return(SPUMONE_E_INVAL), "there is no core 2");
}

#[test]
fn a_more_urgent_guest_comes_between_the_steps_of_a_move() {
    let (_, [mut zero, mut one]) = two_cores(1, GuestFlags::empty());
    assert_eq!(one.call(18, [0, 1, 0]), Outcome::Return(0), "CPU1 asks that CPU0 come to core 1");
    let mut preempted = 0;
    let mut outcome = zero.hypervisor.interrupt(&mut zero.fake, Some(CPU0), MAIL, FaultReport::default);
    while outcome == Outcome::Leave(Next::Idle) {
        match zero.hypervisor.rest(&mut zero.fake) {
            Rest::Work => {}
            Rest::Leave(Next::Idle) | Rest::Sleep => break,
            other => panic!("{other:?}"),
        }
        assert_eq!(zero.fake.action(None, RT_TIMER), Action::Preempt(RT));
        zero.fake.preempt(None, RT);
        if preempted == 0 {
            // Mail that comes now is noticed and left for later.
            assert_eq!(zero.hypervisor.interrupt(&mut zero.fake, Some(RT), MAIL, FaultReport::default), RT_GOES_ON);
        }
        if preempted == 1 {
            // A call that needs the protocol finishes what was begun.
            let answer = zero.hypervisor.hypercall(&mut zero.fake, Some(RT), 8, [RT_TIMER, 12, 0]);
            assert_eq!(answer, Outcome::Return(0));
        }
        preempted += 1;
        assert_eq!(zero.fake.idle(RT), None, "the sleeping core goes on with its work");
        outcome = Outcome::Leave(zero.hypervisor.idle(&mut zero.fake, Some(RT)));
        assert!(preempted < 20, "it comes to an end");
    }
    assert!(preempted > 2);
    assert_eq!(one.interrupt(MAIL), Outcome::Leave(Next::Run(CPU1, Resume::Frame)));
    assert_eq!(one.call(19, [0, 0, 0]), Outcome::Return(1));
}

#[test]
fn system_calls_go_away_and_come_home() {
    let (_, [mut zero, mut one]) = two_cores(1, GuestFlags::empty());
    assert_eq!(zero.call(20, [0, 1, 0]), Outcome::Return(0));
    assert_eq!(zero.fake.syscall_paths[&CPU0.0], (true, false));
    let outcome = zero.hypervisor.syscall(&mut zero.fake, zero.current);
    assert_eq!(zero.goes_to(outcome), Outcome::Leave(Next::Idle));
    assert_eq!(one.interrupt(MAIL), Outcome::Leave(Next::Run(CPU0, Resume::Trap)), "before its equals");
    assert_eq!(one.fake.syscall_paths[&CPU0.0], (false, true));
    let outcome = one.hypervisor.syscall_done(&mut one.fake, one.current);
    assert_eq!(one.goes_to(outcome), Outcome::Leave(Next::Run(CPU1, Resume::Frame)));
    assert_eq!(zero.interrupt(MAIL), Outcome::Leave(Next::Run(CPU0, Resume::Call)));
    assert_eq!(zero.fake.syscall_paths[&CPU0.0], (true, false));
    assert_eq!(zero.call(20, [0, SPUMONE_NO_CORE, 0]), Outcome::Return(0));
    assert_eq!(zero.fake.syscall_paths[&CPU0.0], (false, false));
}

#[test]
fn equals_on_one_core_take_turns_and_units_change_hands() {
    let (_, [mut zero, _]) = two_cores(0, GuestFlags::FPU);
    // Whoever was started may be waited for: it has the core first.
    assert_eq!(zero.interrupt(MAIL), Outcome::Leave(Next::Run(CPU1, Resume::Frame)));
    assert_eq!(zero.fake.fpu.last(), Some(&(Some(CPU0.0), Some(CPU1.0))));
    assert_eq!(zero.interrupt(TICK), Outcome::Leave(Next::Run(CPU0, Resume::Frame)));
    assert_eq!(zero.fake.fpu.last(), Some(&(Some(CPU1.0), Some(CPU0.0))));
    assert_eq!(zero.interrupt(TICK), Outcome::Leave(Next::Run(CPU1, Resume::Frame)));
    assert_eq!(zero.fake.action(Some(CPU1), RT_TIMER), Action::Preempt(RT), "RT needs no unit");
    assert_eq!(zero.fake.action(None, LINUX_TIMER), Action::Ask);
}

#[test]
fn a_cpu_that_takes_no_interrupt_is_put_first_for_its_device_only_once() {
    let (_, [mut zero, _]) = two_cores(0, GuestFlags::FPU);
    let runs = |vcpu| Outcome::Leave(Next::Run(vcpu, Resume::Frame));
    assert_eq!(zero.interrupt(MAIL), runs(CPU1), "it was started");
    assert_eq!(zero.interrupt(LINUX_TIMER), runs(CPU0));
    assert_eq!((zero.fake.masked.as_slice(), zero.fake.opened.as_slice()), (&[LINUX_TIMER][..], &[LINUX_TIMER][..]));
    // It has its interrupts off and waits for a lock that CPU1 has. The timer still asks.
    assert_eq!(zero.interrupt(TICK), runs(CPU1));
    assert_eq!(zero.interrupt(LINUX_TIMER), runs(CPU1), "which must go on to give it back");
    assert_eq!((zero.fake.masked.len(), zero.fake.opened.len()), (2, 1), "nor does the timer disturb it again");
    assert!(!zero.fake.direct[&CPU0.0], "no path that SPUMONE is not asked about leads to who must hear its timer");
    assert_eq!(zero.interrupt(TICK), runs(CPU0), "its turn as any other");
    assert_eq!(zero.fake.opened.len(), 2);
    zero.fake.forwarded.insert(CPU0.0, 1);
    assert_eq!(zero.interrupt(TICK), runs(CPU1));
    assert_eq!(zero.interrupt(LINUX_TIMER), runs(CPU0), "it took one, and is put first again");
}

#[test]
fn a_source_that_is_held_and_switched_off_stays_off() {
    let (_, [mut zero, _]) = two_cores(0, GuestFlags::FPU);
    zero.interrupt(MAIL);
    zero.interrupt(LINUX_TIMER);
    zero.interrupt(TICK);
    assert_eq!(zero.interrupt(LINUX_TIMER), Outcome::Leave(Next::Run(CPU1, Resume::Frame)));
    assert_eq!(zero.call(9, [LINUX_TIMER, 0, 0]), Outcome::Return(0));
    let opened = zero.fake.opened.len();
    assert_eq!(zero.interrupt(TICK), Outcome::Leave(Next::Run(CPU0, Resume::Frame)));
    assert_eq!(zero.fake.opened.len(), opened);
}

#[test]
fn a_cpu_that_takes_no_message_is_put_first_for_it_only_once() {
    let (world, [mut zero, _]) = two_cores(0, GuestFlags::FPU);
    let runs = |vcpu| Outcome::Leave(Next::Run(vcpu, Resume::Frame));
    assert_eq!(zero.interrupt(MAIL), runs(CPU1));
    assert_eq!(zero.call(6, [0b01, 1, 0]), Outcome::Return(0));
    assert_eq!(zero.interrupt(BELL), runs(CPU0));
    assert!(world.borrow().bell[0], "rung again for who has the core now, with its interrupts off");
    assert_eq!(zero.interrupt(TICK), runs(CPU1));
    assert_eq!(zero.interrupt(BELL), runs(CPU1), "the message has had its turn");
    assert_eq!(zero.interrupt(TICK), runs(CPU0));
    assert_eq!(zero.call(7, [0; 3]), Outcome::Return(1 << 1), "and waits");
    assert_eq!(zero.interrupt(TICK), runs(CPU1));
    assert_eq!(zero.call(6, [0b01, 2, 0]), Outcome::Return(0));
    assert_eq!(zero.interrupt(BELL), runs(CPU0), "the next one has a turn of its own");
}

#[test]
fn a_cpu_that_idled_in_an_earlier_life_is_not_taken_for_one_that_waits() {
    let (_, [mut zero, _]) = two_cores(0, GuestFlags::empty());
    zero.interrupt(MAIL);
    zero.fake.departures.insert(CPU1.0, Departures { preempted: 0, idled: 1, idled_last: true });
    zero.current = Some(CPU0);
    assert_eq!(zero.call(6, [0b10, 1, 0]), Outcome::Return(0));
    assert_eq!(zero.interrupt(BELL), Outcome::Leave(Next::Run(CPU1, Resume::Call)), "it waited");
    assert_eq!(zero.call(5, [0; 3]), Outcome::Leave(Next::Run(CPU0, Resume::Frame)));
    assert_eq!(zero.call(4, [1, 0x8c40_3000, 0]), Outcome::Return(0));
    // Before it has run, somebody else enters SPUMONE.
    zero.fake.preempt(Some(CPU0), RT);
    zero.current = Some(RT);
    assert_eq!(zero.call(17, [0; 3]), Outcome::Return(0));
    assert_eq!(zero.idle(), Next::Run(CPU1, Resume::Frame), "from its start");
}

#[test]
fn lines_of_the_log_go_through_core_0_and_silence_disturbs_nobody() {
    let (world, [_, mut one]) = two_cores(1, GuestFlags::empty());
    one.hypervisor.log(format_args!("a line"));
    assert!(one.hypervisor.send_log(&mut one.fake));
    assert!(world.borrow().mail[0]);
    assert!(String::from_utf8_lossy(&world.borrow().log).contains("spumone: a line\r\n"));
    world.borrow_mut().mail[0] = false;
    assert!(one.hypervisor.send_log(&mut one.fake));
    assert!(!world.borrow().mail[0]);
}

#[test]
fn a_guest_ends_on_every_core() {
    let (_, [mut zero, mut one]) = two_cores(1, GuestFlags::empty());
    assert_eq!(one.call(12, [5, 0, 0]), Outcome::Leave(Next::Idle));
    assert_eq!(zero.interrupt(MAIL), Outcome::Leave(Next::Idle));
    zero.hypervisor.last_words();
    while !zero.hypervisor.send_log(&mut zero.fake) {}
    let log = zero.fake.text(3);
    assert!(log.contains("all guests ended: rt=running linux=5"), "{log}");
}

#[test]
fn levels_stay_what_the_system_file_says() {
    let (_, [mut zero, mut one]) = two_cores(1, GuestFlags::empty());
    assert_eq!(zero.call(8, [LINUX_TIMER, 3, 0]), Outcome::Return(SPUMONE_E_INVAL));
    assert_eq!(one.call(9, [LINUX_TIMER, 0, 0]), Outcome::Return(0), "from another core");
    zero.interrupt(MAIL);
    assert!(zero.fake.masked.contains(&LINUX_TIMER));
    assert!(!one.fake.masked.contains(&LINUX_TIMER));
}
