//! Behaviour of the portable hypervisor on a fake machine.

mod common;

use common::{Fake, LINUX, LINUX_TIMER, RT, RT_TIMER, configured, guests};
use spumone_abi::*;
use spumone_core::hypervisor::{FaultReport, Hypervisor, Outcome};
use spumone_core::irq::Action;
use spumone_core::sched::Next;
use spumone_core::system::GuestFlags;
use spumone_core::trace::Event;
use spumone_core::vcpu::{Resume, VcpuId};

const SET_VBR: u32 = 0;
const IDLE: u32 = 1;
const IRQ_ENABLE: u32 = 8;
const CONSOLE_WRITE: u32 = 10;
const GUEST_EXIT: u32 = 12;
const INFO: u32 = 14;
const GUEST_NAME: u32 = 16;

fn run(vcpu: VcpuId, resume: Resume) -> Outcome {
    Outcome::Leave(Next::Run(vcpu, resume))
}

/// Both guests started, both with vectors, RT idle and Linux running.
fn running() -> (Hypervisor, Fake) {
    let (mut hypervisor, mut fake) = (configured(&guests()), Fake::new());
    assert_eq!(hypervisor.start(&mut fake), run(RT, Resume::Frame));
    assert_eq!(hypervisor.hypercall(&mut fake, Some(RT), SET_VBR, [0x8c00_2000, 0, 0]), Outcome::Return(0));
    assert_eq!(hypervisor.hypercall(&mut fake, Some(RT), IDLE, [0; 3]), run(LINUX, Resume::Frame));
    assert_eq!(hypervisor.hypercall(&mut fake, Some(LINUX), SET_VBR, [0x8c40_2000, 0, 0]), Outcome::Return(0));
    (hypervisor, fake)
}

#[test]
fn the_urgent_guest_starts_first_and_the_next_when_it_idles() {
    let (_, fake) = running();
    assert_eq!(fake.prepared.iter().map(|(vcpu, _)| *vcpu).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(fake.prepared[0].1.pc, 0x8c00_1000);
    assert_eq!(fake.prepared[0].1.stack, 0x8c40_0000);
    assert_eq!(fake.vectors, [(0, 0x8c00_2000, 15), (1, 0x8c40_2000, 7)]);
}

#[test]
fn actions_follow_owner_current_and_priority() {
    let (_, fake) = running();
    assert_eq!(fake.action(Some(LINUX), LINUX_TIMER), Action::Forward);
    assert_eq!(fake.action(Some(LINUX), RT_TIMER), Action::Preempt(RT));
    assert_eq!(fake.action(Some(RT), RT_TIMER), Action::Forward);
    assert_eq!(fake.action(Some(RT), LINUX_TIMER), Action::Defer);
    assert_eq!(fake.action(None, LINUX_TIMER), Action::Preempt(LINUX));
    assert_eq!(fake.action(None, RT_TIMER), Action::Preempt(RT));
    assert_eq!(fake.action(Some(LINUX), 0x500), Action::Ask);
}

#[test]
fn without_vectors_nothing_is_forwarded() {
    let (mut hypervisor, mut fake) = (configured(&guests()), Fake::new());
    hypervisor.start(&mut fake);
    assert_eq!(fake.action(Some(RT), RT_TIMER), Action::Ask);
}

#[test]
fn a_preempted_guest_goes_on_from_its_frame_when_the_other_idles() {
    let (mut hypervisor, mut fake) = running();
    fake.preempt(Some(LINUX), RT);
    assert_eq!(hypervisor.idle(&mut fake, Some(RT)), Next::Run(LINUX, Resume::Frame));
}

#[test]
fn two_hand_overs_in_a_row_lose_nobody() {
    let (mut hypervisor, mut fake) = running();
    assert_eq!(hypervisor.idle(&mut fake, Some(LINUX)), Next::Idle);
    // The assembly wakes Linux out of the sleeping core, then preempts it for the RT guest.
    fake.preempt(None, LINUX);
    fake.preempt(Some(LINUX), RT);
    assert_eq!(hypervisor.idle(&mut fake, Some(RT)), Next::Run(LINUX, Resume::Frame));
}

#[test]
fn idle_from_the_sleeping_core_returns_from_the_call() {
    let (mut hypervisor, mut fake) = running();
    assert_eq!(hypervisor.idle(&mut fake, Some(LINUX)), Next::Idle);
    let outcome = hypervisor.interrupt(&mut fake, None, LINUX_TIMER, FaultReport::default);
    assert_eq!(outcome, run(LINUX, Resume::Call));
}

#[test]
fn a_fault_without_vectors_parks_that_guest_only() {
    let (mut hypervisor, mut fake) = (configured(&guests()), Fake::new());
    hypervisor.start(&mut fake);
    let report = FaultReport { expevt: 0xe0, pc: 0x8c00_0001, ..FaultReport::default() };
    assert_eq!(hypervisor.exception(&mut fake, Some(RT), &report), run(LINUX, Resume::Frame));
    let log = fake.text(3);
    assert!(log.contains("guest rt parked at PC 0x8c000001: address error on read or fetch (EXPEVT 0xe0)"), "{log}");
    assert!(log.contains("R15 00000000"), "{log}");
    assert!(fake.masked.contains(&RT_TIMER));
    assert!(fake.events.contains(&Event::Park(0)));
    assert_eq!(fake.action(Some(LINUX), RT_TIMER), Action::Ask);
}

#[test]
fn bad_vector_bases_park() {
    for base in [0, 2, 0x8c00_0001, 0x8c3f_f904, 0x8c40_0000, 0x0c00_0000, 0xffff_fffc, 0xe500_e000] {
        let (mut hypervisor, mut fake) = (configured(&guests()), Fake::new());
        hypervisor.start(&mut fake);
        let outcome = hypervisor.hypercall(&mut fake, Some(RT), SET_VBR, [base, 0, 0]);
        assert_eq!(outcome, run(LINUX, Resume::Frame), "{base:#x}");
        assert!(fake.text(3).contains("guest rt parked: set_vbr("), "{base:#x}");
    }
}

#[test]
fn hypercalls_refuse_what_is_not_the_guests() {
    let (mut hypervisor, mut fake) = running();
    let mut call = |number, args| hypervisor.hypercall(&mut fake, Some(LINUX), number, args);
    let refused = [
        (IRQ_ENABLE, [RT_TIMER, 2, 0], SPUMONE_E_PERM),
        (IRQ_ENABLE, [LINUX_TIMER, 8, 0], SPUMONE_E_PERM),
        (IRQ_ENABLE, [LINUX_TIMER, 0, 0], SPUMONE_E_INVAL),
        (IRQ_ENABLE, [LINUX_TIMER, 16, 0], SPUMONE_E_INVAL),
        (IRQ_ENABLE, [0x401, 2, 0], SPUMONE_E_INVAL),
        (IRQ_ENABLE, [0x1000, 2, 0], SPUMONE_E_INVAL),
        (9, [RT_TIMER, 0, 0], SPUMONE_E_PERM),
        (4, [1, 0, 0], SPUMONE_E_INVAL),
        (4, [0, 0, 0], SPUMONE_E_STATE),
        (6, [1, 8, 0], SPUMONE_E_INVAL),
        (6, [2, 0, 0], SPUMONE_E_INVAL),
        (CONSOLE_WRITE, [0x8c00_0000, 4, 0], SPUMONE_E_FAULT),
        (CONSOLE_WRITE, [0x8c7f_fffe, 4, 0], SPUMONE_E_FAULT),
        (CONSOLE_WRITE, [0x8c40_0000, u32::MAX, 0], SPUMONE_E_FAULT),
        (CONSOLE_WRITE, [0x0c40_0000, 4, 0], SPUMONE_E_FAULT),
        (GUEST_NAME, [2, 0x8c40_0000, 16], SPUMONE_E_INVAL),
        (GUEST_NAME, [0, 0x8c7f_fff8, 16], SPUMONE_E_FAULT),
        (INFO, [1000, 0, 0], SPUMONE_E_INVAL),
        (29, [0; 3], SPUMONE_E_NOSYS),
        (u32::MAX, [0; 3], SPUMONE_E_NOSYS),
    ];
    for (number, args, code) in refused {
        assert_eq!(call(number, args), Outcome::Return(code), "call {number} {args:x?}");
    }
    assert_eq!(call(IRQ_ENABLE, [LINUX_TIMER, 7, 0]), Outcome::Return(0));
    assert_eq!(call(GUEST_NAME, [0, 0x8c40_0000, 1]), Outcome::Return(2));
    assert_eq!(call(INFO, [SPUMONE_INFO_LEVEL_HIGH, 0, 0]), Outcome::Return(7));
    assert_eq!(fake.unmasked, [(LINUX_TIMER, 7)]);
    assert_eq!(fake.memory.get(&0x8c40_0000), Some(&b'r'));
    assert_eq!(fake.memory.get(&0x8c40_0001), None);
}

#[test]
fn an_unowned_interrupt_is_masked_and_told_once() {
    let (mut hypervisor, mut fake) = running();
    for _ in 0..3 {
        let outcome = hypervisor.interrupt(&mut fake, Some(LINUX), 0x500, FaultReport::default);
        assert_eq!(outcome, run(LINUX, Resume::Frame));
    }
    assert_eq!(fake.masked, [0x500, 0x500, 0x500]);
    assert_eq!(fake.text(3).matches("0x500 belongs to no guest").count(), 1);
}

#[test]
fn a_source_above_its_levels_is_set_back() {
    let (mut hypervisor, mut fake) = running();
    fake.preempt(Some(LINUX), RT);
    let outcome = hypervisor.interrupt(&mut fake, Some(RT), LINUX_TIMER, FaultReport::default);
    assert_eq!(outcome, run(RT, Resume::Frame));
    assert_eq!(fake.unmasked, [(LINUX_TIMER, 2)]);
    assert!(fake.events.contains(&Event::LevelCorrected(LINUX_TIMER)));
}

#[test]
fn the_end_names_every_guest() {
    let (mut hypervisor, mut fake) = running();
    assert_eq!(hypervisor.hypercall(&mut fake, Some(LINUX), GUEST_EXIT, [7, 0, 0]), Outcome::Leave(Next::Idle));
    assert_eq!(hypervisor.hypercall(&mut fake, Some(RT), GUEST_EXIT, [0; 3]), Outcome::Finished);
    hypervisor.last_words();
    assert!(hypervisor.send_log(&mut fake));
    assert!(fake.text(3).ends_with("spumone: all guests ended: rt=0 linux=7\r\n"), "{}", fake.text(3));
}

#[test]
fn a_guest_that_does_not_count_is_not_waited_for() {
    let mut guests = guests();
    guests[0].flags = GuestFlags::empty();
    let (mut hypervisor, mut fake) = (configured(&guests), Fake::new());
    hypervisor.start(&mut fake);
    hypervisor.hypercall(&mut fake, Some(RT), IDLE, [0; 3]);
    assert_eq!(hypervisor.hypercall(&mut fake, Some(LINUX), GUEST_EXIT, [0; 3]), Outcome::Finished);
    hypervisor.last_words();
    hypervisor.send_log(&mut fake);
    assert!(fake.text(3).contains("rt=running linux=0"));
}

#[test]
fn the_fpu_changes_hands_only_between_guests_that_use_it() {
    let mut guests = guests();
    guests[0].flags |= GuestFlags::FPU;
    guests[1].flags |= GuestFlags::FPU;
    let (mut hypervisor, mut fake) = (configured(&guests), Fake::new());
    hypervisor.start(&mut fake);
    hypervisor.hypercall(&mut fake, Some(RT), IDLE, [0; 3]);
    assert_eq!(fake.fpu, [(None, Some(0)), (Some(0), Some(1))]);
    assert_eq!(fake.action(Some(LINUX), RT_TIMER), Action::Ask, "the short path does not know the FPU");
    assert_eq!(fake.idle(RT), None, "nor does the short way out of idle");
    let (_, one) = running();
    assert_eq!(one.fpu, []);
}

#[test]
fn when_the_fpus_owner_ends_the_other_gets_its_own_contents_back() {
    let mut guests = guests();
    guests[0].flags |= GuestFlags::FPU;
    guests[1].flags |= GuestFlags::FPU;
    let (mut hypervisor, mut fake) = (configured(&guests), Fake::new());
    hypervisor.start(&mut fake);
    hypervisor.hypercall(&mut fake, Some(RT), SET_VBR, [0x8c00_2000, 0, 0]);
    hypervisor.hypercall(&mut fake, Some(RT), IDLE, [0; 3]);
    assert_eq!(hypervisor.interrupt(&mut fake, Some(LINUX), RT_TIMER, FaultReport::default), run(RT, Resume::Call));
    fake.fpu.clear();
    assert_eq!(hypervisor.hypercall(&mut fake, Some(RT), GUEST_EXIT, [0; 3]), run(LINUX, Resume::Frame));
    // Nothing of the dead guest is saved, but Linux's own is loaded.
    assert_eq!(fake.fpu, [(None, Some(1))]);
}

#[test]
fn guests_on_the_logs_port_share_it_line_by_line() {
    let (mut hypervisor, mut fake) = running();
    fake.serial.clear();
    fake.preempt(Some(LINUX), RT);
    fake.memory.extend((0x8c00_0000..).zip(*b"ab\ncd"));
    assert_eq!(hypervisor.hypercall(&mut fake, Some(RT), CONSOLE_WRITE, [0x8c00_0000, 5, 0]), Outcome::Return(5));
    assert_eq!(fake.text(3), "[rt] ab\r\n");
    assert_eq!(
        hypervisor.hypercall(&mut fake, Some(RT), GUEST_EXIT, [0; 3]),
        Outcome::Leave(Next::Run(LINUX, Resume::Frame))
    );
    assert!(fake.text(3).contains("[rt] cd\r\nspumone: guest rt ended"));
}

#[test]
fn a_flood_is_refused_and_leaves_room_for_the_log() {
    let (mut hypervisor, mut fake) = running();
    fake.room = 0;
    fake.memory.extend((0x8c00_0000..).zip([b'\n'; 32]));
    let mut taken = 0;
    let mut refused = false;
    for _ in 0..1000 {
        match hypervisor.hypercall(&mut fake, Some(RT), CONSOLE_WRITE, [0x8c00_0000, 32, 0]) {
            Outcome::Return(count) if count < 32 => refused = true,
            Outcome::Return(count) => taken += count,
            other => panic!("{other:?}"),
        }
    }
    assert!(refused && taken > 0);
    hypervisor.log(format_args!("still heard"));
    fake.room = usize::MAX;
    assert!(hypervisor.send_log(&mut fake));
    assert!(fake.text(3).ends_with("spumone: still heard\r\n"));
}

#[test]
fn console_of_its_own_takes_what_fits() {
    let (mut hypervisor, mut fake) = running();
    fake.room = 3;
    assert_eq!(hypervisor.hypercall(&mut fake, Some(LINUX), CONSOLE_WRITE, [0x8c40_0000, 8, 0]), Outcome::Return(3));
    assert_eq!(fake.text(0), "???");
}
