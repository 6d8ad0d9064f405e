//! The transitions between task states. All other files go through these.

use crate::task::Life;
use crate::{Error, Kernel, Order, Port, TaskId, Wait};

/// For how long a task waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patience {
    /// Not at all (TMO_POL).
    Poll,
    /// Relative time in ms.
    Millis(u32),
    /// TMO_FEVR.
    Forever,
}

impl Patience {
    pub(crate) fn from_tmo(tmo: i32) -> Result<Self, Error> {
        match tmo {
            crate::FOREVER => Ok(Self::Forever),
            crate::POLL => Ok(Self::Poll),
            1.. => Ok(Self::Millis(tmo as u32)),
            _ => Err(Error::Par),
        }
    }
}

impl<P: Port> Kernel<'_, P> {
    /// Dormant to ready.
    pub(crate) fn activate(&mut self, task: usize) {
        let block = &mut self.tasks[task];
        block.life = Life::Runnable;
        block.suspended = false;
        block.priority = block.desc.priority;
        block.wakeup = false;
        block.tex_enabled = false;
        block.tex_pending = 0;
        let desc = block.desc;
        self.port.start(TaskId::of(task), desc.entry, desc.exinf);
        self.ready.push(self.tasks, task);
    }

    /// Any state to dormant, and on to ready if an activation is queued.
    pub(crate) fn end(&mut self, task: usize) {
        if self.tasks[task].is_ready() {
            self.ready.remove(self.tasks, task);
        }
        self.dequeue(task);
        self.disarm_task(task);
        let block = &mut self.tasks[task];
        block.life = Life::Dormant;
        block.suspended = false;
        block.priority = block.desc.priority;
        block.wakeup = false;
        block.tex_enabled = false;
        block.tex_pending = 0;
        if core::mem::take(&mut block.activation) {
            self.activate(task);
        }
    }

    /// Running to waiting: the port dispatches, as the call says that it waits. Polling never comes here.
    pub(crate) fn wait(&mut self, task: usize, wait: Wait, patience: Patience) {
        self.ready.remove(self.tasks, task);
        self.tasks[task].life = Life::Waiting(wait);
        self.enqueue(task, wait);
        if let Patience::Millis(ms) = patience {
            self.arm_task(task, ms);
        }
    }

    /// Waiting to ready, or waiting-suspended to suspended; `result` is what the wait call returns.
    pub(crate) fn release(&mut self, task: usize, result: Result<usize, Error>) {
        self.dequeue(task);
        self.resume(task, result);
    }

    /// The same for a task that has been taken out of its object's queue.
    pub(crate) fn resume(&mut self, task: usize, result: Result<usize, Error>) {
        self.disarm_task(task);
        let block = &mut self.tasks[task];
        block.life = Life::Runnable;
        block.result = result;
        if !block.suspended {
            let priority = block.priority;
            self.ready.push(self.tasks, task);
            // Where dispatching is held the request comes to nothing.
            if self.running.is_none_or(|running| priority < self.tasks[running].priority) {
                self.port.request_dispatch();
            }
        }
    }

    /// Takes a waiting task out of the queue of what it waits for.
    fn dequeue(&mut self, task: usize) {
        if let Life::Waiting(wait) = self.tasks[task].life
            && let Some((queue, _)) = self.obj.queue(wait)
        {
            queue.remove(self.tasks, task);
        }
    }

    /// Gives the task another priority, behind its equals in whatever queue is ordered by priority.
    pub(crate) fn set_priority(&mut self, task: usize, priority: u8) {
        if self.tasks[task].is_ready() {
            self.ready.remove(self.tasks, task);
            self.tasks[task].priority = priority;
            self.ready.push(self.tasks, task);
        } else {
            self.tasks[task].priority = priority;
            if let Life::Waiting(wait) = self.tasks[task].life
                && let Some((queue, Order::Priority)) = self.obj.queue(wait)
            {
                queue.remove(self.tasks, task);
                queue.push_by_priority(self.tasks, task);
            }
        }
        self.reschedule();
    }

    fn enqueue(&mut self, task: usize, wait: Wait) {
        match self.obj.queue(wait) {
            Some((queue, Order::Fifo)) => queue.push_back(self.tasks, task),
            Some((queue, Order::Priority)) => queue.push_by_priority(self.tasks, task),
            None => {}
        }
    }
}
