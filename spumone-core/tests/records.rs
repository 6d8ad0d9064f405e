//! Trace ring and epitaph: what the hypervisor writes, a host reads.

use proptest::prelude::*;
use spumone_core::epitaph::{self, Epitaph, NoEpitaph, Registers};
use spumone_core::sched::{Next, Scheduler};
use spumone_core::trace::{self, Event, RingError, read_ring};
use spumone_core::vcpu::{Resume, State, VcpuId};

fn ring(core: u8, events: &[Event]) -> Vec<u8> {
    let first = trace::events_offset(core);
    let mut bytes = vec![0; (first + trace::EVENTS_BYTES) as usize];
    let base = 0xb600_0000 + first;
    let next = base + 8 * (events.len() as u32 % trace::EVENTS);
    let header = [trace::MAGIC, trace::VERSION, next, base, trace::EVENTS];
    let mut put = |at: usize, word: u32| bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
    for (index, word) in header.into_iter().enumerate() {
        put(trace::header_offset(core) as usize + 4 * index, word);
    }
    for (index, event) in events.iter().enumerate() {
        let at = first as usize + 8 * (index % trace::EVENTS as usize);
        let (code, arg) = event.encode();
        put(at, code);
        put(at + 4, arg);
    }
    bytes
}

#[test]
fn a_ring_reads_oldest_first_even_after_it_wrapped() {
    let few = [Event::Start(1), Event::Switch(0), Event::Guest { guest: 1, code: 5, arg: 6 }];
    let many: Vec<_> = (0..trace::EVENTS + 10).map(Event::Switch).collect();
    for core in 0..4 {
        assert_eq!(read_ring(&ring(core, &few), core).expect("a ring").collect::<Vec<_>>(), few);
        assert_eq!(read_ring(&ring(core, &many), core).expect("a ring").collect::<Vec<_>>(), many[10..]);
    }
}

#[test]
fn what_is_no_ring_is_told_apart() {
    let good = ring(0, &[]);
    assert_eq!(read_ring(&good[..100], 0).err(), Some(RingError::Truncated));
    assert_eq!(read_ring(&vec![0; good.len()], 0).err(), Some(RingError::NotARing));
    assert_eq!(read_ring(&good, 1).err(), Some(RingError::NotARing));
    let mut bad = good;
    bad[8] = 4;
    assert_eq!(read_ring(&bad, 0).err(), Some(RingError::Inconsistent));
}

#[test]
fn an_epitaph_says_what_happened_where() {
    let registers = Registers { pc: 0xe55f_0010, expevt: 0x180, ..Registers::default() };
    let exception = Epitaph { deaths: 1, core: 2, vcpu: 1, registers, line: 0, message: "exception in SPUMONE" };
    let text = exception.to_string();
    assert!(
        text.starts_with("died on core 2, vCPU 1: exception in SPUMONE: illegal instruction at PC 0xe55f0010\n"),
        "{text}"
    );
    let (vcpu, registers) = (epitaph::NO_VCPU, Registers::default());
    let panic = Epitaph { deaths: 2, vcpu, registers, line: 7, message: "a.rs: too far", ..exception };
    let text = panic.to_string();
    assert_eq!(text, "died on core 2, no vCPU: a.rs: too far (line 7)\n  and died 1 times more while it reported that");
}

#[test]
fn equal_priorities_take_turns() {
    let mut sched = Scheduler::new();
    let (a, b) = (VcpuId(0), VcpuId(1));
    for id in [a, b] {
        sched.add(id, 5, State::Stopped);
        assert!(sched.start(id));
        assert!(!sched.start(id), "a vCPU starts once");
    }
    for expected in [a, b, a, b] {
        assert_eq!(sched.choose(false), Next::Run(expected, Resume::Frame));
        sched.slice_over();
    }
}

#[test]
fn who_is_often_put_first_starves_nobody() {
    let mut sched = Scheduler::new();
    for id in 0..3 {
        sched.add(VcpuId(id), 5, State::Stopped);
        assert!(sched.start(VcpuId(id)));
    }
    let mut had = [0; 3];
    for _ in 0..30 {
        if let Next::Run(VcpuId(id), _) = sched.choose(false) {
            had[usize::from(id)] += 1;
            // An interrupt for vCPU 0 comes whenever another one runs; vCPU 0 has it until its slice is over.
            if !sched.advance(VcpuId(0)) {
                sched.slice_over();
            }
        }
    }
    assert!(had.iter().all(|&times| times >= 5), "{had:?}");
}

proptest! {
    #[test]
    fn epitaphs_come_back(message in ".{0,300}", line: u32, vcpu: u32, pc: u32) {
        let registers = Registers { pc, expevt: 0x180, ..Registers::default() };
        let epitaph = Epitaph { deaths: 1, core: 0, vcpu, registers, line, message: &message };
        let bytes = epitaph.encode();
        let read = Epitaph::decode(&bytes).expect("an epitaph");
        prop_assert!(message.starts_with(read.message));
        prop_assert!(read.message.len() == message.len() || read.message.len() + 4 > epitaph::MESSAGE_BYTES);
        prop_assert_eq!(Epitaph { message: read.message, ..epitaph }, read);
    }

    #[test]
    fn epitaphs_are_found_in_a_dump(before in 0usize..40, behind in 0usize..40, damage: bool) {
        let registers = Registers { pc: 0xe55f_0010, expevt: 0x180, ..Registers::default() };
        let epitaph = Epitaph { deaths: 1, core: 0, vcpu: 1, registers, line: 0, message: "exception" };
        let mut record = epitaph.encode();
        record[20] ^= u8::from(damage);
        let dump = [vec![0; 4 * before], record.to_vec(), vec![0; behind]].concat();
        let expected = if damage { Err(NoEpitaph::Damaged) } else { Ok(epitaph) };
        prop_assert_eq!(epitaph::find(&dump).collect::<Vec<_>>(), [(4 * before, expected)]);
        prop_assert_eq!(epitaph::find(&dump[..dump.len() - behind - 1]).next().map(|(_, read)| read), Some(Err(NoEpitaph::Truncated)));
    }

    #[test]
    fn damaged_epitaphs_are_refused(at in 0..epitaph::BYTES, bit in 0..8) {
        let message = "x".repeat(epitaph::MESSAGE_BYTES);
        let registers = Registers::default();
        let mut bytes = Epitaph { deaths: 1, core: 0, vcpu: 0, registers, line: 1, message: &message }.encode();
        bytes[at] ^= 1u8 << bit;
        let error = Epitaph::decode(&bytes).err();
        let expected = match at { 0..4 => NoEpitaph::Magic, 4..8 => NoEpitaph::Version, _ => NoEpitaph::Damaged };
        prop_assert_eq!(error, Some(expected));
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(Epitaph::decode(&bytes).is_err());
        prop_assert!(read_ring(&bytes, 0).is_err());
    }

    #[test]
    fn events_come_back(code: u32, arg: u32) {
        if let Some(event) = Event::decode(code, arg) {
            prop_assert_eq!(event.encode(), (code, arg));
        }
    }
}

#[test]
fn a_set_names_its_members_in_order() {
    use spumone_core::cluster::Set;
    for bits in 0..=u8::MAX {
        let members: Vec<u8> = (0..8).filter(|bit| bits >> bit & 1 != 0).collect();
        let set = Set::from_bits(bits);
        assert_eq!(set.collect::<Vec<_>>(), members);
        assert_eq!(set.first(), members.first().copied());
        assert_eq!((set.is_many(), set.is_empty()), (members.len() > 1, members.is_empty()));
    }
}

#[test]
fn sources_come_in_order() {
    use spumone_core::irq::{Code, Codes};
    for seed in 0..200u32 {
        let words = [0u32, 1, 2, 3].map(|word| (seed * 4 + word).wrapping_mul(0x9e37_79b9).rotate_left(seed % 32));
        let chosen: Vec<Code> =
            Code::all().filter(|code| words[code.index() / 32] >> (code.index() % 32) & 1 != 0).collect();
        assert_eq!(Codes::from_words(words).collect::<Vec<_>>(), chosen);
    }
}

#[test]
fn who_loses_the_core_to_work_goes_behind_its_equals() {
    use spumone_core::sched::{Next, Scheduler};
    use spumone_core::vcpu::{Resume, State, VcpuId};
    let mut sched = Scheduler::new();
    for id in [0, 1, 2].map(VcpuId) {
        sched.add(id, 1, State::Stopped);
        sched.start(id);
    }
    let run = |id| Next::Run(VcpuId(id), Resume::Frame);
    assert_eq!(sched.choose(false), run(0));
    // Each time 1 is put first while something is to be done, another loses the core to it by way of nobody.
    for next in [run(2), run(0), run(2)] {
        sched.advance(VcpuId(1));
        assert_eq!(sched.choose(true), Next::Idle);
        assert_eq!(sched.choose(false), run(1));
        sched.slice_over();
        assert_eq!(sched.choose(false), next);
    }
}
