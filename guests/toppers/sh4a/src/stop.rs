//! The end: kernel_exit, and stops with a reason.

use crate::cpu::{set_imask, uitron_on_interrupt_stack};
use crate::{console, machine, print, section, tables, tasks};
use core::fmt::Write;
use core::sync::atomic::{AtomicU32, Ordering};

/// Status of a guest that its kernel stopped: bad tables or devices, an exception without a handler, a stack overflow.
pub const BAD_SYSTEM: u32 = 100;
pub const EXCEPTION: u32 = 101;
pub const OVERFLOW: u32 = 102;
pub const ABORT: u32 = 103;

static STATUS: AtomicU32 = AtomicU32::new(0);

/// Ends the kernel: termination routines, what is left of the log, then the guest.
fn end(status: u32) -> ! {
    set_imask(machine::lock_level());
    STATUS.store(status, Ordering::Relaxed);
    // SAFETY: nothing of any stack is needed any more.
    unsafe { uitron_on_interrupt_stack(last) }
}

extern "C" fn last() -> ! {
    section::edge(true);
    for routine in tables::termination() {
        (routine.routine)(routine.exinf);
    }
    flush();
    machine::exit(STATUS.load(Ordering::Relaxed))
}

/// Shows what is left in the log.
pub fn flush() {
    crate::serial::drain();
    while let Ok((record, _)) = section::look(|kernel, _| kernel.vrea_log()) {
        print::record(&record, &mut |byte| console::put(&[byte]));
        console::put(b"\r\n");
    }
}

/// Ends the kernel with status 0.
#[unsafe(no_mangle)]
extern "C" fn kernel_exit() -> ! {
    end(0)
}

/// Ends the kernel because something is wrong.
#[unsafe(no_mangle)]
extern "C" fn kernel_abort() -> ! {
    end(ABORT)
}

/// Ends at once because of `reason`; nothing of the application runs any more.
pub fn with(reason: &str) -> ! {
    // There is nothing left to do about a failing console.
    let _ = writeln!(console::Polled, "uitron: {reason}");
    machine::exit(BAD_SYSTEM)
}

/// A task left its stack, or something wrote over the end of it.
pub fn stack_overflow(task: usize, sp: usize) -> ! {
    let stk = tables::tasks()[task].stk;
    let name = tables::task_name(task);
    let _ = writeln!(
        console::Polled,
        "uitron: stack overflow of task {} ({name}): SP {sp:#x}, the stack begins at {stk:#x}: the kernel stops",
        task + 1
    );
    machine::exit(OVERFLOW)
}

/// Says in what it happened, why that is the end, and ends.
pub fn blame(in_task: bool, why: &str, status: u32) -> ! {
    let _ = match tasks::running().filter(|_| in_task) {
        Some(task) => {
            let name = tables::task_name(task.index());
            writeln!(console::Polled, "in task {} ({name}): {why}", task.number())
        }
        None => writeln!(console::Polled, "in a handler: {why}"),
    };
    flush();
    machine::exit(status)
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    let _ = writeln!(console::Polled, "uitron: {info}");
    machine::exit(BAD_SYSTEM)
}
