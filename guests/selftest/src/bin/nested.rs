//! An RT guest with two sources: the more urgent one interrupts the other one's handler, never the other way round.
#![no_std]
#![no_main]

use core::sync::atomic::{AtomicU32, Ordering};
use guest_kit::{Frame, Tmu, TmuPlace, set_handlers, set_imask, vectors};
use selftest::Test;

const LOW: TmuPlace = TmuPlace::TMU3;
const HIGH: TmuPlace = TmuPlace::TMU4;
const LOW_LEVEL: u32 = 10;
const HIGH_LEVEL: u32 = 14;

static LOW_RUNS: AtomicU32 = AtomicU32::new(0);
static HIGH_RUNS: AtomicU32 = AtomicU32::new(0);
/// Handlers that run now.
static DEPTH: AtomicU32 = AtomicU32::new(0);
static NESTED: AtomicU32 = AtomicU32::new(0);
static WRONG: AtomicU32 = AtomicU32::new(0);
static HELD: AtomicU32 = AtomicU32::new(0);

fn add(counter: &AtomicU32, by: u32) {
    counter.store(counter.load(Ordering::Relaxed).wrapping_add(by), Ordering::Relaxed);
}

fn pause(rounds: u32) {
    for round in 0..rounds {
        core::hint::black_box(round);
    }
}

fn on_interrupt(intevt: u32, _frame: &mut Frame) {
    let depth = DEPTH.load(Ordering::Relaxed);
    add(&DEPTH, 1);
    if intevt == LOW.intevt {
        Tmu::of(LOW).acknowledge();
        add(&LOW_RUNS, 1);
        add(&WRONG, depth);
        let before = HIGH_RUNS.load(Ordering::Relaxed);
        set_imask(LOW_LEVEL);
        for _ in 0..10_000 {
            if HIGH_RUNS.load(Ordering::Relaxed) != before {
                break;
            }
            pause(20);
        }
    } else {
        Tmu::of(HIGH).acknowledge();
        add(&HIGH_RUNS, 1);
        add(&NESTED, depth);
        set_imask(HIGH_LEVEL);
        // While the other one waits it is held back.
        if HIGH_RUNS.load(Ordering::Relaxed).is_multiple_of(8) {
            for _ in 0..10_000 {
                if Tmu::of(LOW).underflown() {
                    add(&HELD, 1);
                    break;
                }
                pause(20);
            }
        }
        pause(500);
    }
    set_imask(15);
    add(&DEPTH, u32::MAX);
}

fn on_exception(expevt: u32, _frame: &mut Frame) {
    panic!("exception {expevt:#x}");
}

#[unsafe(no_mangle)]
extern "C" fn guest_main(table: u32, _guest: u32) -> ! {
    let mut test = Test::begin(table, "nested");
    set_handlers(on_interrupt, on_exception);
    test.expect(test.hypervisor.set_vbr(vectors()).is_ok(), "set_vbr");
    for (place, level, period) in [(LOW, LOW_LEVEL, 12_007), (HIGH, HIGH_LEVEL, 3_001)] {
        let timer = Tmu::new(place);
        test.expect(test.hypervisor.irq_enable(timer.intevt(), level).is_ok(), "irq_enable");
        timer.start(period, true);
    }
    while LOW_RUNS.load(Ordering::Relaxed) < 200 {
        set_imask(15);
        test.hypervisor.idle();
        set_imask(7);
    }
    set_imask(15);
    Tmu::of(LOW).stop();
    Tmu::of(HIGH).stop();
    let [low, high, nested, held, wrong] =
        [&LOW_RUNS, &HIGH_RUNS, &NESTED, &HELD, &WRONG].map(|counter| counter.load(Ordering::Relaxed));
    test.say(format_args!("{low} low, {high} high, {nested} nested, {held} held back"));
    // Each low one waits for a high one.
    test.expect(nested >= low, "the urgent source interrupts the other one's handler");
    test.expect(held > 0, "the other source waited while the urgent one's handler ran");
    test.expect(wrong == 0, "the less urgent source interrupted a handler");
    test.end()
}
