//! A look at the objects for tests and monitors; nothing here changes anything.

use crate::kernel::index;
use crate::task::Life;
use crate::{Error, Kernel, MAX_PRIORITY, MIN_PRIORITY, Order, Port, TaskId, Wait};

/// Task states of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// Has the processor.
    Running,
    /// Could run.
    Ready,
    /// Waits.
    Waiting(Wait),
    /// Suspended by force.
    Suspended,
    /// Both.
    WaitingSuspended(Wait),
    /// Not active.
    Dormant,
}

/// A task as seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskView {
    /// Its state.
    pub state: TaskState,
    /// Its current priority.
    pub priority: i32,
    /// Queued activations.
    pub activations: u32,
    /// Queued wake-ups.
    pub wakeups: u32,
    /// Milliseconds until its time-out comes.
    pub left: Option<u32>,
    /// Whether task exceptions are enabled.
    pub tex_enabled: bool,
    /// Requested task exceptions.
    pub tex_pending: u32,
}

/// A cyclic handler as seen from outside: milliseconds to its next run, if it is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CyclicView {
    /// As above.
    pub left: Option<u32>,
}

impl<P: Port> Kernel<'_, P> {
    /// A task.
    ///
    /// # Errors
    /// E_ID, as for all views.
    pub fn view_task(&self, id: i32) -> Result<TaskView, Error> {
        let i = self.task_index(id)?;
        let task = &self.tasks[i];
        let state = match (task.life, task.suspended) {
            (Life::Dormant, _) => TaskState::Dormant,
            (Life::Waiting(wait), true) => TaskState::WaitingSuspended(wait),
            (Life::Waiting(wait), false) => TaskState::Waiting(wait),
            (Life::Runnable, true) => TaskState::Suspended,
            (Life::Runnable, false) if self.running == Some(i) => TaskState::Running,
            (Life::Runnable, false) => TaskState::Ready,
        };
        Ok(TaskView {
            state,
            priority: i32::from(task.priority),
            activations: task.activation.into(),
            wakeups: task.wakeup.into(),
            left: task.timer.armed.then(|| task.timer.expiry.wrapping_sub(self.now)),
            tex_enabled: task.tex_enabled,
            tex_pending: task.tex_pending,
        })
    }

    /// The ready tasks of a priority in their order, the running one included.
    ///
    /// # Errors
    /// E_PAR: no such priority.
    pub fn view_ready(&self, priority: i32) -> Result<impl Iterator<Item = TaskId>, Error> {
        if !(MIN_PRIORITY..=MAX_PRIORITY).contains(&priority) {
            return Err(Error::Par);
        }
        Ok(self.ready.iter(self.tasks, priority as u8).map(TaskId::of))
    }

    /// A semaphore's count, and the waiting tasks in their order.
    ///
    /// # Errors
    /// E_ID.
    pub fn view_semaphore(&self, id: i32) -> Result<(u32, impl Iterator<Item = TaskId>), Error> {
        let sem = &self.obj.semaphores[index(id, self.obj.semaphores.len())?];
        Ok((sem.count, sem.waiters.iter(self.tasks).map(TaskId::of)))
    }

    /// An event flag's pattern, and the waiting task.
    ///
    /// # Errors
    /// E_ID.
    pub fn view_flag(&self, id: i32) -> Result<(u32, Option<TaskId>), Error> {
        let flag = &self.obj.flags[index(id, self.obj.flags.len())?];
        Ok((flag.pattern, flag.waiters.first().map(TaskId::of)))
    }

    /// The words in a data queue, oldest first.
    ///
    /// # Errors
    /// E_ID.
    pub fn view_dataqueue(&self, id: i32) -> Result<impl Iterator<Item = usize>, Error> {
        let queue = &self.obj.dataqueues[index(id, self.obj.dataqueues.len())?];
        Ok((0..queue.count).map(|n| self.port.load(queue.place(n))))
    }

    /// The tasks that wait at a data queue: senders (`true`) or receivers.
    ///
    /// # Errors
    /// E_ID.
    pub fn view_dataqueue_waiters(&self, id: i32, senders: bool) -> Result<impl Iterator<Item = TaskId>, Error> {
        let queue = &self.obj.dataqueues[index(id, self.obj.dataqueues.len())?];
        Ok(if senders { queue.senders } else { queue.receivers }.iter(self.tasks).map(TaskId::of))
    }

    /// The addresses of a mailbox's messages in their order, and the order they are in.
    ///
    /// # Errors
    /// E_ID.
    pub fn view_mailbox(&self, id: i32) -> Result<(Order, impl Iterator<Item = usize>), Error> {
        let mailbox = &self.obj.mailboxes[index(id, self.obj.mailboxes.len())?];
        let link = |message: usize| (message != 0).then_some(message);
        let messages = core::iter::successors(link(mailbox.head), move |&m| link(self.port.load(m)));
        Ok((mailbox.desc.message_order, messages))
    }

    /// The tasks that wait at a mailbox.
    ///
    /// # Errors
    /// E_ID.
    pub fn view_mailbox_waiters(&self, id: i32) -> Result<impl Iterator<Item = TaskId>, Error> {
        let mailbox = &self.obj.mailboxes[index(id, self.obj.mailboxes.len())?];
        Ok(mailbox.waiters.iter(self.tasks).map(TaskId::of))
    }

    /// A pool's number of free blocks, and the waiting tasks.
    ///
    /// # Errors
    /// E_ID.
    pub fn view_pool(&self, id: i32) -> Result<(usize, impl Iterator<Item = TaskId>), Error> {
        let pool = &self.obj.pools[index(id, self.obj.pools.len())?];
        Ok((pool.free_blocks(&self.port), pool.waiters.iter(self.tasks).map(TaskId::of)))
    }

    /// A cyclic handler.
    ///
    /// # Errors
    /// E_ID.
    pub fn view_cyclic(&self, id: i32) -> Result<CyclicView, Error> {
        let timer = &self.cyclics[index(id, self.cyclics.len())?].timer;
        Ok(CyclicView { left: timer.armed.then(|| timer.expiry.wrapping_sub(self.now)) })
    }
}
