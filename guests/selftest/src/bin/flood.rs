//! Floods the console from the RT guest's place: a burst at each tick of its timer, so that a flood in Linux's place goes on between.
#![no_std]
#![no_main]

use guest_kit::{Frame, Tmu, TmuPlace, set_handlers, set_imask, vectors};
use selftest::Flood;

fn on_interrupt(_intevt: u32, _frame: &mut Frame) {
    Tmu::of(TmuPlace::TMU3).acknowledge();
}

fn on_exception(expevt: u32, _frame: &mut Frame) {
    panic!("exception {expevt:#x}");
}

#[unsafe(no_mangle)]
extern "C" fn guest_main(table: u32, _guest: u32) -> ! {
    let mut flood = Flood::begin(table, "flood");
    let hypervisor = flood.test().hypervisor;
    set_handlers(on_interrupt, on_exception);
    flood.test().expect(hypervisor.set_vbr(vectors()).is_ok(), "set_vbr");
    let timer = Tmu::new(TmuPlace::TMU3);
    flood.test().expect(hypervisor.irq_enable(timer.intevt(), 12).is_ok(), "irq_enable");
    timer.start(9_973, true);
    for _ in 0..50 {
        flood.write(20);
        set_imask(15);
        hypervisor.idle();
        set_imask(7);
    }
    set_imask(15);
    timer.stop();
    flood.end()
}
