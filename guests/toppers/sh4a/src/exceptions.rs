//! CPU exceptions: DEF_EXC's handlers, and a reported stop for those without.

use crate::{console, machine, stop, tables, tasks};
use core::fmt::Write;

/// What `entry.S` pushes, lowest address first.
#[repr(C)]
pub struct Frame {
    r7_to_r0: [u32; 8],
    mach: u32,
    macl: u32,
    gbr: u32,
    /// Status register of what was interrupted.
    pub ssr: u32,
    /// Return address of what was interrupted.
    pub pr: u32,
    /// Where it happened.
    pub spc: u32,
}

#[unsafe(no_mangle)]
extern "C" fn uitron_on_exception(frame: &mut Frame, code: u32) {
    if let Some(entry) = tables::exception_handlers().iter().find(|handler| handler.code == code) {
        // SAFETY: DEF_EXC names a function of this type.
        let handler = unsafe { core::mem::transmute::<usize, extern "C" fn(*mut Frame)>(entry.handler) };
        return handler(frame);
    }
    let _ = write!(
        console::Polled,
        "uitron: CPU exception {code:#x} at PC {:#x}, PR {:#x}, SR {:#x}, R0 {:#x} ",
        frame.spc,
        frame.pr,
        frame.ssr,
        frame.r7_to_r0[7]
    );
    stop::blame(from_task(frame), "no handler for it: the kernel stops", stop::EXCEPTION)
}

/// Whether a task was interrupted: then the frame is on its stack.
pub fn from_task(frame: *const Frame) -> bool {
    !tasks::on_interrupt_stack(frame as usize)
}

/// Whether the CPU was locked.
pub fn was_locked(frame: *const Frame) -> bool {
    // SAFETY: a frame that the kernel gave to the handler.
    unsafe { (*frame).ssr & crate::cpu::IMASK >= machine::lock_bits() }
}

/// The assembly found that a task was interrupted beyond the end of its stack.
#[unsafe(no_mangle)]
extern "C" fn uitron_on_overflow(sp: usize) -> ! {
    match tasks::running() {
        Some(task) => stop::stack_overflow(task.index(), sp),
        None => stop::with("stack pointer lost"),
    }
}
