//! Asks for a restart, which this version cannot give: parked.
#![no_std]
#![no_main]

use selftest::Test;

#[unsafe(no_mangle)]
extern "C" fn guest_main(table: u32, _guest: u32) -> ! {
    let mut test = Test::begin(table, "restart");
    test.say(format_args!("expects to be parked"));
    // SAFETY: it needs nothing.
    unsafe { (test.hypervisor.table().guest_restart)() };
    test.expect(false, "guest_restart returned");
    test.end()
}
