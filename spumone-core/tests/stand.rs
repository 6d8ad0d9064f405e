//! A guest on two cores stands, is looked at, goes on and begins anew, as the guest on a third core wants that watches it.

mod common;

use common::pair::{CPU0, CPU1, Core};
use common::{Fake, LINUX_TIMER, MAIL, TICK, World, configured_on, guests};
use spumone_abi::*;
use spumone_core::arch::Luggage;
use spumone_core::hypervisor::Outcome;
use spumone_core::irq::Action;
use spumone_core::sched::Next;
use spumone_core::system::{self, Irq};
use spumone_core::vcpu::State;
use std::cell::RefCell;
use std::rc::Rc;

const WATCHED: u32 = 1;
/// Where the watcher wants registers.
const BUFFER: u32 = 0x8c00_2000;

/// The watcher on core 0, Linux's vCPUs on core 1 and, if there are two, on core 2. The first one runs.
fn watched_with(vcpus: u8) -> (Rc<RefCell<World>>, [Core; 3]) {
    watched_at(vcpus, (1, 7))
}

/// The same with sources of its own at `levels`.
fn watched_at(vcpus: u8, levels: (u8, u8)) -> (Rc<RefCell<World>>, [Core; 3]) {
    let mut guests = guests();
    let second = (vcpus > 1).then_some(2);
    guests[0] = system::Guest { watches: Some(1), priority: 5, ..guests[0] };
    let placement = [Some(1), second, None, None];
    let (level_low, level_high) = levels;
    guests[1] = system::Guest { vcpus, placement, level_low, level_high, irq_off: level_high, ..guests[1] };
    let irqs = [Irq { intevt: LINUX_TIMER as u16, guest: 1, level: level_low + 1 }];
    let world = Rc::new(RefCell::new(World::default()));
    let mut cores = [0, 1, 2].map(|core| Core {
        hypervisor: configured_on(core, 3, &guests, &irqs),
        fake: Fake::on(core, &world),
        current: None,
    });
    let [zero, ..] = &mut cores;
    zero.hypervisor.prepare_shared(&mut zero.fake);
    for core in &mut cores {
        let first = core.hypervisor.start(&mut core.fake);
        core.goes_to(first);
    }
    assert_eq!(cores[1].call(0, [0x8c40_2000, 0, 0]), Outcome::Return(0));
    assert_eq!(cores[1].call(8, [LINUX_TIMER, u32::from(level_low) + 1, 0]), Outcome::Return(0));
    assert_eq!((cores[1].current, cores[2].current), (Some(CPU0), None));
    (world, cores)
}

/// The same with two vCPUs, of which the other one was `started`.
fn watched(started: bool) -> (Rc<RefCell<World>>, [Core; 3]) {
    let (world, mut cores) = watched_with(2);
    if started {
        assert_eq!(cores[1].call(4, [1, 0x8c40_3000, 77]), Outcome::Return(0));
        settle(&mut cores);
        assert_eq!(cores[2].call(0, [0x8c40_2000, 0, 0]), Outcome::Return(0));
    }
    assert_eq!(cores[2].current, started.then_some(CPU1));
    (world, cores)
}

/// Lets all cores take their mail until there is none.
fn settle(cores: &mut [Core; 3]) {
    for _ in 0..100 {
        let mail = cores[0].fake.world.borrow().mail;
        let Some(core) = mail.iter().position(|raised| *raised) else { return };
        cores[core].interrupt(MAIL);
    }
    panic!("the cores never come to an end");
}

/// The watcher's call, and what follows from it.
fn asks(cores: &mut [Core; 3], number: u32, args: [u32; 3]) -> i32 {
    let outcome = cores[0].call(number, args);
    settle(cores);
    match outcome {
        Outcome::Return(result) => result,
        other => panic!("{other:?}"),
    }
}

fn state(cores: &mut [Core; 3]) -> u32 {
    asks(cores, 14, [SPUMONE_INFO_WATCHED_STATE, 0, 0]) as u32
}

fn registers(cores: &mut [Core; 3], vcpu: u32, to: u32) -> i32 {
    asks(cores, 26, [WATCHED, vcpu, to])
}

#[test]
fn it_stands_on_every_core_and_goes_on() {
    let (_, mut cores) = watched(true);
    assert_eq!(registers(&mut cores, 0, BUFFER), SPUMONE_E_AGAIN, "it runs");
    assert_eq!(cores[0].call(23, [WATCHED, 0, 0]), Outcome::Return(0));
    assert_eq!(cores[0].call(14, [SPUMONE_INFO_WATCHED_STATE, 0, 0]), Outcome::Return(SPUMONE_GUEST_PAUSING as i32));
    settle(&mut cores);
    assert_eq!(state(&mut cores), SPUMONE_GUEST_PAUSED);
    assert_eq!((cores[1].current, cores[2].current), (None, None));
    assert_eq!(cores[1].fake.masked.last(), Some(&LINUX_TIMER), "its timer must not come meanwhile");
    assert_eq!(cores[1].fake.action(None, LINUX_TIMER), Action::Ask);
    cores[1].fake.opened.clear();
    assert_eq!(asks(&mut cores, 24, [WATCHED, 0, 0]), 0);
    assert_eq!(state(&mut cores), SPUMONE_GUEST_ALIVE);
    assert_eq!((cores[1].current, cores[2].current), (Some(CPU0), Some(CPU1)));
    assert_eq!(cores[1].fake.opened, [LINUX_TIMER]);
    assert_eq!(cores[1].fake.action(Some(CPU0), LINUX_TIMER), Action::Forward);
    assert_eq!(registers(&mut cores, 0, BUFFER), SPUMONE_E_AGAIN, "it runs again");
}

#[test]
fn one_with_a_single_vcpu_that_never_idles_stands_too() {
    let (_, mut cores) = watched_with(1);
    assert_eq!(cores[1].current, Some(CPU0), "it is more urgent than its watcher, and alone on its core");
    assert_eq!(asks(&mut cores, 23, [WATCHED, 0, 0]), 0);
    assert_eq!(state(&mut cores), SPUMONE_GUEST_PAUSED);
    assert_eq!(cores[1].current, None);
    assert_eq!(asks(&mut cores, 24, [WATCHED, 0, 0]), 0);
    assert_eq!(cores[1].current, Some(CPU0));
}

#[test]
fn a_real_time_guest_stands_when_it_idles() {
    let (_, mut cores) = watched_at(1, (8, 15));
    assert_eq!(asks(&mut cores, 23, [WATCHED, 0, 0]), 0);
    assert_eq!(state(&mut cores), SPUMONE_GUEST_PAUSING);
    assert_eq!(cores[1].current, Some(CPU0), "it may be in the middle of something urgent");
    cores[1].idle();
    settle(&mut cores);
    assert_eq!(state(&mut cores), SPUMONE_GUEST_PAUSED);
}

#[test]
fn what_it_did_it_does_again() {
    let (world, mut cores) = watched(false);
    assert_eq!(cores[1].idle(), Next::Idle);
    assert_eq!(asks(&mut cores, 23, [WATCHED, 0, 0]), 0);
    let did = |vcpu: u8| world.borrow().luggage.get(&vcpu).map(|luggage: &Luggage| luggage.state);
    assert_eq!((did(CPU0.0), did(CPU1.0)), (Some(State::Waiting), Some(State::Stopped)));
    assert_eq!(asks(&mut cores, 24, [WATCHED, 0, 0]), 0);
    assert_eq!((cores[1].current, cores[2].current), (None, None), "one waits, one is stopped");
    assert_eq!(cores[1].fake.action(None, LINUX_TIMER), Action::Preempt(CPU0));
    cores[1].fake.preempt(None, CPU0);
    cores[1].current = Some(CPU0);
    assert_eq!(cores[1].call(4, [1, 0x8c40_3000, 77]), Outcome::Return(0), "the other one may be started");
    settle(&mut cores);
    assert_eq!(cores[2].current, Some(CPU1));
}

#[test]
fn a_message_waits_for_who_stands() {
    let (world, mut cores) = watched(true);
    assert_eq!(cores[2].idle(), Next::Idle);
    assert_eq!(cores[1].call(6, [0b10, 3, 0]), Outcome::Return(0));
    assert_eq!(asks(&mut cores, 23, [WATCHED, 0, 0]), 0);
    assert_eq!((cores[1].current, cores[2].current), (None, None));
    world.borrow_mut().bell[2] = false;
    assert_eq!(asks(&mut cores, 24, [WATCHED, 0, 0]), 0);
    assert_eq!(cores[2].current, Some(CPU1), "it is woken for its message");
    assert!(world.borrow().bell[2], "and told");
    assert_eq!(cores[2].call(7, [0; 3]), Outcome::Return(1 << 3));
}

/// What was written of VBR when the watcher asked, and the sum of everything else.
fn told(cores: &mut [Core; 3], vcpu: u32) -> (i32, u32, u32) {
    let answer = registers(cores, vcpu, BUFFER);
    let word =
        |index: u32| u32::from_le_bytes([0, 1, 2, 3].map(|byte| cores[0].fake.memory[&(BUFFER + 4 * index + byte)]));
    // 16 registers, 8 of bank 1, PC, SR, PR, GBR, VBR, MACH, MACL.
    let others = (0..31).filter(|index| *index != 28).map(word).fold(0, u32::wrapping_add);
    (answer, word(28), others)
}

#[test]
fn where_vectors_are_is_told_of_who_runs_too() {
    let (_, mut cores) = watched(true);
    assert_eq!(told(&mut cores, 0), (SPUMONE_E_AGAIN, 0x8c40_2000, 0));
    assert_eq!(cores[2].call(0, [0x8c40_4000, 0, 0]), Outcome::Return(0));
    assert_eq!(told(&mut cores, 1), (SPUMONE_E_AGAIN, 0x8c40_4000, 0), "on another core");
    assert_eq!(told(&mut cores, 0), (SPUMONE_E_AGAIN, 0x8c40_2000, 0), "each has its own");
    let (_, mut cores) = watched(false);
    assert_eq!(told(&mut cores, 1), (SPUMONE_E_AGAIN, 0, 0), "it was never started");
}

#[test]
fn a_vbr_that_a_guest_wrote_is_taken_back_and_told() {
    let (world, mut cores) = watched(true);
    cores[2].fake.foreign_vectors = Some(0x8c66_6000);
    cores[2].interrupt(TICK);
    assert_eq!(told(&mut cores, 1), (SPUMONE_E_AGAIN, 0x8c66_6000, 0));
    assert_eq!(told(&mut cores, 0), (SPUMONE_E_AGAIN, 0x8c40_2000, 0), "who was on another core did not do it");
    let says =
        || String::from_utf8(world.borrow().log.clone()).unwrap().matches("VBR was 0x8c666000, taken back").count();
    assert_eq!(says(), 1);
    cores[2].fake.foreign_vectors = Some(0x8c66_6000);
    cores[2].interrupt(TICK);
    assert_eq!(says(), 1, "the same again is not said again");
    cores[2].interrupt(TICK);
    assert_eq!(told(&mut cores, 1), (SPUMONE_E_AGAIN, 0x8c66_6000, 0), "it stays known");
    assert_eq!(cores[2].call(0, [0x8c40_2000, 0, 0]), Outcome::Return(0));
    assert_eq!(told(&mut cores, 1), (SPUMONE_E_AGAIN, 0x8c40_2000, 0), "until it tells others");
}

#[test]
fn registers_are_those_of_the_vcpu_that_was_named() {
    let (_, mut cores) = watched(true);
    assert_eq!(asks(&mut cores, 23, [WATCHED, 0, 0]), 0);
    assert_eq!(registers(&mut cores, 1, BUFFER), 0);
    let bytes = 4 * 31;
    let memory = &cores[0].fake.memory;
    let words: Vec<u8> = (BUFFER..BUFFER + bytes).map(|address| memory[&address]).collect();
    assert_eq!(words, [u32::from(CPU1.0); 31].map(u32::to_le_bytes).concat());
    assert!(!memory.contains_key(&(BUFFER + bytes)), "no more than that is written");
    for vcpu in [2, 8, u32::MAX] {
        assert_eq!(registers(&mut cores, vcpu, BUFFER), SPUMONE_E_INVAL, "vCPU {vcpu}");
    }
    // Its own memory ends at 0x8c40_0000, where Linux's begins.
    for to in [0, BUFFER + 1 - 0x8000_0000, 0x8c40_0000 - bytes + 4, 0x8c40_2000, u32::MAX] {
        assert_eq!(registers(&mut cores, 0, to), SPUMONE_E_FAULT, "{to:#x}");
    }
    assert_eq!(registers(&mut cores, 0, 0x8c40_0000 - bytes), 0);
    assert_eq!(asks(&mut cores, 24, [WATCHED, 0, 0]), 0);
    assert_eq!(cores[1].call(12, [3, 0, 0]), Outcome::Leave(Next::Idle));
    settle(&mut cores);
    assert_eq!(registers(&mut cores, 0, BUFFER), SPUMONE_E_STATE, "it has ended");
    assert_eq!(state(&mut cores), SPUMONE_GUEST_GONE);
}

#[test]
fn without_an_image_it_does_not_begin_anew() {
    let (_, mut cores) = watched(true);
    assert_eq!(asks(&mut cores, 25, [WATCHED, 0, 0]), SPUMONE_E_NOSYS);
    assert_eq!(state(&mut cores), SPUMONE_GUEST_ALIVE);
    assert_eq!((cores[1].current, cores[2].current), (Some(CPU0), Some(CPU1)));
}
