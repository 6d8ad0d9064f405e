//! The boot stage, the first 16 KB of an image.
#![no_std]
#![no_main]
#![feature(asm_experimental_arch)]

use spumone_sh4a::boot;

core::arch::global_asm!(".ifdef __sh__", include_str!("../boot/stage.S"), ".text", ".endif");

unsafe extern "C" {
    fn boot_leave(system_table: u32, entry: u32) -> !;
}

/// First line of Rust: the image begins at `base`.
#[unsafe(no_mangle)]
extern "C" fn boot_main(base: u32) -> ! {
    let (system_table, entry) = boot::load(base);
    // SAFETY: the image was checked, and `entry` is SPUMONE's in it.
    unsafe { boot_leave(system_table, entry) }
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    let line = info.location().map_or(0, core::panic::Location::line);
    spumone_sh4a::console::print(format_args!("spumone boot: mistake of its own in line {line}\n"));
    spumone_sh4a::halt::halt()
}
