//! The reference model: the specification's words with vectors and linear searches, and nothing of the kernel's structures.

use crate::call::{Outcome, WAITS, block};
use crate::snapshot::{Snapshot, TaskSnap};
use crate::*;
use uitron_kernel::Error::{self, Tmout};

#[derive(Clone, Copy, PartialEq)]
pub enum For {
    Sleep,
    Delay,
    Sem(usize),
    Flag(usize, u32, bool),
    Send(usize, usize),
    Receive(usize),
    Message(usize),
    Block(usize),
}

#[derive(Clone, Copy, PartialEq)]
pub enum Who {
    Task(usize),
    Cyclic(usize),
}

pub struct MTask {
    pub active: bool,
    pub waits: Option<For>,
    pub suspended: bool,
    pub priority: i32,
    pub act: u32,
    pub wup: u32,
    pub tex: bool,
    pub requests: u32,
    pub result: Result<usize, Error>,
}

pub struct Model {
    pub tasks: Vec<MTask>,
    /// Runnable tasks, those that became so first come first.
    pub runnable: Vec<usize>,
    /// Waiting tasks, those that began first come first.
    pub waiting: Vec<usize>,
    pub running: Option<usize>,
    pub locked: bool,
    pub dispatch_disabled: bool,
    pub ipm: i32,
    pub now: u64,
    pub offset: u32,
    pub appointments: Vec<(u64, Who)>,
    pub sems: Vec<u32>,
    pub flags: Vec<u32>,
    pub queues: Vec<Vec<usize>>,
    pub boxes: Vec<Vec<usize>>,
    /// Free blocks, the next to be given last.
    pub free: Vec<Vec<usize>>,
    pub ever_given: Vec<Vec<usize>>,
}

impl Model {
    pub fn boot() -> Self {
        let dormant = |&(priority, _): &(u8, bool)| MTask {
            active: false,
            waits: None,
            suspended: false,
            priority: priority.into(),
            act: 0,
            wup: 0,
            tex: false,
            requests: 0,
            result: Ok(0),
        };
        let mut model = Self {
            tasks: TASKS.iter().map(dormant).collect(),
            runnable: vec![],
            waiting: vec![],
            running: None,
            locked: false,
            dispatch_disabled: false,
            ipm: 0,
            now: 0,
            offset: 0,
            appointments: vec![],
            sems: SEMAPHORES.iter().map(|s| s.1).collect(),
            flags: FLAGS.iter().map(|f| f.1).collect(),
            queues: vec![vec![]; DATAQUEUES.len()],
            boxes: vec![vec![]; MAILBOXES.len()],
            free: POOL_TABLE
                .iter()
                .zip(1..)
                .map(|(p, id)| (0..p.1).rev().map(|n| block(id, n.into())).collect())
                .collect(),
            ever_given: vec![vec![]; POOL_TABLE.len()],
        };
        for (i, &(started, _, phase)) in CYCLICS.iter().enumerate() {
            if started {
                model.appointments.push((u64::from(phase.max(1)), Who::Cyclic(i)));
            }
        }
        model.make_active(0);
        model.dispatch();
        model
    }

    pub fn make_active(&mut self, t: usize) {
        self.tasks[t].active = true;
        self.runnable.push(t);
    }

    pub fn dispatch(&mut self) {
        if self.running.is_none() || !(self.locked || self.dispatch_disabled) {
            self.running = self.runnable.iter().copied().min_by_key(|&t| self.tasks[t].priority);
        }
    }

    pub fn waiters(&self, order: Order, whom: impl Fn(For) -> bool) -> Vec<usize> {
        let mut found: Vec<usize> =
            self.waiting.iter().copied().filter(|&t| self.tasks[t].waits.is_some_and(&whom)).collect();
        if order == Order::Priority {
            found.sort_by_key(|&t| self.tasks[t].priority);
        }
        found
    }
    pub fn sem_waiters(&self, i: usize) -> Vec<usize> {
        self.waiters(SEMAPHORES[i].0, |w| w == For::Sem(i))
    }
    pub fn flag_waiters(&self, i: usize) -> Vec<usize> {
        self.waiters(Order::Fifo, |w| matches!(w, For::Flag(f, ..) if f == i))
    }
    pub fn senders(&self, i: usize) -> Vec<usize> {
        self.waiters(DATAQUEUES[i].0, |w| matches!(w, For::Send(q, _) if q == i))
    }
    pub fn receivers(&self, i: usize) -> Vec<usize> {
        self.waiters(Order::Fifo, |w| w == For::Receive(i))
    }
    pub fn box_waiters(&self, i: usize) -> Vec<usize> {
        self.waiters(MAILBOXES[i].0, |w| w == For::Message(i))
    }
    pub fn pool_waiters(&self, i: usize) -> Vec<usize> {
        self.waiters(POOL_TABLE[i].0, |w| w == For::Block(i))
    }

    pub fn forget(&mut self, t: usize) {
        self.runnable.retain(|&x| x != t);
        self.waiting.retain(|&x| x != t);
        self.appointments.retain(|a| a.1 != Who::Task(t));
        self.tasks[t].waits = None;
    }

    pub fn finish(&mut self, t: usize) {
        self.forget(t);
        let again = self.tasks[t].act > 0;
        let result = self.tasks[t].result;
        let priority = TASKS[t].0.into();
        self.tasks[t] = MTask {
            active: false,
            waits: None,
            suspended: false,
            priority,
            act: 0,
            wup: 0,
            tex: false,
            requests: 0,
            result,
        };
        if again {
            self.make_active(t);
        }
    }

    pub fn release(&mut self, t: usize, result: Result<usize, Error>) {
        self.forget(t);
        self.tasks[t].result = result;
        if !self.tasks[t].suspended {
            self.runnable.push(t);
        }
    }

    /// tmo: 0 polls, -1 waits for ever.
    pub fn wait(&mut self, t: usize, what: For, tmo: i64) -> Outcome {
        if tmo == 0 && what != For::Delay {
            return Err(Tmout);
        }
        self.forget(t);
        self.tasks[t].waits = Some(what);
        self.waiting.push(t);
        if tmo >= 0 {
            self.appointments.push((self.now + tmo as u64 + 1, Who::Task(t)));
        }
        Ok(WAITS)
    }

    pub fn send(&mut self, i: usize, data: usize) -> bool {
        if let Some(&r) = self.receivers(i).first() {
            self.release(r, Ok(data));
            return true;
        }
        let room = self.queues[i].len() < DATAQUEUES[i].1 as usize;
        if room {
            self.queues[i].push(data);
        }
        room
    }

    pub fn tick(&mut self) -> i64 {
        self.now += 1;
        let mut runs = 0;
        while let Some(n) = self.appointments.iter().position(|a| a.0 == self.now) {
            match self.appointments.remove(n).1 {
                Who::Task(t) => {
                    let delay = self.tasks[t].waits == Some(For::Delay);
                    self.release(t, if delay { Ok(0) } else { Err(Tmout) });
                }
                Who::Cyclic(c) => {
                    self.appointments.push((self.now + u64::from(CYCLICS[c].1), Who::Cyclic(c)));
                    runs = runs * 10 + c as i64 + 1;
                }
            }
        }
        runs
    }

    /// The exception routine that runs next in the running task, as its request pattern.
    pub fn tex_begin(&mut self) -> Option<u32> {
        let t = self.running.filter(|&t| !self.locked && self.tasks[t].tex && self.tasks[t].requests != 0)?;
        self.tasks[t].tex = false;
        Some(std::mem::take(&mut self.tasks[t].requests))
    }

    pub fn tex_end(&mut self) -> Option<u32> {
        self.locked = false;
        let task = &mut self.tasks[self.running?];
        task.tex = task.requests == 0;
        Some(std::mem::take(&mut task.requests)).filter(|&r| r != 0)
    }

    pub fn left(&self, who: Who) -> Option<u32> {
        self.appointments.iter().find(|a| a.1 == who).map(|a| (a.0 - self.now) as u32)
    }

    pub fn state(&self, t: usize) -> &'static str {
        let task = &self.tasks[t];
        let names = match task.waits {
            _ if !task.active => return "dormant",
            None if task.suspended => return "suspended",
            None => return if self.running == Some(t) { "running" } else { "ready" },
            Some(For::Sleep) => ["sleep", "sleep+sus"],
            Some(For::Delay) => ["delay", "delay+sus"],
            Some(For::Sem(_)) => ["sem", "sem+sus"],
            Some(For::Flag(..)) => ["flag", "flag+sus"],
            Some(For::Send(..)) => ["send", "send+sus"],
            Some(For::Receive(_)) => ["receive", "receive+sus"],
            Some(For::Message(_)) => ["message", "message+sus"],
            Some(For::Block(_)) => ["block", "block+sus"],
        };
        names[usize::from(task.suspended)]
    }

    pub fn snapshot(&self) -> Snapshot {
        let ids = |tasks: Vec<usize>| tasks.into_iter().map(|t| t as i32 + 1).collect::<Vec<_>>();
        let task = |(t, m): (usize, &MTask)| TaskSnap {
            state: self.state(t),
            priority: m.priority,
            activations: m.act,
            wakeups: m.wup,
            left: self.left(Who::Task(t)),
            tex_enabled: m.tex,
            tex_pending: m.requests,
            result: m.result,
        };
        Snapshot {
            running: self.running.map(|t| t as i32 + 1),
            locked: self.locked,
            dispatch_disabled: self.dispatch_disabled,
            time: (self.now as u32).wrapping_add(self.offset),
            tasks: self.tasks.iter().enumerate().map(task).collect(),
            semaphores: (0..SEMAPHORES.len()).map(|i| (self.sems[i], ids(self.sem_waiters(i)))).collect(),
            flags: (0..FLAGS.len()).map(|i| (self.flags[i], ids(self.flag_waiters(i)).first().copied())).collect(),
            dataqueues: (0..DATAQUEUES.len())
                .map(|i| (self.queues[i].clone(), ids(self.senders(i)), ids(self.receivers(i))))
                .collect(),
            mailboxes: (0..MAILBOXES.len()).map(|i| (self.boxes[i].clone(), ids(self.box_waiters(i)))).collect(),
            pools: (0..POOL_TABLE.len()).map(|i| (self.free[i].len(), ids(self.pool_waiters(i)))).collect(),
            cyclics: (0..CYCLICS.len()).map(|i| self.left(Who::Cyclic(i))).collect(),
        }
    }
}
