//! Writes to the console as fast as it can: it waits for itself, nobody else does.
#![no_std]
#![no_main]

use selftest::Test;

#[unsafe(no_mangle)]
extern "C" fn guest_main(table: u32, _guest: u32) -> ! {
    let mut test = Test::begin(table, "flood");
    let mut refused = 0u32;
    for line in 0..200u32 {
        let mut rest: &[u8] = b"................................................................................\n";
        while !rest.is_empty() {
            let Ok(taken) = test.hypervisor.console_write(rest) else { break };
            refused += u32::from(taken == 0);
            rest = rest.get(taken as usize..).unwrap_or(&[]);
        }
        test.expect(rest.is_empty(), "console_write fails");
        if line % 50 == 0 {
            test.say(format_args!("line {line}"));
        }
    }
    test.say(format_args!("refused {refused} times"));
    test.end()
}
