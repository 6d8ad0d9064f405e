//! Stands in for Linux: lower priority, levels 1..7, "off" is IMASK 7. Runs beside rt-probe, which preempts it a thousand
//! times a second, and checks that nothing of its own is lost.
#![no_std]
#![no_main]
#![feature(asm_experimental_arch)]

use core::sync::atomic::{AtomicU32, Ordering};
use guest_kit::{Frame, Tmu, TmuPlace, check_bank1, mmio, set_bank1, set_handlers, set_imask, spin_wild, vectors};
use selftest::Test;
use spumone_abi::{SPUMONE_INFO_FORWARDED, SPUMONE_INFO_PREEMPTIONS};

const OFF: u32 = 7;
const EXPEVT: u32 = 0xff00_0024;
const INTEVT: u32 = 0xff00_0028;
const TRA: u32 = 0xff00_0020;
const PTEH: u32 = 0xff00_0000;
const PTEL: u32 = 0xff00_0004;
const TEA: u32 = 0xff00_000c;

static TICKS: AtomicU32 = AtomicU32::new(0);
static LOST_INTEVT: AtomicU32 = AtomicU32::new(0);
static TRAPS: AtomicU32 = AtomicU32::new(0);
static LOST_TRA: AtomicU32 = AtomicU32::new(0);

fn bump(counter: &AtomicU32) {
    counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
}

/// As Linux: opens the RT guest's levels early and reads INTEVT afterwards.
fn on_interrupt(intevt: u32, _frame: &mut Frame) {
    set_imask(OFF);
    Tmu::of(TmuPlace::TMU0).acknowledge();
    for _ in 0..2000 {
        if mmio::read32(INTEVT) != intevt {
            bump(&LOST_INTEVT);
            break;
        }
    }
    bump(&TICKS);
    set_imask(15);
}

fn on_exception(expevt: u32, _frame: &mut Frame) {
    set_imask(OFF);
    bump(&TRAPS);
    for _ in 0..3_000 {
        if mmio::read32(EXPEVT) != expevt || mmio::read32(TRA) != 0x21 << 2 {
            bump(&LOST_TRA);
            break;
        }
    }
    set_imask(15);
}

#[unsafe(no_mangle)]
extern "C" fn guest_main(table: u32, _guest: u32) -> ! {
    let mut test = Test::begin(table, "low-worker");
    set_handlers(on_interrupt, on_exception);
    test.expect(test.hypervisor.set_vbr(vectors()).is_ok(), "set_vbr");
    set_imask(OFF);

    set_bank1(0x1234_5670);
    mmio::write32(PTEH, 0x1234_5042);
    mmio::write32(PTEL, 0x0bad_f100);
    mmio::write32(TEA, 0xdead_bee0);
    let mut wild = true;
    for _ in 0..40 {
        wild &= spin_wild(30_000);
    }
    test.expect(wild, "call-saved registers, MACH, MACL with R15 negative");
    test.expect(check_bank1(0x1234_5670), "R2, R5, R6, R7 of bank 1");
    test.expect(mmio::read32(PTEH) == 0x1234_5042, "PTEH");
    test.expect(mmio::read32(PTEL) == 0x0bad_f100, "PTEL");
    test.expect(mmio::read32(TEA) == 0xdead_bee0, "TEA");

    let timer = Tmu::new(TmuPlace::TMU0);
    test.expect(test.hypervisor.irq_enable(timer.intevt(), 3).is_ok(), "irq_enable");
    timer.start(5_003, true);
    // Idle with interrupts off, then open: the sweep moves the interrupt over the call.
    for round in 0..400 {
        let before = TICKS.load(Ordering::Relaxed);
        spin_wild(1 + round * 7 % 3000);
        set_imask(OFF);
        if TICKS.load(Ordering::Relaxed) == before {
            test.hypervisor.idle();
        }
        set_imask(0);
        set_imask(OFF);
    }
    // Idle with interrupts on.
    for _ in 0..50 {
        set_imask(0);
        let before = TICKS.load(Ordering::Relaxed);
        test.hypervisor.idle();
        test.expect(TICKS.load(Ordering::Relaxed) != before, "idle with interrupts on returned without one");
    }
    set_imask(OFF);
    timer.stop();
    test.expect(TICKS.load(Ordering::Relaxed) >= 300, "timer interrupts came");
    test.expect(LOST_INTEVT.load(Ordering::Relaxed) == 0, "INTEVT while the RT guest ran");
    for _ in 0..20 {
        // SAFETY: the guest's own handler takes it and changes nothing.
        unsafe { core::arch::asm!("trapa #0x21") };
    }
    test.expect(TRAPS.load(Ordering::Relaxed) == 20, "traps are forwarded");
    test.expect(LOST_TRA.load(Ordering::Relaxed) == 0, "EXPEVT and TRA while the RT guest ran");
    test.expect(test.hypervisor.null() == Ok(0), "null");
    let forwarded = test.hypervisor.info(SPUMONE_INFO_FORWARDED).unwrap_or(0);
    let ticks = TICKS.load(Ordering::Relaxed);
    test.expect(forwarded == ticks, "info counts forwarded interrupts");
    let preemptions = test.hypervisor.info(SPUMONE_INFO_PREEMPTIONS).unwrap_or(0);
    test.say(format_args!("{ticks} ticks, {forwarded} forwarded, {preemptions} preemptions"));
    test.end()
}
