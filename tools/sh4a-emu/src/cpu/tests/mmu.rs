//! Address translation: both modes, every exception, the arrays.

use super::super::{Exit, sr};
use super::Bench;

const PTEH: u32 = 0xff00_0000;
const PTEL: u32 = 0xff00_0004;
const MMUCR: u32 = 0xff00_0010;
const PTEA: u32 = 0xff00_0034;
const AT: u32 = 1;
const TI: u32 = 4;
const ME: u32 = 1 << 7;
const SV: u32 = 1 << 8;
/// PTEL: V, SZ = 4 KiB, PR = read and write for all, D, C.
const RW_4K: u32 = 0x100 | 0x10 | 0x60 | 0x04 | 0x08;

impl Bench {
    /// A store to a register of the core, executed in P1.
    fn poke(mut self, addr: u32, value: u32) -> Self {
        let (pc, sr, r1, r2) = (self.cpu.pc(), self.cpu.sr(), self.cpu.r(1), self.cpu.r(2));
        self.bus.put_words(0x7100, &[0x2122]);
        self.cpu.set_sr(sr::MD);
        self.cpu.set_pc(0x8000_7100);
        let mut bench = self.r(1, addr).r(2, value).run(1).r(1, r1).r(2, r2);
        bench.cpu.set_sr(sr);
        bench.cpu.set_pc(pc);
        bench
    }

    fn ldtlb(self, pteh: u32, ptel: u32, ptea: u32) -> Self {
        let mut bench = self.poke(PTEH, pteh).poke(PTEL, ptel).poke(PTEA, ptea);
        let (pc, sr) = (bench.cpu.pc(), bench.cpu.sr());
        bench.bus.put_words(0x7100, &[0x0038]);
        bench.cpu.set_sr(sr::MD);
        bench.cpu.set_pc(0x8000_7100);
        let mut bench = bench.run(1);
        bench.cpu.set_sr(sr);
        bench.cpu.set_pc(pc);
        // URC does not move by itself between two ldtlb: choose the next entry.
        let urc = bench.peek(MMUCR) >> 10 & 63;
        let mmucr = bench.peek(MMUCR) & !(63 << 10) | ((urc + 1) & 63) << 10;
        bench.poke(MMUCR, mmucr)
    }

    fn at(mut self, pc: u32, sr: u32) -> Self {
        self.cpu.set_sr(sr);
        self.cpu.set_pc(pc);
        self
    }

    fn cause(self) -> (u32, u32) {
        let mut bench = self;
        for offset in [0x100, 0x400] {
            bench.bus.put_words(0x2000 + offset, &[0xaffe, 0x0009]);
        }
        let bench = bench.run(4);
        (bench.peek(0xff00_0024), bench.peek(0xff00_000c))
    }
}

/// mov.l @r1,r2 in P1 with R1 = `addr`.
fn load(bench: Bench, addr: u32) -> Bench {
    bench.r(1, addr).r(2, 0x55)
}

#[test]
fn a_page_is_translated_for_load_store_and_fetch() {
    // Virtual 0x00400000 -> physical 0x3000
    let bench = Bench::new(&[0x6212, 0x2132]).poke(MMUCR, AT | TI).ldtlb(0x0040_0000, 0x3000 | RW_4K, 0);
    let mut bench = load(bench, 0x0040_0010).r(3, 0x77);
    bench.bus.put_long(0x3010, 0x1234);
    let mut bench = bench.run(2);
    assert_eq!((bench.cpu.r(2), bench.bus.long(0x3010)), (0x1234, 0x77));
    // mov #9,r4; in user mode, at that page
    bench.bus.put_words(0x3020, &[0xe409, 0x0009]);
    let bench = bench.at(0x0040_0020, 0).run(1);
    assert_eq!(bench.cpu.r(4), 9);
}

#[test]
fn misses_name_the_page() {
    let bench = load(Bench::new(&[0x6212]).poke(MMUCR, AT).poke(PTEH, 0x12), 0x0123_4567 & !3);
    let bench = Bench { cpu: bench.cpu, bus: bench.bus };
    let mut copy = Bench { cpu: bench.cpu.clone(), bus: bench.bus.clone() };
    copy.bus.put_words(0x2400, &[0xaffe, 0x0009]);
    let copy = copy.run(3);
    assert_eq!(copy.peek(PTEH), 0x0123_4412, "VPN of the address, ASID kept");
    assert_eq!(bench.cause(), (0x040, 0x0123_4564));
    assert_eq!(load(Bench::new(&[0x2122]).poke(MMUCR, AT), 0x1000).cause(), (0x060, 0x1000));
    assert_eq!(Bench::new(&[]).poke(MMUCR, AT).at(0x0050_0000, sr::MD).cause(), (0x040, 0x0050_0000));
    // P3 is translated, P1 and P2 are not.
    assert_eq!(load(Bench::new(&[0x6212]).poke(MMUCR, AT), 0xc000_0000).cause(), (0x040, 0xc000_0000));
    assert_eq!(load(Bench::new(&[0x6212]).poke(MMUCR, AT), 0xa000_1000).run(1).cpu.r(2), 0x6212);
}

#[test]
fn classic_protection() {
    // (PR, D) and what (privileged load, privileged store, user load, user store) raise
    for (pr, dirty, expected) in [
        (0, true, [0, 0x0c0, 0x0a0, 0x0c0]),
        (1, true, [0, 0, 0x0a0, 0x0c0]),
        (2, true, [0, 0x0c0, 0, 0x0c0]),
        (3, true, [0, 0, 0, 0]),
        (3, false, [0, 0x080, 0, 0x080]),
        (1, false, [0, 0x080, 0x0a0, 0x0c0]),
    ] {
        let ptel = 0x3000 | 0x118 | pr << 5 | u32::from(dirty) << 2;
        for (case, code) in expected.into_iter().enumerate() {
            let (word, mode) = (if case & 1 == 0 { 0x6212 } else { 0x2122 }, if case < 2 { sr::MD } else { 0 });
            // The code lies in a page of its own at 0x00410000 that everybody may execute.
            let mut bench = Bench::new(&[]).poke(MMUCR, AT | TI);
            bench.bus.put_words(0x4000, &[word, 0x0009, 0x0009, 0x0009]);
            let bench = bench.ldtlb(0x0040_0000, ptel, 0).ldtlb(0x0041_0000, 0x4000 | RW_4K, 0).at(0x0041_0000, mode);
            let (expevt, _) = load(bench, 0x0040_0000).cause();
            assert_eq!(expevt, code, "PR {pr} D {dirty} case {case}");
        }
    }
    // Fetch from a page that user mode may not read.
    let bench = Bench::new(&[]).poke(MMUCR, AT | TI).ldtlb(0x0040_0000, 0x3000 | 0x118 | 1 << 5, 0);
    assert_eq!(bench.at(0x0040_0000, 0).cause(), (0x0a0, 0x0040_0000));
}

#[test]
fn extended_protection_has_three_bits_for_each_mode() {
    // EPR bits 5..0: privileged read, write, execute; user read, write, execute
    for bit in 0..6 {
        let ptea = 1 << (8 + bit) | 1 << 4; // ESZ 4 KiB
        for (case, needed) in [(0, 5), (1, 4), (2, 3), (3, 2), (4, 1), (5, 0)] {
            let mode = if case < 3 { sr::MD } else { 0 };
            let mut bench = Bench::new(&[]).poke(MMUCR, AT | TI | ME);
            bench.bus.put_words(0x4000, &[if case % 3 == 1 { 0x2122 } else { 0x6212 }, 0x0009, 0x0009, 0x0009]);
            bench.bus.put_words(0x3000, &[0x0009; 8]);
            let bench = bench.ldtlb(0x0040_0000, 0x3000 | 0x10c, ptea).ldtlb(0x0041_0000, 0x4000 | 0x10c, 0x3f10);
            let pc = if case % 3 == 2 { 0x0040_0000 } else { 0x0041_0000 };
            let (expevt, _) = load(bench.at(pc, mode), 0x0040_0000).cause();
            let refused = if case % 3 == 1 { 0x0c0 } else { 0x0a0 };
            assert_eq!(expevt, if bit == needed { 0 } else { refused }, "EPR bit {bit} case {case}");
        }
    }
}

#[test]
fn page_sizes() {
    // (PTEL size bits, PTEA, extended, length). Pages map to physical 0, so only their low 64 KiB reach RAM.
    let classic = [(0x00, 1 << 10), (0x10, 1 << 12), (0x80, 1 << 16), (0x90, 1 << 20)].map(|(sz, len)| (sz, 0, 0, len));
    let extended = [(0, 10), (1, 12), (2, 13), (4, 16), (5, 18), (7, 20), (8, 22), (12, 26)]
        .map(|(esz, shift)| (0, esz << 4 | 0x3f00, ME, 1u32 << shift));
    for (size, ptea, mode, len) in classic.into_iter().chain(extended) {
        let first = 0x0800_0000;
        let ptel = 0x100 | size | 0x60 | 0x0c;
        let bench = Bench::new(&[0x6212]).poke(MMUCR, AT | TI | mode).ldtlb(first, ptel, ptea);
        let inside = (len - 4).min(0x9000);
        let mut hit = load(bench, first + inside);
        hit.bus.put_long(inside, 0xfeed);
        let bench = Bench { cpu: hit.cpu.clone(), bus: hit.bus.clone() };
        assert_eq!(hit.run(1).cpu.r(2), 0xfeed, "length {len:x}");
        assert_eq!(load(bench, first + len).cause(), (0x040, first + len), "length {len:x}");
    }
}

#[test]
fn asids() {
    let bench = |mmucr, ptel| {
        let mut bench = Bench::new(&[0x6212]).poke(MMUCR, mmucr | AT | TI).ldtlb(0x0040_0005, 0x3000 | RW_4K | ptel, 0);
        bench.bus.put_long(0x3000, 0xbeef);
        load(bench, 0x0040_0000)
    };
    assert_eq!(bench(0, 0).run(1).cpu.r(2), 0xbeef);
    assert_eq!(bench(0, 0).poke(PTEH, 6).cause().0, 0x040, "another ASID");
    assert_eq!(bench(0, 2).poke(PTEH, 6).run(1).cpu.r(2), 0xbeef, "shared");
    assert_eq!(bench(SV, 0).poke(PTEH, 6).run(1).cpu.r(2), 0xbeef, "single virtual, privileged");
    // The cached translation goes with the ASID.
    let warm = bench(0, 0).run(1).poke(PTEH, 6).at(super::CODE, sr::MD);
    assert_eq!(warm.cause().0, 0x040);
}

#[test]
fn a_second_match_is_a_reset() {
    let bench = Bench::new(&[0x6212]).poke(MMUCR, AT | TI).ldtlb(0x0040_0000, 0x3000 | RW_4K, 0);
    let mut bench = load(bench.ldtlb(0x0040_0000, 0x4000 | RW_4K, 0), 0x0040_0000);
    let until = bench.cpu.clock() + 5;
    assert!(matches!(bench.cpu.run(&mut bench.bus, until), Exit::Crash(crash) if crash.expevt == 0x140));
    assert_eq!((bench.cpu.pc(), bench.peek(0xff00_0024)), (0xa000_0000, 0x140));
}

#[test]
fn arrays_show_and_change_entries() {
    let bench = Bench::new(&[0x6212]).poke(MMUCR, AT | TI).ldtlb(0x0040_0007, 0x3000 | RW_4K, 0x0009);
    assert_eq!(bench.peek(0xf600_0000), 0x0040_0307, "VPN, D, V, ASID");
    assert_eq!(bench.peek(0xf700_0000), 0x3000 | RW_4K);
    assert_eq!(bench.peek(0xf780_0000), 0x0009);
    // Entry 5 through the arrays.
    let mut bench = bench.poke(0xf700_0500, 0x4000 | RW_4K).poke(0xf600_0500, 0x0060_0307);
    bench.bus.put_long(0x4000, 0xcafe);
    let warm = load(bench, 0x0060_0000).run(1);
    assert_eq!(warm.cpu.r(2), 0xcafe);
    // Associative write with V = 0 removes it from the UTLB and from what was cached.
    let cold = warm.poke(0xf600_0080, 0x0060_0007).at(super::CODE, sr::MD);
    assert_eq!(cold.peek(0xf600_0500) & 0x100, 0);
    assert_eq!(cold.cause().0, 0x040);
}

#[test]
fn the_itlb_is_filled_and_follows_associative_writes() {
    let mut bench = Bench::new(&[]).poke(MMUCR, AT | TI).ldtlb(0x0040_0000, 0x3000 | RW_4K, 0);
    bench.bus.put_words(0x3000, &[0xaffe, 0x0009]);
    let bench = bench.at(0x0040_0000, sr::MD).run(4);
    let shown: Vec<u32> = (0..4).map(|entry| bench.peek(0xf200_0000 + entry * 0x100)).collect();
    assert!(shown.contains(&0x0040_0100), "{shown:08x?}");
    let bench = bench.poke(0xf600_0080, 0x0040_0000).at(0x0040_0000, sr::MD);
    assert_eq!(bench.cause(), (0x040, 0x0040_0000));
}

#[test]
fn urc_counts_and_respects_urb() {
    // Eight misses with URB = 3: URC stays in 0..3.
    let mut bench = Bench::new(&[]).poke(MMUCR, AT | 3 << 18);
    let mut seen = Vec::new();
    for page in 0..8 {
        bench.bus.put_words(0x7200, &[0x6212]);
        bench = load(bench.at(0x8000_7200, sr::MD), page * 0x1000).run(1);
        seen.push(bench.peek(MMUCR) >> 10 & 63);
    }
    assert_eq!(seen, [1, 2, 0, 1, 2, 0, 1, 2]);
}

#[test]
fn store_queue_addresses_are_translated() {
    // Virtual 0xe0400000 -> physical 0x3000 (1 MiB pages are customary; 4 KiB will do)
    let bench = Bench::new(&[0x2122, 0x0183]).poke(MMUCR, AT | TI).ldtlb(0xe040_0000, 0x3000 | RW_4K, 0);
    let bench = load(bench, 0xe040_0040).run(2);
    assert_eq!(bench.bus.long(0x3040), 0x55);
    // Not mapped: the store to the queue works, pref raises the miss of a store.
    let bench = Bench::new(&[0x2122, 0x0183]).poke(MMUCR, AT | TI);
    assert_eq!(load(bench, 0xe040_0040).cause(), (0x060, 0xe040_0040));
}
