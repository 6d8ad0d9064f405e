//! Is watched: counts its lives and, for ever, what it has done, where `watcher` looks; in registers that `watcher` knows.
#![no_std]
#![no_main]
#![feature(asm_experimental_arch)]

use guest_kit::{mmio, set_imask};
use selftest::{LIVES, REGISTERS, Test, VECTORS, WORK};

/// Its memory, through P1.
const MEMORY: u32 = 0x8c40_0000;
/// Its interrupts are off, SPUMONE's are not.
const OFF: u32 = 7;

#[unsafe(no_mangle)]
extern "C" fn guest_main(table: u32, _guest: u32) -> ! {
    let mut test = Test::begin(table, "watched");
    let lives = mmio::read32(MEMORY + LIVES).wrapping_add(1);
    mmio::write32(MEMORY + LIVES, lives);
    test.say(format_args!("counts"));
    set_imask(OFF);
    test.expect(test.hypervisor.set_vbr(MEMORY + VECTORS).is_ok(), "set_vbr");
    // SAFETY: (1) the word lies in the guest's memory, of which the program uses less; (2) nothing follows.
    unsafe {
        core::arch::asm!(
            "mov r4, r8",
            "add #1, r4",
            "mov r4, r9",
            "mov #0, r0",
            "1:",
            "mov.l r0, @r5",
            "bra 1b",
            "add #1, r0",
            in("r4") REGISTERS,
            in("r5") MEMORY + WORK,
            options(noreturn)
        );
    }
}
