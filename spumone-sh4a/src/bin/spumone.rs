//! The instance. Start-up order: `boot/start.S` (SR, stack, VBR, CCR), here, `instance::run` (INTC, contexts, trace ring,
//! system table, consoles, guests), first guest.
#![no_std]
#![no_main]

/// First line of Rust.
#[unsafe(no_mangle)]
extern "C" fn spumone_main(system_table: u32) -> ! {
    spumone_sh4a::instance::run(system_table)
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    spumone_sh4a::panic::panicked(info)
}
