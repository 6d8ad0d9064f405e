//! A low guest that sets its timer to level 15 behind SPUMONE's back, and enables an interrupt that nobody owns. While the RT
//! guest runs SPUMONE sets the one back; it masks the other for good.
#![no_std]
#![no_main]

use guest_kit::{Frame, Tmu, TmuPlace, mmio, set_handlers, set_imask, vectors};
use selftest::Test;

const INT2PRI0: u32 = 0xfe41_0800;
const INT2MSKCLR0: u32 = 0xfe41_0850;

fn on_interrupt(_intevt: u32, _frame: &mut Frame) {
    Tmu::of(TmuPlace::TMU0).acknowledge();
}

fn on_exception(expevt: u32, _frame: &mut Frame) {
    panic!("exception {expevt:#x}");
}

#[unsafe(no_mangle)]
extern "C" fn guest_main(table: u32, _guest: u32) -> ! {
    let mut test = Test::begin(table, "rule-breaker");
    set_handlers(on_interrupt, on_exception);
    test.expect(test.hypervisor.set_vbr(vectors()).is_ok(), "set_vbr");
    let timer = Tmu::new(TmuPlace::TMU0);
    test.expect(test.hypervisor.irq_enable(timer.intevt(), 3).is_ok(), "irq_enable");
    // TMU0 is the lowest nibble: level 15. TMU5, the nibble at 20, belongs to nobody: level 5.
    let levels = mmio::read32(INT2PRI0);
    mmio::write32(INT2PRI0, levels & !0x00f0_000f | 0x0050_000f);
    mmio::write32(INT2MSKCLR0, 1 << 6);
    let unowned = Tmu::new(TmuPlace { unit: 0xffc2_0000, channel: 2, intevt: 0x4a0 });
    unowned.start(50_000, true);
    timer.start(97, true);
    set_imask(0);
    for _ in 0..10_000_000 {
        core::hint::black_box(());
    }
    set_imask(7);
    timer.stop();
    unowned.stop();
    test.expect(mmio::read32(INT2PRI0) & 0xf == 3, "the level was set back");
    test.end()
}
