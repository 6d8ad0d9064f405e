//! From the kernel's entry to `main`, and from a panic to the end.

use core::arch::global_asm;

// Linux enters with argc at @r15 and argv behind it.
global_asm!(
    ".ifdef __sh__",
    ".section .text._start, \"ax\"",
    ".globl _start",
    "_start:",
    "    mov.l @r15, r4",
    "    mov r15, r5",
    "    add #4, r5",
    "    mov.l 1f, r0",
    "    jsr @r0",
    "    nop",
    "    mov #1, r3",
    "    trapa #0x11",
    "    .balign 4",
    "1:  .long main",
    ".text",
    ".endif"
);

/// What `main` may return.
#[lang = "termination"]
pub trait Termination {
    /// The exit status.
    fn report(self) -> i32;
}

impl Termination for () {
    fn report(self) -> i32 {
        0
    }
}

/// Argument 1 of the process, if it has one.
pub static ARGUMENT: crate::sync::Mutex<Option<&'static str>> = crate::sync::Mutex::new(None);

#[lang = "start"]
fn start<T: Termination + 'static>(main: fn() -> T, argc: isize, argv: *const *const u8, _: u8) -> isize {
    if argc > 1 {
        // SAFETY: argv holds argc pointers to NUL-terminated strings that live as long as the process.
        let text = unsafe { core::ffi::CStr::from_ptr((*argv.add(1)).cast()) };
        if let Ok(mut argument) = ARGUMENT.lock() {
            *argument = text.to_str().ok();
        }
    }
    crate::sys::exit(main().report())
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo) -> ! {
    crate::sys::line(format_args!("{info}"));
    crate::sys::exit(101)
}
