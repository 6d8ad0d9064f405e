//! Names a vector base outside its memory: parked.
#![no_std]
#![no_main]

use selftest::Test;

#[unsafe(no_mangle)]
extern "C" fn guest_main(table: u32, _guest: u32) -> ! {
    let mut test = Test::begin(table, "bad-vbr");
    test.say(format_args!("expects to be parked"));
    let answer = test.hypervisor.set_vbr(0xa000_0000);
    test.expect(answer.is_err() && answer.is_ok(), "set_vbr returned");
    test.end()
}
