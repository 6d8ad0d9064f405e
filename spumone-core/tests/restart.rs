//! A guest with a vCPU on each of two cores begins anew.

mod common;

use common::pair::{CPU0, CPU1, Core, two_cores};
use common::{LINUX_TIMER, MAIL, RT_TIMER};
use spumone_core::format::{Board, Name, crc32};
use spumone_core::hypervisor::Outcome;
use spumone_core::image::{self, HEADER_OFFSET, Part, PartKind, table_bytes};
use spumone_core::sched::Next;
use spumone_core::system::GuestFlags;
use spumone_core::vcpu::Resume;

/// Linux's segment: in the middle of its memory, longer in memory than in the image.
const SEGMENT: u32 = 0x0c40_1010;
const CONTENT: [u8; 100] = [7; 100];
const LENGTH: u32 = 300;

/// An image with a segment of each guest, and with what damages it.
fn image(spoil: fn(&mut [u8], usize)) -> &'static [u8] {
    let table = (PartKind::SystemTable, None, &b"table"[..], 0xe560_5000, 5);
    let rt = (PartKind::Guest, Some(0), &[9; 64][..], 0x0c00_1000, 64);
    let linux = (PartKind::Guest, Some(1), &CONTENT[..], SEGMENT, LENGTH);
    let mut bytes = vec![0; HEADER_OFFSET as usize + table_bytes(3)];
    let mut parts = Vec::new();
    for (kind, guest, content, address, memory) in [table, rt, linux] {
        let (offset, length) = (bytes.len() as u32, content.len() as u32);
        bytes.extend_from_slice(content);
        let name = Name::new("part").expect("a name");
        parts.push(Part { kind, guest, offset, length, address, memory, crc: crc32(content), name });
    }
    image::encode(&mut bytes, Board::Rp1, 0xe55f_0000, &parts).expect("a good image");
    let last = bytes.len() - 1;
    spoil(&mut bytes, last);
    bytes.leak()
}

/// Linux at work on both cores, which have this image.
fn at_work(image: &'static [u8]) -> [Core; 2] {
    let (_, mut cores) = two_cores(1, GuestFlags::empty());
    cores.iter_mut().for_each(|core| core.fake.image = Some(image));
    cores
}

/// Lets both cores take their mail until there is none.
fn settle(cores: &mut [Core; 2]) {
    for _ in 0..100 {
        let mail = cores[0].fake.world.borrow().mail;
        let Some(core) = mail.iter().position(|raised| *raised) else { return };
        cores[0].fake.world.borrow_mut().mail[core] = false;
        cores[core].interrupt(MAIL);
    }
    panic!("the cores never come to an end");
}

/// What both cores have to say.
fn log(cores: &mut [Core; 2]) -> String {
    for core in &mut *cores {
        while !core.hypervisor.send_log(&mut core.fake) {}
    }
    let relayed = String::from_utf8(cores[0].fake.world.borrow().log.clone()).expect("UTF-8");
    cores[0].fake.text(3) + &relayed
}

#[test]
fn it_begins_as_at_the_start_and_its_devices_are_silent() {
    let mut cores = at_work(image(|_, _| ()));
    // It is the core without an urgent guest that loads.
    cores[1].fake.memory.extend([(SEGMENT + LENGTH - 1, 0xaa), (SEGMENT + LENGTH, 0xbb)]);
    cores[0].call(13, [0; 3]);
    settle(&mut cores);
    let [zero, one] = &mut cores;
    assert_eq!(zero.current, Some(CPU0));
    let (vcpu, entry) = *zero.fake.prepared.last().expect("an entry");
    assert_eq!((vcpu, entry.pc, entry.r4, entry.r5), (CPU0.0, 0x8c40_1000, None, 1));
    assert_eq!(one.current, None, "its other CPU is stopped");
    assert_eq!(
        zero.fake.quiet,
        [LINUX_TIMER],
        "a timer that still runs would interrupt a kernel that is not ready for it"
    );
    assert!(one.fake.quiet.is_empty() && !zero.fake.quiet.contains(&RT_TIMER));
    let byte = |address| one.fake.memory.get(&address).copied();
    assert_eq!([SEGMENT, SEGMENT + 99].map(byte), [Some(7); 2]);
    assert_eq!([SEGMENT + 100, SEGMENT + LENGTH - 1].map(byte), [Some(0); 2], "what the image has not is zero");
    assert_eq!(byte(SEGMENT + LENGTH), Some(0xbb), "what is no part of it stays");
    assert!(log(&mut cores).contains("guest linux starts again at 0x8c401000"));
}

#[test]
fn its_second_life_is_like_its_first() {
    let mut cores = at_work(image(|_, _| ()));
    for _ in 0..3 {
        cores[1].call(6, [0b01, 3, 0]);
        cores[0].call(13, [0; 3]);
        settle(&mut cores);
        let [zero, one] = &mut cores;
        assert_eq!(zero.call(7, [0; 3]), Outcome::Return(0), "a message of its earlier life is gone");
        assert_eq!(zero.call(0, [0x8c40_2000, 0, 0]), Outcome::Return(0));
        assert_eq!(zero.call(8, [LINUX_TIMER, 2, 0]), Outcome::Return(0));
        assert_eq!(zero.call(4, [1, 0x8c40_3000, 5]), Outcome::Return(0));
        assert_eq!(one.interrupt(MAIL), Outcome::Leave(Next::Run(CPU1, Resume::Frame)));
        let (vcpu, entry) = *one.fake.prepared.last().expect("an entry");
        assert_eq!((vcpu, entry.pc, entry.r4), (CPU1.0, 0x8c40_3000, Some(5)));
        assert_eq!(one.call(0, [0x8c40_2000, 0, 0]), Outcome::Return(0));
        assert_eq!(zero.call(6, [0b10, 4, 0]), Outcome::Return(0));
        assert_eq!(one.call(7, [0; 3]), Outcome::Return(1 << 4));
    }
}

#[test]
fn the_other_cpu_may_ask_for_it() {
    let mut cores = at_work(image(|_, _| ()));
    cores[1].call(13, [0; 3]);
    settle(&mut cores);
    assert_eq!((cores[0].current, cores[1].current), (Some(CPU0), None));
    assert_eq!(cores[0].fake.prepared.iter().filter(|(vcpu, _)| *vcpu == CPU0.0).count(), 2);
}

#[test]
fn what_is_damaged_is_not_loaded() {
    for (spoil, says) in [
        (
            (|bytes, last| bytes[last] ^= 1) as fn(&mut [u8], usize),
            "it cannot begin anew: image: checksum of part 2 wrong",
        ),
        (|bytes, _| bytes[HEADER_OFFSET as usize] ^= 1, "it cannot begin anew: image: bad magic"),
    ] {
        let mut cores = at_work(image(spoil));
        cores[0].call(13, [0; 3]);
        settle(&mut cores);
        for core in &cores {
            assert_eq!(core.current, None);
            assert!(core.fake.memory.is_empty(), "something was copied");
            assert!(core.fake.quiet.is_empty());
        }
        let log = log(&mut cores);
        assert!(log.contains(says) && !log.contains("starts again"), "{log}");
    }
}

#[test]
fn without_an_image_it_is_parked() {
    let (_, mut cores) = two_cores(1, GuestFlags::empty());
    cores[0].call(13, [0; 3]);
    settle(&mut cores);
    assert_eq!((cores[0].current, cores[1].current), (None, None));
    assert!(log(&mut cores).contains("guest linux parked: "));
}
