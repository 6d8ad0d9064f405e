//! The SH-4A side: a Linux process without a C library (what `qemu-sh4` and the emulator's user mode run).

use core::arch::{asm, global_asm};
use core::ffi::{CStr, c_char};
use core::fmt::Write;

// Linux enters with argc at @r15 and argv behind it.
global_asm!(
    ".ifdef __sh__",
    ".section .text._start, \"ax\"",
    ".globl _start",
    "_start:",
    "    mov.l 1f, r0",
    "    jmp @r0",
    "    mov r15, r4",
    "    .balign 4",
    "1:  .long conformance_start",
    ".text",
    ".endif"
);

struct Out;

impl Write for Out {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        // SAFETY: write(1, text, len) reads only `text`.
        unsafe {
            asm!("trapa #0x13", inlateout("r3") 4 => _, in("r4") 1, in("r5") text.as_ptr(), in("r6") text.len(), out("r0") _);
        }
        Ok(())
    }
}

fn exit(status: i32) -> ! {
    // SAFETY: exit does not return and touches no memory.
    unsafe { asm!("trapa #0x11", in("r3") 1, in("r4") status, options(noreturn)) }
}

#[unsafe(no_mangle)]
extern "C" fn conformance_start(stack: *const *const c_char) -> ! {
    // SAFETY: Linux puts argc and argv[0..=argc] at the initial stack pointer; argv ends with a null pointer.
    let argument = unsafe { *stack.add(2) };
    let name = if argument.is_null() {
        None
    } else {
        // SAFETY: a non-null argument is a NUL-terminated string that lives as long as the process.
        unsafe { CStr::from_ptr(argument) }.to_str().ok()
    };
    exit(if crate::run(name, &mut Out) { 0 } else { 2 })
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo) -> ! {
    if let Some(place) = info.location() {
        let _ = writeln!(Out, "panicked at {place}:\n{}", info.message());
    }
    exit(101)
}
