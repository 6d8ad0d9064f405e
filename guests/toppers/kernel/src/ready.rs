//! The ready queues: one a priority, and a bitmap of those that are not empty.

use crate::Task;
use crate::queue::Queue;

pub(crate) struct Ready {
    queues: [Queue; crate::MAX_PRIORITY as usize],
    /// Bit p-1 is set if a task of priority p is ready.
    bitmap: u16,
}

/// The lowest bit that is set in a byte; SH has no instruction for it.
static LOWEST: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 1;
    while byte < 256 {
        table[byte] = byte.trailing_zeros() as u8;
        byte += 1;
    }
    table
};

impl Ready {
    pub(crate) const EMPTY: Self = Self { queues: [Queue::EMPTY; crate::MAX_PRIORITY as usize], bitmap: 0 };

    /// The most urgent task that is ready for longest.
    pub(crate) fn top(&self) -> Option<usize> {
        if self.bitmap == 0 {
            return None;
        }
        let [low, high] = self.bitmap.to_le_bytes();
        let level = if low != 0 { LOWEST[usize::from(low)] } else { 8 + LOWEST[usize::from(high)] };
        self.queues[usize::from(level)].first()
    }

    /// Puts the task behind its equals.
    #[inline(always)]
    pub(crate) fn push(&mut self, tasks: &mut [Task], task: usize) {
        let level = usize::from(tasks[task].priority) - 1;
        self.queues[level].push_back(tasks, task);
        self.bitmap |= 1 << level;
    }

    /// Takes out the task; its priority is that with which it was put in.
    pub(crate) fn remove(&mut self, tasks: &mut [Task], task: usize) {
        let level = usize::from(tasks[task].priority) - 1;
        self.queues[level].remove(tasks, task);
        if self.queues[level].is_empty() {
            self.bitmap &= !(1 << level);
        }
    }

    /// Puts the first task of `priority` behind the others.
    pub(crate) fn rotate(&mut self, tasks: &mut [Task], priority: u8) {
        let queue = &mut self.queues[usize::from(priority) - 1];
        if let Some(first) = queue.first() {
            queue.remove(tasks, first);
            queue.push_back(tasks, first);
        }
    }

    pub(crate) fn iter<'t>(&self, tasks: &'t [Task], priority: u8) -> impl Iterator<Item = usize> + use<'t> {
        self.queues[usize::from(priority) - 1].iter(tasks)
    }
}
