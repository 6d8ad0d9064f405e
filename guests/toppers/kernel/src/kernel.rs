//! The kernel's state, the checks that every call begins with, and the dispatcher's decision.

use crate::log::Log;
use crate::objects::Objects;
use crate::queue::NIL;
use crate::ready::Ready;
use crate::{BadTable, Cyclic, DataQueue, Error, EventFlag, Mailbox, MemoryPool, Port, Semaphore, Task, TaskId};

/// Who makes a service call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// The running task or its exception routine.
    Task,
    /// An interrupt, cyclic or CPU-exception handler.
    NonTask,
    /// An initialisation or termination routine: only the `sns` calls are allowed.
    Init,
}

/// How a call that may wait went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Done at once: the word received (data, message, block, flag pattern), or 0.
    Done(usize),
    /// The calling task waits now: dispatch, and when it runs again take [`Kernel::wait_result`].
    Waits,
}

/// The control blocks, one slice a kind of object; object n is element n-1.
pub struct Tables<'a> {
    /// Tasks.
    pub tasks: &'a mut [Task],
    /// Semaphores.
    pub semaphores: &'a mut [Semaphore],
    /// Event flags.
    pub flags: &'a mut [EventFlag],
    /// Data queues.
    pub dataqueues: &'a mut [DataQueue],
    /// Mailboxes.
    pub mailboxes: &'a mut [Mailbox],
    /// Fixed-size memory pools.
    pub pools: &'a mut [MemoryPool],
    /// Cyclic handlers.
    pub cyclics: &'a mut [Cyclic],
}

/// The whole state of the kernel.
pub struct Kernel<'a, P: Port> {
    /// The target part.
    pub port: P,
    pub(crate) tasks: &'a mut [Task],
    pub(crate) obj: Objects<'a>,
    pub(crate) cyclics: &'a mut [Cyclic],
    pub(crate) ready: Ready,
    pub(crate) running: Option<usize>,
    pub(crate) dispatch_disabled: bool,
    pub(crate) locked: bool,
    pub(crate) started: bool,
    pub(crate) ipm: i32,
    /// Milliseconds since start-up; wraps.
    pub(crate) now: u32,
    /// Milliseconds of the current tick not yet worked off.
    pub(crate) pending_ms: u32,
    /// System time minus `now`.
    pub(crate) clock_offset: u32,
    pub(crate) time_head: u16,
    pub(crate) time_tail: u16,
    pub(crate) log: Log,
}

impl<'a, P: Port> Kernel<'a, P> {
    /// Offset of the clock, the milliseconds since start-up, for whoever watches it from outside.
    pub const CLOCK: usize = core::mem::offset_of!(Self, now);

    /// A kernel before its start, with the CPU locked.
    ///
    /// # Errors
    /// The first descriptor that makes no sense.
    pub fn new(port: P, tables: Tables<'a>) -> Result<Self, BadTable> {
        if tables.tasks.len() + tables.cyclics.len() >= usize::from(NIL) {
            return Err(BadTable::TooMany);
        }
        for (i, task) in tables.tasks.iter().enumerate() {
            if !(crate::MIN_PRIORITY..=crate::MAX_PRIORITY).contains(&i32::from(task.desc.priority)) {
                return Err(BadTable::TaskPriority(i + 1));
            }
        }
        for (i, cyclic) in tables.cyclics.iter().enumerate() {
            cyclic.check().ok_or(BadTable::CyclicTime(i + 1))?;
        }
        let mut obj = Objects {
            semaphores: tables.semaphores,
            flags: tables.flags,
            dataqueues: tables.dataqueues,
            mailboxes: tables.mailboxes,
            pools: tables.pools,
        };
        obj.check()?;
        Ok(Self {
            port,
            tasks: tables.tasks,
            obj,
            cyclics: tables.cyclics,
            ready: Ready::EMPTY,
            running: None,
            dispatch_disabled: false,
            locked: true,
            started: false,
            ipm: 0,
            now: 0,
            pending_ms: 0,
            clock_offset: 0,
            time_head: NIL,
            time_tail: NIL,
            log: Log::EMPTY,
        })
    }

    /// Starts the system after the initialisation routines: activates the TA_ACT tasks in the order of definition `order`
    /// (task numbers; unknown ones are passed over), arms the TA_STA cyclic handlers and unlocks the CPU. Dispatch next.
    pub fn start(&mut self, order: impl IntoIterator<Item = u32>) {
        for number in order {
            let index = (number as usize).wrapping_sub(1);
            if self.tasks.get(index).is_some_and(|t| t.desc.active && t.life == crate::task::Life::Dormant) {
                self.activate(index);
            }
        }
        self.start_cyclics();
        self.locked = false;
        self.started = true;
    }

    /// The task that should have the processor: the running one while dispatching is held, else the most urgent one.
    pub fn schedule(&self) -> Option<TaskId> {
        let held = self.running.filter(|_| self.dispatch_disabled || self.locked);
        held.or_else(|| self.ready.top()).map(TaskId::of)
    }

    /// The task that has the processor.
    pub fn running(&self) -> Option<TaskId> {
        self.running.map(TaskId::of)
    }

    /// Gives the processor to the scheduled task, if any; the port switches to its context.
    pub fn dispatch(&mut self) -> Option<TaskId> {
        let next = self.schedule();
        self.running = next.map(TaskId::index);
        next
    }

    /// The outcome of the task's last wait: the word received (or 0), or E_TMOUT, E_RLWAI.
    ///
    /// # Errors
    /// As above.
    pub fn wait_result(&self, task: TaskId) -> Result<usize, Error> {
        self.tasks.get(task.index()).map_or(Err(Error::Id), |t| t.result)
    }

    pub(crate) fn reschedule(&mut self) {
        if self.schedule() != self.running() {
            self.port.request_dispatch();
        }
    }

    /// A call for tasks with the CPU unlocked. Gives the caller.
    pub(crate) fn require_task(&self, ctx: Context) -> Result<usize, Error> {
        match self.running {
            Some(task) if ctx == Context::Task && !self.locked => Ok(task),
            _ => Err(Error::Ctx),
        }
    }

    /// A call for handlers with the CPU unlocked.
    pub(crate) fn require_handler(&self, ctx: Context) -> Result<(), Error> {
        if ctx == Context::NonTask && !self.locked { Ok(()) } else { Err(Error::Ctx) }
    }

    /// A call that may wait. Gives the caller.
    pub(crate) fn may_wait(&self, ctx: Context) -> Result<usize, Error> {
        if self.dispatch_disabled { Err(Error::Ctx) } else { self.require_task(ctx) }
    }

    /// Index of the task `id`, which must be a real number.
    pub(crate) fn task_index(&self, id: i32) -> Result<usize, Error> {
        index(id, self.tasks.len())
    }

    /// Index of the task `id`, where TSK_SELF (0) is `caller`.
    pub(crate) fn task_or_self(&self, id: i32, caller: usize) -> Result<usize, Error> {
        if id == 0 { Ok(caller) } else { self.task_index(id) }
    }
}

/// Index of object `id` of `count`.
pub(crate) fn index(id: i32, count: usize) -> Result<usize, Error> {
    match usize::try_from(id) {
        Ok(number) if (1..=count).contains(&number) => Ok(number - 1),
        _ => Err(Error::Id),
    }
}
