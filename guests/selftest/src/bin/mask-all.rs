//! A low guest that disables everything for a while: IMASK 15, and every source of its core masked in the interrupt controller.
//! Nothing can take the core from it (docs/caveats.md); when it opens again the RT guest goes on, and says what it missed.
#![no_std]
#![no_main]

use guest_kit::{mmio, set_imask, spin_wild};
use selftest::Test;

/// CnINT2MSK0 of core 0: reads the mask, a 1 written masks; its partner clears.
const INT2MSK0: u32 = 0xfe41_0820;
const INT2MSKCLR0: u32 = 0xfe41_0850;

#[unsafe(no_mangle)]
extern "C" fn guest_main(table: u32, _guest: u32) -> ! {
    let mut test = Test::begin(table, "mask-all");
    set_imask(7);
    // The RT guest has its periods meanwhile.
    test.expect(spin_wild(1_000_000), "registers");
    test.say(format_args!("disables everything"));
    set_imask(15);
    let before = mmio::read32(INT2MSK0);
    mmio::write32(INT2MSK0, u32::MAX);
    // Several periods of 600 000 instructions.
    test.expect(spin_wild(1_000_000), "registers");
    mmio::write32(INT2MSKCLR0, !before);
    set_imask(7);
    test.expect(spin_wild(1_000_000), "registers");
    test.end()
}
