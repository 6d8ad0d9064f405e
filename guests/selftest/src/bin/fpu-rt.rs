//! An RT guest with an FPU of its own: what it leaves there before it idles is there afterwards. It ends in the middle of the
//! low guest's work.
#![no_std]
#![no_main]

use guest_kit::{Frame, Tmu, TmuPlace, check_fpu, set_fpu, set_handlers, set_imask, vectors};
use selftest::Test;

/// FR=0, DN=0, rounding to nearest: nothing as the low guest has it.
const VALUE: u32 = 0xc0f0_0000;
const FPSCR: u32 = 0;

fn on_interrupt(_intevt: u32, _frame: &mut Frame) {
    Tmu::of(TmuPlace::TMU3).acknowledge();
}

fn on_exception(expevt: u32, _frame: &mut Frame) {
    panic!("exception {expevt:#x}");
}

#[unsafe(no_mangle)]
extern "C" fn guest_main(table: u32, _guest: u32) -> ! {
    let mut test = Test::begin(table, "fpu-rt");
    set_handlers(on_interrupt, on_exception);
    test.expect(test.hypervisor.set_vbr(vectors()).is_ok(), "set_vbr");
    let timer = Tmu::new(TmuPlace::TMU3);
    test.expect(test.hypervisor.irq_enable(timer.intevt(), 12).is_ok(), "irq_enable");
    timer.start(9_973, true);
    for round in 0..100 {
        set_fpu(VALUE + round, FPSCR);
        set_imask(15);
        test.hypervisor.idle();
        set_imask(7);
        test.expect(check_fpu(VALUE + round, FPSCR), "FR, XF, FPUL, FPSCR");
    }
    set_imask(15);
    timer.stop();
    test.end()
}
