//! What a target supplies.

use crate::{LogRecord, TaskId};

/// Something the application did that is allowed but smells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The task ended with the CPU locked; it has been unlocked.
    EndedWhileLocked(TaskId),
    /// The task ended with dispatching disabled; it has been enabled.
    EndedWhileDispatchDisabled(TaskId),
}

/// The target part: contexts, dispatch, words of memory, log output.
///
/// Critical sections are outside: whoever calls the kernel holds interrupts off and has the only `&mut Kernel`. Time comes in
/// through [`crate::Kernel::isig_tim`], once every [`Port::TICK_MS`].
pub trait Port {
    /// Milliseconds a timer tick, at least 1.
    const TICK_MS: u32 = 1;

    /// Interrupt mask of the CPU-locked state (MAX_IPM); `chg_ipm` accepts 0 to one less.
    fn max_ipm(&self) -> i32;

    /// The running task should give way, or has a task exception to run. A task's call ends with the dispatch; a handler
    /// notes the request and dispatches when the last one returns.
    fn request_dispatch(&mut self);

    /// Prepares the task's context so that it begins at its entry when it is dispatched next; any older context is void.
    /// The calling task may be `task` itself: the target ends a task on another stack than the task's own.
    fn start(&mut self, task: TaskId, entry: usize, exinf: usize);

    /// The word at `address`, which lies in a data queue, a free block or a message that the kernel was given.
    fn load(&self, address: usize) -> usize;

    /// Writes the word at `address`, which lies in a data queue, a free block or a message that the kernel was given.
    fn store(&mut self, address: usize, value: usize);

    /// The priority (T_MSG_PRI.msgpri) in the message at `message`.
    fn message_priority(&self, message: usize) -> i32;

    /// Reports a warning.
    fn warn(&mut self, warning: Warning);

    /// Shows a log record at once, by polling (low-level output).
    fn low_log(&mut self, record: &LogRecord);
}
