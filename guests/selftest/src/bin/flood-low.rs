//! Floods the console from Linux's place, long enough for an RT guest to need the core many times meanwhile.
#![no_std]
#![no_main]

use guest_kit::set_imask;
use selftest::Flood;

#[unsafe(no_mangle)]
extern "C" fn guest_main(table: u32, _guest: u32) -> ! {
    let mut flood = Flood::begin(table, "flood-low");
    set_imask(7);
    flood.write(10_000);
    flood.end()
}
