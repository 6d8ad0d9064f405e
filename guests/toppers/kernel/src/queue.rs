//! Doubly linked queues of tasks, through two indices in each control block.

use crate::Task;

/// No task.
pub(crate) const NIL: u16 = u16::MAX;

/// A queue of tasks. A task is in one queue at most: a ready queue or that of the object it waits for.
#[derive(Clone, Copy, Debug)]
pub struct Queue {
    head: u16,
    tail: u16,
}

impl Queue {
    pub(crate) const EMPTY: Self = Self { head: NIL, tail: NIL };

    pub(crate) fn first(&self) -> Option<usize> {
        (self.head != NIL).then_some(usize::from(self.head))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.head == NIL
    }

    #[inline(always)]
    pub(crate) fn push_back(&mut self, tasks: &mut [Task], task: usize) {
        let before = core::mem::replace(&mut self.tail, task as u16);
        tasks[task].prev = before;
        tasks[task].next = NIL;
        match before {
            NIL => self.head = task as u16,
            b => tasks[usize::from(b)].next = task as u16,
        }
    }

    /// Before the first less urgent task, behind its equals.
    pub(crate) fn push_by_priority(&mut self, tasks: &mut [Task], task: usize) {
        let mut before = self.tail;
        while before != NIL && tasks[usize::from(before)].priority > tasks[task].priority {
            before = tasks[usize::from(before)].prev;
        }
        self.insert_after(tasks, task, before);
    }

    fn insert_after(&mut self, tasks: &mut [Task], task: usize, before: u16) {
        let next = if before == NIL { self.head } else { tasks[usize::from(before)].next };
        tasks[task].prev = before;
        tasks[task].next = next;
        match before {
            NIL => self.head = task as u16,
            b => tasks[usize::from(b)].next = task as u16,
        }
        match next {
            NIL => self.tail = task as u16,
            n => tasks[usize::from(n)].prev = task as u16,
        }
    }

    /// Takes out the first task.
    #[inline(always)]
    pub(crate) fn pop_front(&mut self, tasks: &mut [Task]) -> Option<usize> {
        let first = self.first()?;
        self.head = core::mem::replace(&mut tasks[first].next, NIL);
        match self.head {
            NIL => self.tail = NIL,
            next => tasks[usize::from(next)].prev = NIL,
        }
        Some(first)
    }

    /// Takes out `task`, which must be in this queue.
    pub(crate) fn remove(&mut self, tasks: &mut [Task], task: usize) {
        let (prev, next) = (tasks[task].prev, tasks[task].next);
        match prev {
            NIL => self.head = next,
            p => tasks[usize::from(p)].next = next,
        }
        match next {
            NIL => self.tail = prev,
            n => tasks[usize::from(n)].prev = prev,
        }
        (tasks[task].prev, tasks[task].next) = (NIL, NIL);
    }

    pub(crate) fn iter<'t>(&self, tasks: &'t [Task]) -> impl Iterator<Item = usize> + use<'t> {
        let index = |i: u16| (i != NIL).then_some(usize::from(i));
        core::iter::successors(index(self.head), move |&t| index(tasks[t].next))
    }
}
