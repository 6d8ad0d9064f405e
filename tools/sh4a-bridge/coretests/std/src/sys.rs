//! The three things the process asks of the outside: memory, output, exit.

use core::alloc::{GlobalAlloc, Layout};
use core::arch::asm;
use core::cell::Cell;
use core::fmt::{Arguments, Write};

/// Standard output.
pub struct Out;

impl Write for Out {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        // SAFETY: write(1, text, len) reads only `text`.
        unsafe {
            asm!("trapa #0x13", inlateout("r3") 4 => _, in("r4") 1, in("r5") text.as_ptr(), in("r6") text.len(), out("r0") _);
        }
        Ok(())
    }
}

/// Writes a line.
pub fn line(text: Arguments<'_>) {
    let _ = writeln!(Out, "{text}");
}

/// Ends the process.
pub fn exit(status: i32) -> ! {
    // SAFETY: exit does not return and touches no memory.
    unsafe { asm!("trapa #0x11", in("r3") 1, in("r4") status, options(noreturn)) }
}

const SIZE: usize = 64 << 20;

/// Memory in one direction: only the newest block can be given back. A test's process does not live long.
struct Bump {
    memory: core::cell::UnsafeCell<[u8; SIZE]>,
    used: Cell<usize>,
}

// SAFETY: the process has one thread.
unsafe impl Sync for Bump {}

#[global_allocator]
static BUMP: Bump = Bump { memory: core::cell::UnsafeCell::new([0; SIZE]), used: Cell::new(0) };

// SAFETY: blocks in use do not overlap: each begins at or after the end of those before it, inside `memory`, at the alignment asked for.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let base = self.memory.get() as usize;
        let start = (base + self.used.get()).next_multiple_of(layout.align()) - base;
        match start.checked_add(layout.size()) {
            Some(end) if end <= SIZE => {
                self.used.set(end);
                (base + start) as *mut u8
            }
            _ => core::ptr::null_mut(),
        }
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let start = block as usize - self.memory.get() as usize;
        if start + layout.size() == self.used.get() {
            self.used.set(start);
        }
    }
}
