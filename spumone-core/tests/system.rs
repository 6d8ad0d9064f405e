//! The system table: what is written is read back, and nothing damaged or contradictory passes.

use proptest::prelude::*;
use spumone_core::format::{Board, Fault, FormatError, Name, crc32};
use spumone_core::governor::Bounds;
use spumone_core::system::{self, Guest, GuestFlags, Irq, MAX_BYTES, Region, System, encoded_bytes};

fn linux() -> Guest {
    Guest {
        id: 0,
        name: Name::new("linux").expect("legal"),
        memory: Region { start: 0x0c40_0000, length: 0x07c0_0000 },
        entry: 0x8c40_2000,
        stack_top: 0,
        priority: 1,
        vcpus: 2,
        placement: [Some(0), Some(1), None, None],
        governor: Some(Bounds { low: 1, high: 2 }),
        level_low: 1,
        level_high: 7,
        irq_off: 7,
        flags: GuestFlags::MMU | GuestFlags::FPU,
        console: Some(0),
        watches: None,
    }
}

fn probe() -> Guest {
    Guest {
        id: 1,
        name: Name::new("rt-probe").expect("legal"),
        memory: Region { start: 0x0c00_0000, length: 0x0040_0000 },
        entry: 0x8c00_0000,
        stack_top: 0x8c40_0000,
        priority: 2,
        vcpus: 1,
        placement: [Some(0), None, None, None],
        governor: None,
        level_low: 8,
        level_high: 14,
        irq_off: 15,
        flags: GuestFlags::ESSENTIAL,
        console: None,
        watches: None,
    }
}

fn irqs() -> Vec<Irq> {
    vec![Irq { intevt: 0x400, guest: 0, level: 2 }, Irq { intevt: 0x460, guest: 1, level: 14 }]
}

fn encode(guests: &[Guest], irqs: &[Irq]) -> Result<Vec<u8>, FormatError> {
    let mut out = vec![0; MAX_BYTES];
    let used = system::encode(&mut out, Board::Rp1, 4, 3, guests, irqs)?;
    out.truncate(used);
    Ok(out)
}

fn sample() -> Vec<u8> {
    encode(&[linux(), probe()], &irqs()).expect("good")
}

#[test]
fn round_trip() {
    let mut bytes = sample();
    assert_eq!(bytes.len(), encoded_bytes(2, 2));
    bytes.extend([0xff; 9]);
    let system = System::parse(&bytes).expect("reads, and ignores what follows");
    assert_eq!((system.board(), system.cores(), system.log(), system.guest_count()), (Board::Rp1, 4, 3, 2));
    assert_eq!(system.guests().collect::<Vec<_>>(), [linux(), probe()]);
    assert_eq!((system.guest(1), system.guest(2)), (Some(probe()), None));
    assert_eq!(system.irqs().collect::<Vec<_>>(), irqs());
    assert_eq!(system.bytes(), sample());
}

#[test]
fn every_single_bit_flip_is_noticed() {
    let good = sample();
    for bit in 0..good.len() * 8 {
        let mut bad = good.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        assert!(System::parse(&bad).is_err(), "bit {bit}");
    }
}

#[test]
fn every_truncation_is_noticed() {
    let good = sample();
    for length in 0..good.len() {
        let error = System::parse(&good[..length]).err().expect("a fault");
        assert_eq!((error.fault, error.found), (Fault::Truncated, length as u32));
    }
}

/// One broken promise each; the hypervisor may rely on all of them.
#[test]
fn contradictions_are_refused() {
    type Change = fn(&mut [Guest; 2], &mut Vec<Irq>);
    let cases: [(&str, Change); 21] = [
        ("lowest level", |g, _| g[0].level_low = 0),
        ("highest level", |g, _| g[0].level_high = 16),
        ("highest level", |g, _| (g[0].level_low, g[0].level_high) = (5, 4)),
        ("interrupts-off mask", |g, _| g[0].irq_off = 6),
        ("interrupts-off mask", |g, _| g[0].irq_off = 16),
        ("vCPU count", |g, _| g[0].vcpus = 0),
        ("vCPU count", |g, _| g[0].vcpus = 5),
        ("console port", |g, _| g[0].console = Some(4)),
        ("memory length", |g, _| g[0].memory.length = 0),
        ("memory length", |g, _| g[0].memory.start = 0x1fff_f000),
        ("entry", |g, _| g[0].entry = 0x8c3f_ffff),
        ("stack top", |g, _| g[1].stack_top = 0x8c40_0004),
        ("memory of two guests", |g, _| g[1].memory.length += 1),
        ("name or priority used twice", |g, _| g[1].priority = 1),
        ("name or priority used twice", |g, _| g[1].name = g[0].name),
        ("core of a vCPU", |g, _| g[0].placement[1] = Some(4)),
        ("core of a vCPU", |g, _| g[0].placement[1] = None),
        ("core of a vCPU", |g, _| g[0].placement[2] = Some(2)),
        ("INTEVT code", |_, i| i[0].intevt = 0x401),
        ("interrupt's guest", |_, i| i[0].guest = 2),
        ("interrupt owned twice", |_, i| i.push(Irq { level: 3, ..i[0] })),
    ];
    for (field, change) in cases {
        let (mut guests, mut irqs) = ([linux(), probe()], irqs());
        change(&mut guests, &mut irqs);
        assert_eq!(encode(&guests, &irqs).expect_err(field).fault, Fault::Field(field));
    }
    for level in [0, 8, 15] {
        let error = encode(&[linux()], &[Irq { intevt: 0x400, guest: 0, level }]).expect_err("level");
        assert_eq!((error.fault, error.found), (Fault::Field("interrupt level"), level.into()));
    }
    assert_eq!(encode(&[], &[]).expect_err("none").fault, Fault::Field("guest count"));
    assert_eq!(
        system::encode(&mut [0; 40], Board::R2d, 1, 0, &[linux()], &[]).expect_err("small").fault,
        Fault::Truncated
    );
    for (cores, log, field) in [(0, 0, "core count"), (5, 0, "core count"), (4, 4, "log port")] {
        let error = system::encode(&mut [0; MAX_BYTES], Board::R2d, cores, log, &[linux()], &[]).expect_err(field);
        assert_eq!(error.fault, Fault::Field(field));
    }
}

#[test]
fn errors_name_place_expectation_and_finding() {
    let error = encode(&[linux()], &[Irq { intevt: 0x400, guest: 0, level: 9 }]).expect_err("level");
    assert_eq!(error.to_string(), "system table: bad interrupt level at 0x5b: expected 0x1, found 0x9");
}

#[test]
fn regions() {
    let memory = linux().memory;
    for (address, inside) in [(0x0c40_0000, true), (0x8c40_0000, true), (0xac40_0000, true), (0x0c3f_ffff, false)] {
        assert_eq!(memory.holds(address), inside, "{address:#x}");
    }
    assert!(memory.holds(0x93ff_ffff) && !memory.holds(0x9400_0000) && memory.holds_or_ends_at(0x9400_0000));
    // P4 is no way to main memory.
    assert!(!memory.holds(0xec40_0000));
}

proptest! {
    /// Damage behind a good checksum: reading never panics, and what passes keeps its promises.
    #[test]
    fn a_lying_table_never_panics(changes in prop::collection::vec((8usize..144, any::<u8>()), 1..8)) {
        let mut bytes = sample();
        for (at, value) in changes {
            bytes[at] = value;
        }
        let covered = [&bytes[..36], &bytes[40..]].concat();
        bytes[36..40].copy_from_slice(&crc32(&covered).to_le_bytes());
        if let Ok(system) = System::parse(&bytes) {
            prop_assert_eq!(system.guests().count(), usize::from(system.guest_count()));
            for irq in system.irqs() {
                let owner = system.guest(irq.guest).expect("an owner");
                prop_assert!((owner.level_low..=owner.level_high).contains(&irq.level));
            }
        }
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), with_magic: bool) {
        let mut table = if with_magic { b"SPUMSYS1\x01\0\0\0".to_vec() } else { Vec::new() };
        table.extend(bytes);
        prop_assert!(System::parse(&table).is_err());
    }
}
