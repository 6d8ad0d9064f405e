//! Exceptions and interrupts: what they save, where they go, what they need.

use super::super::{Cpu, Exit, Model, sr};
use super::{Bench, CODE, DATA};
use crate::bus::{BusError, Event, Interrupt, Width};

const EXPEVT: u32 = 0xff00_0024;

impl Bench {
    /// A load by the debugger's way: executes `mov.l @r1,r2` in a scratch copy of the core.
    pub(super) fn peek(&self, addr: u32) -> u32 {
        let mut copy = Self { cpu: self.cpu.clone(), bus: self.bus.clone() };
        copy.bus.request = None;
        copy.bus.put_words(0x7000, &[0x6212]);
        copy.cpu.set_sr(sr::MD);
        copy.cpu.set_pc(0x8000_7000);
        copy.cpu.set_r(1, addr);
        copy.run(1).cpu.r(2)
    }

    /// Runs until an exception has been entered and gives (EXPEVT, SPC, handler's offset from VBR).
    fn until_exception(mut self) -> (u32, u32, u32, Self) {
        self.bus.record = true;
        for offset in [0x100, 0x400] {
            self.bus.put_words(0x2000 + offset, &[0xaffe, 0x0009]); // bra .; nop
        }
        let mut bench = self.run(10);
        let Some((_, Event::Exception { expevt, spc, handler })) = bench.bus.events.first().cloned() else {
            panic!("no exception");
        };
        bench.bus.record = false;
        assert_eq!(bench.peek(EXPEVT), expevt);
        assert_eq!(bench.cpu.spc(), spc);
        (expevt, spc, handler - 0x8000_2000, bench)
    }

    fn expect_exception(self, code: u32, spc: u32) -> Self {
        let offset = if code == 0x040 || code == 0x060 { 0x400 } else { 0x100 };
        let (expevt, at, to, bench) = self.until_exception();
        assert_eq!((expevt, at, to), (code, spc, offset));
        bench
    }
}

fn user(code: &[u16]) -> Bench {
    let mut bench = Bench::new(&[]);
    bench.bus.put_words(0x1000, code);
    bench.cpu.set_sr(0);
    bench.cpu.set_pc(0x1000); // MMU off: U0 is physical
    bench
}

#[test]
fn entry_saves_and_switches() {
    // trapa #0x12
    let mut bench = Bench::new(&[0xc312]).r(3, 0x33).flags(sr::T | sr::S);
    bench.cpu.set_bank(3, 0x77);
    let before = bench.cpu.sr();
    let bench = bench.expect_exception(0x160, CODE + 2);
    assert_eq!(bench.peek(0xff00_0020), 0x12 << 2, "TRA");
    assert_eq!(bench.cpu.ssr(), before);
    assert_eq!(bench.cpu.sr(), before | sr::MD | sr::RB | sr::BL);
    assert_eq!(bench.cpu.sgr(), 0x8000_f000);
    assert_eq!((bench.cpu.r(3), bench.cpu.bank(3)), (0x77, 0x33));
}

#[test]
fn rte_restores() {
    // rte; stc ssr,r9 in the slot with SR restored
    let mut bench = Bench::new(&[0x002b, 0x0009]).flags(sr::RB | sr::BL);
    bench.cpu.set_spc(0x2_0000);
    bench.cpu.set_ssr(sr::T);
    let bench = bench.run(1);
    assert_eq!((bench.cpu.pc(), bench.cpu.sr(), bench.cpu.retired()), (0x2_0000, sr::T, 2));
}

#[test]
fn the_slot_of_rte_is_fetched_with_privilege() {
    // rte at the end of a P1 page, its slot (mov #5,r9) in the next: to user mode, which may not fetch P1.
    let mut bench = Bench::new(&[]);
    bench.bus.put_words(0x3ffe, &[0x002b, 0xe905]);
    bench.cpu.set_pc(0x8000_3ffe);
    bench.cpu.set_spc(0x1000);
    bench.cpu.set_ssr(0);
    let bench = bench.run(1);
    assert_eq!((bench.cpu.pc(), bench.cpu.r(9)), (0x1000, 5));
}

#[test]
fn illegal_instructions() {
    Bench::new(&[0xfffd]).expect_exception(0x180, CODE);
    // Privileged instructions in user mode: ldc sr, stc vbr, rte, ldtlb, sleep, stc r3_bank
    for word in [0x410e, 0x0122, 0x002b, 0x0038, 0x001b, 0x01b2] {
        user(&[word]).expect_exception(0x180, 0x1000);
        user(&[0xa000, word]).expect_exception(0x1a0, 0x1000);
    }
    // SH-4A instructions on an SH-4: movli.l, movco.l, movua.l, synco, icbi, prefi, fpchg
    for word in [0x0163, 0x0173, 0x41a9, 0x00ab, 0x01e3, 0x01d3, 0xf7fd] {
        Bench::with_model(&[word], Model::SH7751R).expect_exception(0x180, CODE);
    }
}

#[test]
fn fpu_disabled() {
    // fadd, fmov, lds fpul, sts fpscr
    for word in [0xf120, 0xf12c, 0x415a, 0x016a] {
        Bench::new(&[word]).flags(sr::FD).expect_exception(0x800, CODE);
        Bench::new(&[0x0009, 0xa000, word]).flags(sr::FD).expect_exception(0x820, CODE + 2);
    }
    Bench::new(&[0xfffd]).flags(sr::FD).expect_exception(0x180, CODE);
}

#[test]
fn address_errors() {
    // (word, register 1, EXPEVT): unaligned loads and stores; user mode in P1
    for (word, addr, code) in [
        (0x6212, DATA + 2, 0x0e0),
        (0x6211, DATA + 1, 0x0e0),
        (0x2122, DATA + 1, 0x100),
        (0x2121, DATA + 3, 0x100),
        (0x6215, DATA + 1, 0x0e0),
        (0x021f, DATA + 1, 0x0e0),
    ] {
        let bench = Bench::new(&[0x0009, word]).r(1, addr).r(2, DATA).expect_exception(code, CODE + 2);
        assert_eq!(bench.peek(0xff00_000c), addr, "TEA");
        assert_eq!(bench.peek(0xff00_0000), addr & !0x3ff, "PTEH.VPN");
    }
    user(&[0x6212]).r(1, DATA).expect_exception(0x0e0, 0x1000);
    user(&[0x2122]).r(1, 0xff00_0000).expect_exception(0x100, 0x1000);
    // An odd jump target is an address error of the fetch.
    let odd = CODE + 0x41;
    let bench = Bench::new(&[0x412b, 0x0009]).r(1, odd).expect_exception(0x0e0, odd);
    assert_eq!(bench.peek(0xff00_000c), odd);
}

#[test]
fn a_faulting_load_or_store_changes_no_register() {
    // mov.l @r1+,r2; mov.l r2,@-r1; mov.w @r1+,r2
    for word in [0x6216, 0x2126, 0x6215] {
        let bench = Bench::new(&[word]).r(1, DATA + 1).r(2, 7);
        let (_, _, _, bench) = bench.until_exception();
        assert_eq!((bench.cpu.bank(1), bench.cpu.bank(2)), (DATA + 1, 7), "{word:04x}");
    }
}

#[test]
fn a_fault_in_a_slot_restarts_the_branch() {
    // nop; bsr .+4; mov.l @r1,r2 (unaligned)
    let (code, spc, _, bench) = Bench::new(&[0x0009, 0xb000, 0x6212]).r(1, DATA + 1).until_exception();
    assert_eq!((code, spc), (0x0e0, CODE + 2));
    // Ten instructions of time: nop, then bsr (not retired), then the handler's loop.
    assert_eq!(bench.cpu.clock() - bench.cpu.retired(), 1);
}

#[test]
fn an_exception_while_blocked_resets_and_is_reported() {
    let mut bench = Bench::new(&[0x0009, 0xc301]).flags(sr::BL).r(5, 0x55);
    match bench.cpu.run(&mut bench.bus, 100) {
        Exit::Crash(crash) => {
            assert_eq!((crash.expevt, crash.pc, crash.r[5], crash.retired), (0x160, CODE + 4, 0x55, 2));
            assert!(crash.to_string().contains("trapa (EXPEVT 0x160)"), "{crash}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(bench.cpu.pc(), 0xa000_0000);
    assert_eq!(bench.cpu.sr(), sr::MD | sr::RB | sr::BL | sr::IMASK);
    assert_eq!(bench.peek(EXPEVT), 0x020);
}

#[test]
fn interrupts_by_level() {
    let request = |level| Interrupt { level, intevt: 0x400 };
    for (level, imask, taken) in [(1, 0, true), (7, 7, false), (8, 7, true), (15, 15, false), (16, 15, true)] {
        let mut bench = Bench::new(&[0x0009; 8]).flags(imask << 4);
        bench.bus.put_words(0x2600, &[0x0009; 8]);
        bench.bus.request = Some(request(level));
        let bench = bench.run(2);
        assert_eq!(bench.bus.accepted.len(), usize::from(taken), "level {level} mask {imask}");
        if taken {
            assert_eq!((bench.cpu.spc(), bench.cpu.pc()), (CODE, 0x8000_2604));
            assert_eq!(bench.peek(0xff00_0028), 0x400, "INTEVT");
            assert_eq!(bench.cpu.sr() & sr::IMASK, imask << 4);
        }
    }
}

#[test]
fn intmu_raises_the_mask_to_the_level() {
    let mut bench = Bench::new(&[0x2102, 0x0009, 0x0009]).r(0, 8).r(1, 0xff2f_0000).run(1);
    bench.bus.request = Some(Interrupt { level: 9, intevt: 0x620 });
    let bench = bench.run(1);
    assert_eq!(bench.cpu.sr() & sr::IMASK, 9 << 4);
    assert_eq!(bench.cpu.ssr() & sr::IMASK, 0);
}

#[test]
fn an_interrupt_waits_for_bl_and_comes_right_after() {
    // nop; nop; ldc r1,sr (BL = 0); nop
    let mut bench = Bench::new(&[0x0009, 0x0009, 0x410e, 0x0009]).r(1, sr::MD).flags(sr::BL);
    bench.bus.put_words(0x2600, &[0x0009; 8]);
    bench.bus.request = Some(Interrupt { level: 3, intevt: 0x400 });
    let bench = bench.run(4);
    assert_eq!(bench.bus.accepted.first().map(|accepted| accepted.0), Some(3));
    assert_eq!(bench.cpu.spc(), CODE + 6);
}

#[test]
fn sleep_ends_by_interrupt_even_while_blocked() {
    let mut bench = Bench::new(&[0x001b, 0x0009]).flags(sr::BL);
    assert_eq!(bench.cpu.run(&mut bench.bus, 100), Exit::Sleep);
    assert_eq!((bench.cpu.pc(), bench.cpu.clock()), (CODE + 2, 1));
    bench.cpu.skip_to(50);
    assert_eq!(bench.cpu.run(&mut bench.bus, 100), Exit::Sleep);
    bench.bus.request = Some(Interrupt { level: 2, intevt: 0x420 });
    let bench = bench.run(1);
    assert_eq!((bench.cpu.clock(), bench.cpu.retired()), (51, 2));
    assert_eq!(bench.cpu.spc(), CODE + 2);
    assert_eq!(bench.cpu.ssr() & sr::BL, sr::BL);
}

#[test]
fn a_masked_interrupt_does_not_end_sleep() {
    let mut bench = Bench::new(&[0x001b]).flags(5 << 4);
    bench.bus.request = Some(Interrupt { level: 5, intevt: 0x420 });
    assert_eq!(bench.cpu.run(&mut bench.bus, 100), Exit::Sleep);
}

#[test]
fn nothing_on_the_bus_is_reported_and_reads_zero() {
    let mut bench = Bench::new(&[0x6212, 0x2122]).r(1, 0xbf00_0000).r(2, 5);
    assert_eq!(bench.cpu.run(&mut bench.bus, 1), Exit::Limit, "area 7 of P2 is the control register area");
    bench.cpu.set_r(1, 0xb000_0000);
    bench.cpu.set_pc(CODE);
    let error = |store| Exit::BusError(BusError { addr: 0x1000_0000, width: Width::Long, store });
    assert_eq!(bench.cpu.run(&mut bench.bus, 100), error(false));
    assert_eq!((bench.cpu.r(2), bench.cpu.pc()), (0, CODE + 2));
    assert_eq!(bench.cpu.run(&mut bench.bus, 100), error(true));
}

#[test]
fn runners_can_take_exceptions_themselves() {
    let mut bench = Bench::new(&[0xc310, 0x6212]).r(1, 1);
    bench.cpu.report_exceptions(true);
    assert_eq!(bench.cpu.run(&mut bench.bus, 9), Exit::Exception { expevt: 0x160, address: 0x40 });
    assert_eq!((bench.cpu.pc(), bench.cpu.sr()), (CODE + 2, sr::MD));
    assert_eq!(bench.cpu.run(&mut bench.bus, 9), Exit::Exception { expevt: 0x0e0, address: 1 });
    assert_eq!(bench.cpu.pc(), CODE + 2);
}

#[test]
fn power_on_state() {
    let cpu = Cpu::new(2, Model::SHX3);
    assert_eq!((cpu.pc(), cpu.vbr(), cpu.sr()), (0xa000_0000, 0, 0x7000_00f0));
    assert_eq!(cpu.fpscr(), 0x0004_0001);
    assert_eq!(cpu.core(), 2);
}
