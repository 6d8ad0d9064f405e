//! Restarts itself, four times: memory is as at the beginning each time, but for what lies behind the program. Where that is not
//! possible it is parked.
#![no_std]
#![no_main]

use selftest::Test;

const RESTARTS: u32 = 4;
/// What the program finds in memory at each beginning: in its data, and in memory that is zero.
static mut DATA: [u32; 40] = [0x5eed; 40];
static mut ZERO: [u32; 1000] = [0; 1000];
/// Tells a count from what happens to be in memory.
const MAGIC: u32 = 0xc0de_0000;

/// The count of beginnings, behind the program's segments: SPUMONE loads these and leaves the rest.
fn count() -> *mut u32 {
    (((&raw const ZERO as usize) | 0xf_ffff) + 1) as *mut u32
}

/// So many words all hold `value`.
fn hold_all(first: *const u32, words: usize, value: u32) -> bool {
    // SAFETY: the callers name whole arrays, which one vCPU uses, without interrupts.
    (0..words).all(|index| unsafe { first.wrapping_add(index).read_volatile() } == value)
}

#[unsafe(no_mangle)]
extern "C" fn guest_main(table: u32, _guest: u32) -> ! {
    let mut test = Test::begin(table, "restart");
    // SAFETY: (1) the place is in the guest's memory, of which the program uses less than a megabyte; (2) one vCPU.
    let before = unsafe { count().read_volatile() };
    let beginning = if before & 0xffff_0000 == MAGIC { before & 0xffff } else { 0 };
    let data = hold_all(&raw const DATA as *const u32, 40, 0x5eed);
    let zero = hold_all(&raw const ZERO as *const u32, 1000, 0);
    test.expect(data, "data are as in the image");
    test.expect(zero, "what is zero at the beginning is zero");
    test.expect(test.hypervisor.info(spumone_abi::SPUMONE_INFO_GUEST).is_ok(), "it is heard");
    if beginning == RESTARTS {
        test.say(format_args!("began {} times", beginning + 1));
        test.end()
    }
    // SAFETY: as above.
    unsafe {
        count().write_volatile(MAGIC | (beginning + 1));
        (&raw mut DATA as *mut u32).wrapping_add(39).write_volatile(beginning);
        (&raw mut ZERO as *mut u32).wrapping_add(999).write_volatile(!0);
    }
    test.say(format_args!("asks for restart {}", beginning + 1));
    if !data || !zero {
        test.end()
    }
    // SAFETY: it needs nothing.
    unsafe { (test.hypervisor.table().guest_restart)() };
    test.expect(false, "guest_restart returned");
    test.end()
}
