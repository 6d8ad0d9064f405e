//! Never idles. The architecture lets the most urgent guest do so (docs/caveats.md); when it ends, the others run.
#![no_std]
#![no_main]

use guest_kit::spin_wild;
use selftest::Test;

#[unsafe(no_mangle)]
extern "C" fn guest_main(table: u32, _guest: u32) -> ! {
    let mut test = Test::begin(table, "hog");
    for _ in 0..1000 {
        test.expect(spin_wild(10_000), "registers");
    }
    test.end()
}
