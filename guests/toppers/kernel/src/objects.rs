//! The tables of the objects that tasks wait for, and where a waiting task queues.

use crate::queue::Queue;
use crate::{BadTable, DataQueue, EventFlag, Mailbox, MemoryPool, Semaphore, Wait};

/// Order of a wait queue (TA_TFIFO, TA_TPRI) or of messages (TA_MFIFO, TA_MPRI).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// First come, first served.
    Fifo,
    /// By priority, among equals first come, first served.
    Priority,
}

pub(crate) struct Objects<'a> {
    pub(crate) semaphores: &'a mut [Semaphore],
    pub(crate) flags: &'a mut [EventFlag],
    pub(crate) dataqueues: &'a mut [DataQueue],
    pub(crate) mailboxes: &'a mut [Mailbox],
    pub(crate) pools: &'a mut [MemoryPool],
}

impl Objects<'_> {
    /// The queue of tasks that wait so, and its order; none for a sleep or delay.
    #[inline(always)]
    pub(crate) fn queue(&mut self, wait: Wait) -> Option<(&mut Queue, Order)> {
        match wait {
            Wait::Sleep | Wait::Delay => None,
            Wait::Semaphore(i) => self.semaphores.get_mut(usize::from(i)).map(|s| (&mut s.waiters, s.order)),
            Wait::Flag { flag, .. } => self.flags.get_mut(usize::from(flag)).map(|f| (&mut f.waiters, Order::Fifo)),
            Wait::Send { queue, .. } => {
                self.dataqueues.get_mut(usize::from(queue)).map(|d| (&mut d.senders, d.desc.order))
            }
            Wait::Receive(i) => self.dataqueues.get_mut(usize::from(i)).map(|d| (&mut d.receivers, Order::Fifo)),
            Wait::Message(i) => self.mailboxes.get_mut(usize::from(i)).map(|m| (&mut m.waiters, m.desc.order)),
            Wait::Block(i) => self.pools.get_mut(usize::from(i)).map(|p| (&mut p.waiters, p.desc.order)),
        }
    }

    pub(crate) fn check(&mut self) -> Result<(), BadTable> {
        for (i, s) in self.semaphores.iter().enumerate() {
            if s.maximum == 0 || s.count > s.maximum {
                return Err(BadTable::SemaphoreCount(i + 1));
            }
        }
        for (i, m) in self.mailboxes.iter().enumerate() {
            if !(crate::MIN_PRIORITY..=crate::MAX_PRIORITY).contains(&m.desc.max_priority) {
                return Err(BadTable::MessagePriority(i + 1));
            }
        }
        for (i, p) in self.pools.iter().enumerate() {
            p.check().ok_or(BadTable::PoolShape(i + 1))?;
        }
        Ok(())
    }
}
