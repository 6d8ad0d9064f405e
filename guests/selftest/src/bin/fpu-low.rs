//! A low guest with an FPU of its own: its registers survive the RT guest's use of the FPU, and the RT guest's end.
#![no_std]
#![no_main]

use guest_kit::{check_fpu, set_fpu, set_imask, spin_wild};
use selftest::Test;
use spumone_abi::SPUMONE_INFO_PREEMPTIONS;

/// Patterns with signalling NaNs among them; FR=1, DN=1, rounding to zero.
const VALUE: u32 = 0x7fbf_fff0;
const FPSCR: u32 = 0x0024_0001;

#[unsafe(no_mangle)]
extern "C" fn guest_main(table: u32, _guest: u32) -> ! {
    let mut test = Test::begin(table, "fpu-low");
    set_imask(7);
    // Long rounds: in the first the RT guest runs many times, in one it ends, in the last it is gone.
    let mut rounds = 0;
    for step in 0..60 {
        set_fpu(VALUE + step, FPSCR);
        test.expect(spin_wild(1_000_000), "registers");
        rounds += u32::from(check_fpu(VALUE + step, FPSCR));
    }
    let switches = test.hypervisor.info(SPUMONE_INFO_PREEMPTIONS).unwrap_or(0);
    test.say(format_args!("{rounds} of 60 rounds kept FR, XF, FPUL, FPSCR; {switches} quick preemptions"));
    test.expect(rounds == 60, "FR, XF, FPUL, FPSCR");
    test.end()
}
