//! Calls the hypercall that does nothing, between two labels that `cargo xtask bench paths` counts from.
#![no_std]
#![no_main]
#![feature(asm_experimental_arch)]

use selftest::Test;

core::arch::global_asm!(
    ".ifdef __sh__",
    "    .text",
    "    .balign 4",
    "    .global null_call",
    "    .global null_call_from",
    "    .global null_call_to",
    "null_call:", // r4 = the hypercall
    "    sts.l  pr, @-r15",
    "null_call_from:",
    "    jsr    @r4",
    "    nop",
    "null_call_to:",
    "    lds.l  @r15+, pr",
    "    rts",
    "    nop",
    ".endif"
);

unsafe extern "C" {
    fn null_call(hypercall: unsafe extern "C" fn() -> i32) -> i32;
}

#[unsafe(no_mangle)]
extern "C" fn guest_main(table: u32, _guest: u32) -> ! {
    let mut test = Test::begin(table, "null-calls");
    for _ in 0..1_000 {
        // SAFETY: the table is SPUMONE's, and the call needs nothing.
        let answer = unsafe { null_call(test.hypervisor.table().null) };
        test.expect(answer == 0, "null");
    }
    test.end()
}
