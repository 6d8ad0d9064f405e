//! What the kernel asks of this target.

use crate::cpu::uitron_task_entry;
use crate::{console, machine, print, tables, tasks};
use core::fmt::Write;
use uitron_kernel::{LogRecord, Port, TaskId, Warning};

/// The target part of the kernel's state.
pub struct Sh4a {
    /// A dispatch or a task exception is wanted.
    pub request: bool,
    /// IMASK before `iloc_cpu`.
    pub handler_mask: u32,
}

impl Port for Sh4a {
    fn max_ipm(&self) -> i32 {
        machine::lock_level() as i32
    }

    fn request_dispatch(&mut self) {
        self.request = true;
    }

    fn start(&mut self, task: TaskId, entry: usize, exinf: usize) {
        tasks::start(task.index(), [entry, exinf, 0, 0, 0, 0, 0, uitron_task_entry as *const () as usize]);
    }

    fn load(&self, address: usize) -> usize {
        // SAFETY: (1) the kernel passes addresses of queues and pools of the tables and of messages that the application
        // sent; (2) the application shares them only through the kernel.
        unsafe { (address as *const usize).read() }
    }

    fn store(&mut self, address: usize, value: usize) {
        // SAFETY: as in `load`.
        unsafe { (address as *mut usize).write(value) }
    }

    fn message_priority(&self, message: usize) -> i32 {
        // SAFETY: a T_MSG_PRI of the application: the link, then the priority.
        unsafe { (message as *const i32).add(1).read() }
    }

    fn warn(&mut self, warning: Warning) {
        let (task, what) = match warning {
            Warning::EndedWhileLocked(task) => (task, "with the CPU locked"),
            Warning::EndedWhileDispatchDisabled(task) => (task, "with dispatching disabled"),
        };
        // There is nothing left to do about a failing console.
        let _ = writeln!(console::Polled, "uitron: task {} ended {what}", tables::task_name(task.index()));
    }

    fn low_log(&mut self, record: &LogRecord) {
        print::record(record, &mut |byte| console::put(&[byte]));
        console::put(b"\r\n");
    }
}
