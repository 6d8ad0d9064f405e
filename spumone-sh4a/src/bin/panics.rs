//! Stands in for the instance where the end of one that panics is tested: SPUMONE itself has no code that could panic.
#![no_std]
#![no_main]

use spumone_sh4a::{board, machine};

/// Where the instance would start.
#[unsafe(no_mangle)]
extern "C" fn spumone_main(system_table: u32) -> ! {
    machine::init();
    board::serial(board::BOOT_PORT).inspect(board::Serial::init);
    // An address is no index of it.
    let small = core::hint::black_box([0u8; 4]);
    let beyond = small[system_table as usize];
    panic!("found {beyond} beyond the end");
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    spumone_sh4a::panic::panicked(info)
}
