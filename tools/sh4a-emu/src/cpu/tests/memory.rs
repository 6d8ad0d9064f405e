//! Loads, stores, atomics, store queues, and code that changes.

use super::super::{Cpu, Exit, Model, Watchpoint, sr};
use super::{Bench, CODE, DATA};
use crate::bus::{Bus, Event};
use crate::flat::Flat;

fn with_data(code: &[u16]) -> Bench {
    let mut bench = Bench::new(code);
    bench.bus.put_long(0x8000, 0x8182_8384);
    bench.bus.put_long(0x8004, 0xf1f2_f3f4);
    bench
}

#[test]
fn loads_extend_and_move_addresses() {
    // (word, R0, R1 before, R2 after, R1 after); memory at DATA: 84 83 82 81 f4 f3 f2 f1
    for (word, r0, r1, r2, after) in [
        (0x6210, 0, DATA, 0xffff_ff84, DATA),
        (0x6211, 0, DATA, 0xffff_8384, DATA),
        (0x6212, 0, DATA, 0x8182_8384, DATA),
        (0x6214, 0, DATA, 0xffff_ff84, DATA + 1),
        (0x6215, 0, DATA, 0xffff_8384, DATA + 2),
        (0x6216, 0, DATA, 0x8182_8384, DATA + 4),
        (0x021c, 5, DATA, 0xffff_fff3, DATA),
        (0x021d, 6, DATA, 0xffff_f1f2, DATA),
        (0x021e, 4, DATA, 0xf1f2_f3f4, DATA),
        (0x5211, 0, DATA, 0xf1f2_f3f4, DATA),
    ] {
        let bench = with_data(&[word]).r(0, r0).r(1, r1).run(1);
        assert_eq!((bench.cpu.r(2), bench.cpu.r(1)), (r2, after), "{word:04x}");
    }
    // The loaded value wins over the increment.
    assert_eq!(with_data(&[0x6116]).r(1, DATA).run(1).cpu.r(1), 0x8182_8384);
}

#[test]
fn loads_to_r0() {
    // mov.b/w @(disp,r1),r0; mov.b/w/l @(disp,gbr),r0; mov.w/l @(disp,pc),r1
    for (word, expected) in [
        (0x8411, 0xffff_ff83),
        (0x8511, 0xffff_8182),
        (0xc405, 0xffff_fff3),
        (0xc503, 0xffff_f1f2),
        (0xc601, 0xf1f2_f3f4),
    ] {
        let mut bench = with_data(&[word]).r(1, DATA);
        bench.cpu.set_gbr(DATA);
        assert_eq!(bench.run(1).cpu.r(0), expected, "{word:04x}");
    }
    // At CODE + 2 the longword form counts from CODE + 4 (PC rounded down), the word form from CODE + 6, mova like the former.
    let code = [0x0009, 0xd101, 0x9200, 0xc700, 0x1111, 0x2222];
    let bench = Bench::new(&code).run(4);
    assert_eq!(bench.cpu.r(1), 0x2222_1111);
    assert_eq!(bench.cpu.r(2), 0x1111);
    assert_eq!(bench.cpu.r(0), CODE + 8);
}

#[test]
fn stores_and_their_addresses() {
    // (word, R0, R1 after, offset, longword there afterwards); R2 = 0xa1b2c3d4, R1 = DATA + 4; memory before: 84 83 82 81 f4 f3 f2 f1
    for (word, r0, r1, at, long) in [
        (0x2120, 0, 4, 4, 0xf1f2_f3d4),
        (0x2121, 0, 4, 4, 0xf1f2_c3d4),
        (0x2122, 0, 4, 4, 0xa1b2_c3d4),
        (0x2124, 0, 3, 0, 0xd482_8384),
        (0x2125, 0, 2, 0, 0xc3d4_8384),
        (0x2126, 0, 0, 0, 0xa1b2_c3d4),
        (0x0124, 1, 4, 4, 0xf1f2_d4f4),
        (0x0125, 2, 4, 4, 0xc3d4_f3f4),
        (0x0126, 4, 4, 8, 0xa1b2_c3d4),
        (0x1121, 0, 4, 8, 0xa1b2_c3d4),
        (0x8012, 0x55, 4, 4, 0xf155_f3f4),
        (0x8111, 0x6677, 4, 4, 0x6677_f3f4),
        (0x01c3, 0x1234_5678, 4, 4, 0x1234_5678),
    ] {
        let bench = with_data(&[word]).r(0, r0).r(1, DATA + 4).r(2, 0xa1b2_c3d4).run(1);
        assert_eq!((bench.bus.long(0x8000 + at), bench.cpu.r(1)), (long, DATA + r1), "{word:04x}");
    }
    // The value from before the decrement is stored.
    assert_eq!(with_data(&[0x2116]).r(1, DATA + 4).run(1).bus.long(0x8000), DATA + 4);
}

#[test]
fn gbr_bytes() {
    // and.b, xor.b, or.b, tst.b #0x0f,@(r0,gbr) on 0x83
    for (word, after, t) in [(0xcd0f, 0x03, false), (0xce0f, 0x8c, false), (0xcf0f, 0x8f, false), (0xcc0c, 0x83, true)]
    {
        let mut bench = with_data(&[word]).r(0, 1);
        bench.cpu.set_gbr(DATA);
        let bench = bench.run(1);
        assert_eq!((bench.bus.long(0x8000) >> 8 & 0xff, bench.t()), (after, t), "{word:04x}");
    }
}

#[test]
fn tas_sets_the_top_bit_and_tells_zero() {
    let bench = with_data(&[0x411b]).r(1, DATA + 8).run(1);
    assert_eq!((bench.bus.long(0x8008), bench.t()), (0x80, true));
    let bench = with_data(&[0x411b]).r(1, DATA + 1).flags(sr::T).run(1);
    assert_eq!((bench.bus.long(0x8000), bench.t()), (0x8182_8384, false));
}

#[test]
fn movua_reads_anywhere() {
    for shift in 0..4 {
        let bench = with_data(&[0x41e9]).r(1, DATA + shift).run(1);
        let expected = (0xf1f2_f3f4_8182_8384u64 >> (8 * shift)) as u32;
        assert_eq!((bench.cpu.r(0), bench.cpu.r(1)), (expected, DATA + shift + 4));
    }
}

#[test]
fn a_reservation_stands_until_something_happens() {
    // movli.l @r1,r0; add #1,r0; movco.l r0,@r1
    let code = [0x0163, 0x7001, 0x0173];
    let bench = with_data(&code).r(1, DATA).run(3);
    assert_eq!((bench.bus.long(0x8000), bench.t()), (0x8182_8385, true));
    // A second movco.l has no reservation.
    let bench = with_data(&[0x0163, 0x0173, 0x7001, 0x0173]).r(1, DATA).run(4);
    assert_eq!((bench.bus.long(0x8000), bench.t()), (0x8182_8384, false));
    // An exception in between: trapa, whose handler is nops, then rte.
    let mut bench = with_data(&[0x0163, 0xc300, 0x0173]).r(1, DATA).flags(sr::T);
    bench.bus.put_words(0x2100, &[0x002b, 0x0009]);
    let bench = bench.run(5);
    assert_eq!((bench.cpu.pc(), bench.t()), (CODE + 6, false));
}

#[test]
fn another_core_store_ends_a_reservation() {
    for (offset, stands) in [(0u32, false), (3, false), (4, true), (0x100, true)] {
        // Core 0: movli.l, then movco.l. Core 1 in between: mov.b r2,@r1.
        let mut bench = with_data(&[0x0163, 0x0173, 0x2120]).r(1, DATA).run(1);
        let mut other = Cpu::new(1, Model::SHX3);
        other.set_pc(CODE + 4);
        other.set_r(1, DATA + offset);
        assert_eq!(other.step(&mut bench.bus), Exit::Limit);
        assert_eq!(bench.run(1).t(), stands, "offset {offset}");
    }
    // Its own store does not.
    let bench = with_data(&[0x0163, 0x2122, 0x0173]).r(1, DATA).run(3);
    assert!(bench.t());
}

#[test]
fn code_that_was_executed_can_be_changed() {
    // mov.w r2,@r1 over the next-but-one instruction, executed before as add #1,r3: now add #2,r3
    // loop: add #1,r3; mov.w r2,@r1 (r1 = CODE); bra loop; nop
    let bench = Bench::new(&[0x7301, 0x2121, 0xaffc, 0x0009]).r(1, CODE).r(2, 0x7302).run(5);
    assert_eq!(bench.cpu.r(3), 3);
    // Also by a byte, by somebody else, and through another address of the same memory.
    let mut bench = Bench::new(&[0x7301, 0xaffd, 0x0009]).run(3);
    bench.bus.put_words(0x1000, &[0x7305]);
    assert_eq!(bench.run(1).cpu.r(3), 6);
    let bench = Bench::new(&[0x7301, 0x2120, 0xaffc, 0x0009]).r(1, 0xa000_1000).r(2, 0x10).run(5);
    assert_eq!(bench.cpu.r(3), 0x11);
    // Loading an image forgets everything.
    let mut bench = Bench::new(&[0x7301, 0xaffd, 0x0009]).run(3);
    bench.bus.memory().bytes_mut()[0x1000] = 7;
    assert_eq!(bench.run(1).cpu.r(3), 8);
}

#[test]
fn store_queues_write_32_bytes() {
    // QACR1 = area 0 (0); mov.l r2,@r1 x 2; pref @r1. Address bit 5: queue 1; bits 25:5 of the address: 0x8040 & ~31 = 0x8060 for bit 5.
    let sq = 0xe000_8060;
    let mut bench = Bench::new(&[0x2122, 0x1127, 0x0183]).r(1, sq).r(2, 0xabcd);
    bench.bus.put_long(0x8064, 0x1111_1111);
    let bench = bench.run(3);
    assert_eq!((bench.bus.long(0x8060), bench.bus.long(0x8064), bench.bus.long(0x807c)), (0xabcd, 0, 0xabcd));
    // pref elsewhere is only a hint, whatever the address.
    assert_eq!(Bench::new(&[0x0183]).r(1, 3).run(1).cpu.pc(), CODE + 2);
}

#[test]
fn qacr_chooses_the_area() {
    // Area 4 is 0x10000000, where nothing answers: the write must go there.
    let mut bench = Bench::new(&[0x2122, 0x0183]).r(1, 0xff00_0038).r(2, 4 << 2).run(1);
    bench.cpu.set_r(1, 0xe000_0000);
    assert!(
        matches!(bench.cpu.run(&mut bench.bus, 9), Exit::BusError(error) if error.addr & !31 == 0x1000_0000 && error.store)
    );
}

#[test]
fn breakpoints_watchpoints_and_probes() {
    let mut bench = with_data(&[0x0009, 0x6212, 0x2122, 0x0009]).r(1, DATA);
    bench.bus.record = true;
    bench.cpu.add_breakpoint(CODE + 2);
    bench.cpu.add_probe(CODE + 4);
    bench.cpu.add_watchpoint(Watchpoint { addr: DATA + 2, len: 1, load: false, store: true });
    assert_eq!(bench.cpu.run(&mut bench.bus, 99), Exit::Breakpoint { pc: CODE + 2 });
    assert_eq!(bench.cpu.retired(), 1);
    assert_eq!(bench.cpu.run(&mut bench.bus, 99), Exit::Watchpoint { pc: CODE + 4, addr: DATA, store: true });
    assert_eq!(bench.cpu.retired(), 2);
    assert_eq!(bench.bus.events, [(2, Event::Probe { pc: CODE + 4 })]);
    assert_eq!(bench.cpu.step(&mut bench.bus), Exit::Limit);
    assert_eq!(bench.cpu.pc(), CODE + 6);
}

#[test]
fn stops_in_a_delay_slot_are_passed() {
    // nop; bra .+4; mov.l r2,@r1 (breakpoint, probe and watched); nop. Only the slot has them, so the branch comes again each time.
    let mut bench = with_data(&[0x0009, 0xa000, 0x2122, 0x0009]).r(1, DATA).r(2, 7);
    bench.bus.record = true;
    bench.cpu.add_breakpoint(CODE + 4);
    bench.cpu.add_probe(CODE + 4);
    bench.cpu.add_watchpoint(Watchpoint { addr: DATA, len: 4, load: false, store: true });
    assert_eq!(bench.cpu.run(&mut bench.bus, 3), Exit::Breakpoint { pc: CODE + 4 });
    assert_eq!((bench.cpu.pc(), bench.cpu.retired()), (CODE + 2, 1));
    let until = bench.cpu.clock() + 2;
    assert_eq!(bench.cpu.run(&mut bench.bus, until), Exit::Watchpoint { pc: CODE + 2, addr: DATA, store: true });
    let until = bench.cpu.clock() + 2;
    assert_eq!(bench.cpu.run(&mut bench.bus, until), Exit::Limit);
    assert_eq!((bench.cpu.pc(), bench.cpu.retired(), bench.bus.long(0x8000)), (CODE + 6, 3, 7));
    assert_eq!(bench.bus.events.len(), 1, "one probe");
}

#[test]
fn more_code_than_is_kept_decoded() {
    // In each of 4200 pages (4096 are kept): add r2,r1; jmp @r1; add #1,r3
    let pages = 4200u32;
    let mut bus = Flat::new(pages as usize * 4096);
    for page in 0..pages {
        bus.put_words(page * 4096, &[0x312c, 0x412b, 0x7301]);
    }
    let mut cpu = Cpu::new(0, Model::SHX3);
    cpu.set_pc(0x8000_0000);
    cpu.set_r(1, 0x8000_0000);
    cpu.set_r(2, 4096);
    cpu.set_r(3, 0);
    let epoch = bus.memory().code_epoch();
    assert_eq!(cpu.run(&mut bus, 3 * u64::from(pages)), Exit::Limit);
    assert_eq!((cpu.r(3), cpu.pc()), (pages, 0x8000_0000 + pages * 4096));
    assert_ne!(bus.memory().code_epoch(), epoch, "all were dropped once");
}

#[test]
fn last_branches_are_remembered() {
    let bench = Bench::new(&[0xa000, 0x0009, 0xa000, 0x0009]).run(4);
    assert_eq!(bench.cpu.last_branches(), [(CODE, CODE + 4), (CODE + 4, CODE + 8)]);
}
