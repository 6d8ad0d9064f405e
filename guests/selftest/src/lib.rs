//! EXPECT, console and the final line of a test guest.
#![no_std]
#![cfg(feature = "target")]

mod flood;

use core::fmt::{self, Write};
use spumone_abi::client::{Console, Spumone};

pub use flood::Flood;

/// Where `watched` counts its lives and its work, from the start of its memory; behind its program.
pub const LIVES: u32 = 0x10_0000;
/// See there.
pub const WORK: u32 = 0x10_0004;
/// Where it says that its vectors are; it takes no exception.
pub const VECTORS: u32 = 0x10_1000;
/// What it has in R8; R9 holds one more.
pub const REGISTERS: u32 = 0x57a7_d000;

/// A test guest's state: its name, its hypervisor, and whether all was well so far.
pub struct Test {
    /// The hypervisor.
    pub hypervisor: Spumone,
    name: &'static str,
    failures: u32,
}

impl Test {
    /// Begins the test `name` on the table that r4 named at the entry.
    pub fn begin(table: u32, name: &'static str) -> Self {
        // SAFETY: the table's address as SPUMONE passed it.
        let Some(hypervisor) = (unsafe { Spumone::at(table) }) else { guest_kit::jump(0) };
        let mut test = Self { hypervisor, name, failures: 0 };
        test.say(format_args!("begins"));
        test
    }

    /// A line on the console.
    pub fn say(&mut self, text: fmt::Arguments<'_>) {
        // A console that fails shows in the missing PASS.
        let _ = writeln!(Console(self.hypervisor), "{}: {text}", self.name);
    }

    /// Says so if `good` does not hold.
    pub fn expect(&mut self, good: bool, what: &str) {
        if !good {
            self.failures += 1;
            self.say(format_args!("FAILED: {what}"));
        }
    }

    /// The last line, `PASS` or `FAIL`, and the guest's end.
    pub fn end(mut self) -> ! {
        let failures = self.failures;
        let verdict = if failures == 0 { "PASS" } else { "FAIL" };
        self.say(format_args!("{verdict}"));
        self.hypervisor.guest_exit(failures)
    }
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    let address = if cfg!(feature = "rp1") { spumone_abi::SPUMONE_TABLE_RP1 } else { spumone_abi::SPUMONE_TABLE_R2D };
    // SAFETY: the board's fixed address.
    if let Some(hypervisor) = unsafe { Spumone::at(address) } {
        // There is nothing left to do about a failing console.
        let _ = writeln!(Console(hypervisor), "{info}\nFAIL");
        hypervisor.guest_exit(101);
    }
    loop {}
}
