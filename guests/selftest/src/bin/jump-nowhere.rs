//! Jumps to an odd address before it has vectors: parked, with cause, PC and registers.
#![no_std]
#![no_main]

use selftest::Test;

#[unsafe(no_mangle)]
extern "C" fn guest_main(table: u32, _guest: u32) -> ! {
    let mut test = Test::begin(table, "jump-nowhere");
    test.say(format_args!("expects to be parked"));
    guest_kit::jump(0x8c00_0001)
}
