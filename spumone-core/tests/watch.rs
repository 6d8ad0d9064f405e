//! A guest that watches another one, on a core of its own.

mod common;

use common::{Fake, LINUX_TIMER, TIMER, World, configured_on, guests};
use spumone_abi::*;
use spumone_core::hypervisor::{FaultReport, Hypervisor, Outcome};
use spumone_core::irq::Action;
use spumone_core::sched::Next;
use spumone_core::system::{self, Irq};
use spumone_core::vcpu::{Resume, VcpuId};
use std::cell::RefCell;
use std::rc::Rc;

const WATCHER: VcpuId = VcpuId(0);
const LINUX: VcpuId = VcpuId(1);

fn system() -> Vec<system::Guest> {
    let mut guests = guests();
    guests[0] = system::Guest { watches: Some(1), priority: 5, ..guests[0] };
    guests[1] = system::Guest { vcpus: 2, placement: [Some(1), Some(2), None, None], ..guests[1] };
    guests
}

/// The instance of `core` and its fake machine, begun.
fn begun(core: u8) -> (Hypervisor, Fake, Rc<RefCell<World>>) {
    let irqs = [Irq { intevt: LINUX_TIMER as u16, guest: 1, level: 2 }];
    let world = Rc::new(RefCell::new(World::default()));
    let mut hypervisor = configured_on(core, 3, &system(), &irqs);
    let mut fake = Fake::on(core, &world);
    hypervisor.prepare_shared(&mut fake);
    hypervisor.start(&mut fake);
    (hypervisor, fake, world)
}

#[test]
fn it_is_told_about_that_guest_and_asks_about_no_other() {
    let (mut hypervisor, mut fake, _) = begun(0);
    assert!(hypervisor.has_watcher() && hypervisor.needs_own_interrupts());
    let mut call = |number, args| hypervisor.hypercall(&mut fake, Some(WATCHER), number, args);
    for (item, value) in [
        (SPUMONE_INFO_WATCHED, 1),
        (SPUMONE_INFO_WATCHED_START, 0x0c40_0000),
        (SPUMONE_INFO_WATCHED_SIZE, 0x40_0000),
        (SPUMONE_INFO_WATCHED_VCPUS, 2),
        (SPUMONE_INFO_WATCHED_STATE, SPUMONE_GUEST_ALIVE as i32),
        (SPUMONE_INFO_WATCHED_RESTARTS, 0),
    ] {
        assert_eq!(call(14, [item, 0, 0]), Outcome::Return(value), "item {item}");
    }
    for number in 23..=26 {
        assert_eq!(call(number, [0, 0, 0x8c00_2000]), Outcome::Return(SPUMONE_E_PERM), "itself");
        assert_eq!(call(number, [7, 0, 0x8c00_2000]), Outcome::Return(SPUMONE_E_PERM), "nobody");
    }
    let (mut hypervisor, mut fake, _) = begun(1);
    let mut call = |number, args| hypervisor.hypercall(&mut fake, Some(LINUX), number, args);
    assert_eq!(call(14, [SPUMONE_INFO_WATCHED, 0, 0]), Outcome::Return(SPUMONE_E_INVAL), "Linux watches nobody");
    assert_eq!(call(25, [0, 0, 0]), Outcome::Return(SPUMONE_E_PERM));
}

#[test]
fn no_vcpu_goes_to_its_core() {
    let (mut hypervisor, mut fake, _) = begun(1);
    let mut call = |number, args| hypervisor.hypercall(&mut fake, Some(LINUX), number, args);
    assert_eq!(call(18, [0, 0, 0]), Outcome::Return(SPUMONE_E_PERM));
    assert_eq!(call(20, [0, 0, 0]), Outcome::Return(SPUMONE_E_PERM));
    assert_eq!(call(22, [1, 3, 0]), Outcome::Return(SPUMONE_E_INVAL), "there are two cores for it");
    assert_eq!(call(22, [1, 2, 0]), Outcome::Return(0));
    assert_ne!(hypervisor.clock_core().0, 0, "nor does the tick begin there");
}

#[test]
fn the_clock_goes_on_when_the_counter_goes_round() {
    let (mut hypervisor, mut fake, world) = begun(0);
    let mut now = |counter| {
        world.borrow_mut().counter = counter;
        assert_eq!(hypervisor.hypercall(&mut fake, Some(WATCHER), 27, [0x8c00_2000, 0, 0]), Outcome::Return(0));
        let bytes: Vec<_> = (0..8).map(|offset| fake.memory[&(0x8c00_2000 + offset)]).collect();
        u64::from_le_bytes(bytes.try_into().expect("eight"))
    };
    assert_eq!(now(1_000), 80_000);
    assert_eq!(now(0xffff_ffff), 0xffff_ffff * 80);
    assert_eq!(now(4), 0x1_0000_0004 * 80);
    let outside = hypervisor.hypercall(&mut fake, Some(WATCHER), 27, [0x8c40_0000, 0, 0]);
    assert_eq!(outside, Outcome::Return(SPUMONE_E_FAULT));
}

#[test]
fn its_alarm_ends_its_sleep_and_no_other() {
    let (mut hypervisor, mut fake, _) = begun(0);
    let set = |hypervisor: &mut Hypervisor, fake: &mut Fake, ticks| {
        assert_eq!(hypervisor.hypercall(fake, Some(WATCHER), 28, [ticks, 0, 0]), Outcome::Return(0));
    };
    let tick = |hypervisor: &mut Hypervisor, fake: &mut Fake, current| {
        hypervisor.interrupt(fake, current, TIMER, FaultReport::default)
    };
    let (sleeps, wakes) = (Outcome::Leave(Next::Idle), Outcome::Leave(Next::Run(WATCHER, Resume::Call)));
    set(&mut hypervisor, &mut fake, 2);
    assert_eq!(hypervisor.idle(&mut fake, Some(WATCHER)), Next::Idle);
    assert_eq!(tick(&mut hypervisor, &mut fake, None), sleeps);
    assert_eq!(tick(&mut hypervisor, &mut fake, None), wakes);
    assert_eq!(hypervisor.idle(&mut fake, Some(WATCHER)), Next::Idle);
    assert_eq!(tick(&mut hypervisor, &mut fake, None), sleeps, "it rings once");
    assert_eq!(fake.action(None, LINUX_TIMER), Action::Ask);
    // The ticks are over before it sleeps.
    hypervisor.interrupt(&mut fake, None, LINUX_TIMER, FaultReport::default);
    let (mut hypervisor, mut fake, _) = begun(0);
    set(&mut hypervisor, &mut fake, 1);
    let goes_on = Outcome::Leave(Next::Run(WATCHER, Resume::Frame));
    assert_eq!(tick(&mut hypervisor, &mut fake, Some(WATCHER)), goes_on);
    assert_eq!(hypervisor.idle(&mut fake, Some(WATCHER)), Next::Idle);
    assert_eq!(tick(&mut hypervisor, &mut fake, None), wakes, "it is not lost");
    set(&mut hypervisor, &mut fake, 1);
    set(&mut hypervisor, &mut fake, 0);
    assert_eq!(hypervisor.idle(&mut fake, Some(WATCHER)), Next::Idle);
    assert_eq!(tick(&mut hypervisor, &mut fake, None), sleeps);
}
