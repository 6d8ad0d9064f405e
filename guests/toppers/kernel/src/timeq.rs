//! The time event queue: task time-outs and cyclic handlers, sorted by time, among equals first come, first served.

use crate::queue::NIL;
use crate::{Kernel, Port};

/// A place in the time event queue.
#[derive(Clone, Copy, Debug)]
pub struct TimeNode {
    pub(crate) expiry: u32,
    next: u16,
    prev: u16,
    pub(crate) armed: bool,
}

impl TimeNode {
    pub(crate) const IDLE: Self = Self { expiry: 0, next: NIL, prev: NIL, armed: false };
}

/// Nodes are numbered tasks first, then cyclic handlers.
impl<P: Port> Kernel<'_, P> {
    fn node(&mut self, node: u16) -> &mut TimeNode {
        let (index, tasks) = (usize::from(node), self.tasks.len());
        if index < tasks { &mut self.tasks[index].timer } else { &mut self.cyclics[index - tasks].timer }
    }

    fn cyclic_node(&self, cyclic: usize) -> u16 {
        (self.tasks.len() + cyclic) as u16
    }

    /// The task's time-out comes `ms` from now, counted from the next tick: never early, at most one tick late.
    pub(crate) fn arm_task(&mut self, task: usize, ms: u32) {
        self.insert(task as u16, self.now.wrapping_add(self.pending_ms).wrapping_add(ms).wrapping_add(P::TICK_MS));
    }

    #[inline(always)]
    pub(crate) fn disarm_task(&mut self, task: usize) {
        // Most waits have no time-out.
        if self.tasks[task].timer.armed {
            self.remove(task as u16);
        }
    }

    /// The cyclic handler runs at `expiry`; an older appointment is void.
    pub(crate) fn arm_cyclic(&mut self, cyclic: usize, expiry: u32) {
        let node = self.cyclic_node(cyclic);
        self.remove(node);
        self.insert(node, expiry);
    }

    pub(crate) fn disarm_cyclic(&mut self, cyclic: usize) {
        let node = self.cyclic_node(cyclic);
        self.remove(node);
    }

    /// Takes the first event that is due at this very millisecond.
    pub(crate) fn take_due(&mut self) -> Option<usize> {
        let (head, now) = (self.time_head, self.now);
        if head == NIL || self.node(head).expiry != now {
            return None;
        }
        self.remove(head);
        Some(usize::from(head))
    }

    fn insert(&mut self, node: u16, expiry: u32) {
        let now = self.now;
        let distance = expiry.wrapping_sub(now);
        let mut before = self.time_tail;
        while before != NIL && self.node(before).expiry.wrapping_sub(now) > distance {
            before = self.node(before).prev;
        }
        let next = if before == NIL { self.time_head } else { self.node(before).next };
        *self.node(node) = TimeNode { expiry, next, prev: before, armed: true };
        match before {
            NIL => self.time_head = node,
            b => self.node(b).next = node,
        }
        match next {
            NIL => self.time_tail = node,
            n => self.node(n).prev = node,
        }
    }

    fn remove(&mut self, node: u16) {
        let TimeNode { next, prev, armed, .. } = *self.node(node);
        if !armed {
            return;
        }
        match prev {
            NIL => self.time_head = next,
            p => self.node(p).next = next,
        }
        match next {
            NIL => self.time_tail = prev,
            n => self.node(n).prev = prev,
        }
        self.node(node).armed = false;
    }
}
