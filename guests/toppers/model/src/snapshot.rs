//! The state of a whole system in plain values.

use crate::*;
use uitron_kernel::{Error, TaskState, Wait};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskSnap {
    pub state: &'static str,
    pub priority: i32,
    pub activations: u32,
    pub wakeups: u32,
    pub left: Option<u32>,
    pub tex_enabled: bool,
    pub tex_pending: u32,
    pub result: Result<usize, Error>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub running: Option<i32>,
    pub locked: bool,
    pub dispatch_disabled: bool,
    pub time: u32,
    pub tasks: Vec<TaskSnap>,
    pub semaphores: Vec<(u32, Vec<i32>)>,
    pub flags: Vec<(u32, Option<i32>)>,
    /// Words, senders, receivers.
    pub dataqueues: Vec<(Vec<usize>, Vec<i32>, Vec<i32>)>,
    pub mailboxes: Vec<(Vec<usize>, Vec<i32>)>,
    pub pools: Vec<(usize, Vec<i32>)>,
    pub cyclics: Vec<Option<u32>>,
}

pub fn wait_name(wait: Wait, suspended: bool) -> &'static str {
    match (wait, suspended) {
        (Wait::Sleep, false) => "sleep",
        (Wait::Sleep, true) => "sleep+sus",
        (Wait::Delay, false) => "delay",
        (Wait::Delay, true) => "delay+sus",
        (Wait::Semaphore(_), false) => "sem",
        (Wait::Semaphore(_), true) => "sem+sus",
        (Wait::Flag { .. }, false) => "flag",
        (Wait::Flag { .. }, true) => "flag+sus",
        (Wait::Send { .. }, false) => "send",
        (Wait::Send { .. }, true) => "send+sus",
        (Wait::Receive(_), false) => "receive",
        (Wait::Receive(_), true) => "receive+sus",
        (Wait::Message(_), false) => "message",
        (Wait::Message(_), true) => "message+sus",
        (Wait::Block(_), false) => "block",
        (Wait::Block(_), true) => "block+sus",
    }
}

pub fn of_kernel(k: &HostKernel) -> Snapshot {
    let ids = |count: usize| 1..=count as i32;
    let numbers = |tasks: &mut dyn Iterator<Item = TaskId>| tasks.map(TaskId::number).collect::<Vec<_>>();
    let task = |id: i32| {
        let v = k.view_task(id).unwrap();
        let state = match v.state {
            TaskState::Running => "running",
            TaskState::Ready => "ready",
            TaskState::Suspended => "suspended",
            TaskState::Dormant => "dormant",
            TaskState::Waiting(w) => wait_name(w, false),
            TaskState::WaitingSuspended(w) => wait_name(w, true),
        };
        let ready = (1..=16).filter(|&p| k.view_ready(p).unwrap().any(|t| t.number() == id)).collect::<Vec<_>>();
        let expected = if matches!(state, "running" | "ready") { vec![v.priority] } else { vec![] };
        assert_eq!(ready, expected, "task {id} ({state}) is in the wrong ready queues");
        TaskSnap {
            state,
            priority: v.priority,
            activations: v.activations,
            wakeups: v.wakeups,
            left: v.left,
            tex_enabled: v.tex_enabled,
            tex_pending: v.tex_pending,
            result: k.wait_result(TaskId::new(id).unwrap()),
        }
    };
    Snapshot {
        running: k.running().map(TaskId::number),
        locked: k.sns_loc(),
        dispatch_disabled: k.sns_dsp(),
        time: k.system_time(),
        tasks: ids(TASKS.len()).map(task).collect(),
        semaphores: ids(SEMAPHORES.len())
            .map(|i| k.view_semaphore(i).map(|(count, mut tasks)| (count, numbers(&mut tasks))).unwrap())
            .collect(),
        flags: ids(FLAGS.len())
            .map(|i| k.view_flag(i).map(|(bits, task)| (bits, task.map(TaskId::number))).unwrap())
            .collect(),
        dataqueues: ids(DATAQUEUES.len())
            .map(|i| {
                let waiters = |senders| numbers(&mut k.view_dataqueue_waiters(i, senders).unwrap());
                (k.view_dataqueue(i).unwrap().collect(), waiters(true), waiters(false))
            })
            .collect(),
        mailboxes: ids(MAILBOXES.len())
            .map(|i| {
                let messages = k.view_mailbox(i).unwrap().1.collect();
                (messages, numbers(&mut k.view_mailbox_waiters(i).unwrap()))
            })
            .collect(),
        pools: ids(POOL_TABLE.len())
            .map(|i| k.view_pool(i).map(|(free, mut tasks)| (free, numbers(&mut tasks))).unwrap())
            .collect(),
        cyclics: ids(CYCLICS.len()).map(|i| k.view_cyclic(i).unwrap().left).collect(),
    }
}

impl Snapshot {
    /// The state in one word, as the kernel on the target makes it (guests/toppers/sh4a, `inspect.rs`): FNV-1a over the words
    /// below, lists ended by `END`, messages and blocks by their numbers.
    pub fn hash(&self) -> u32 {
        let mut hash = Fnv(0x811c_9dc5);
        hash.word(self.running.unwrap_or(0) as u32);
        hash.word(u32::from(self.locked) | u32::from(self.dispatch_disabled) << 1);
        hash.word(self.time);
        for task in &self.tasks {
            let code = STATES.iter().position(|state| *state == task.state).expect("a state of the list");
            hash.word(code as u32);
            hash.word(task.priority as u32);
            hash.word(task.activations | task.wakeups << 1 | u32::from(task.tex_enabled) << 2);
            hash.word(task.left.map_or(0, |left| left.wrapping_add(1)));
            hash.word(task.tex_pending);
            hash.word(task.result.map_or_else(|error| error.code() as u32, plain));
        }
        for (count, waiters) in &self.semaphores {
            hash.word(*count);
            hash.tasks(waiters);
        }
        for (pattern, waiter) in &self.flags {
            hash.word(*pattern);
            hash.word(waiter.unwrap_or(0) as u32);
        }
        for (words, senders, receivers) in &self.dataqueues {
            words.iter().for_each(|&word| hash.word(plain(word)));
            hash.word(END);
            hash.tasks(senders);
            hash.tasks(receivers);
        }
        for (messages, waiters) in &self.mailboxes {
            messages.iter().for_each(|&message| hash.word(plain(message)));
            hash.word(END);
            hash.tasks(waiters);
        }
        for (free, waiters) in &self.pools {
            hash.word(*free as u32);
            hash.tasks(waiters);
        }
        for left in &self.cyclics {
            hash.word(left.map_or(0, |left| left.wrapping_add(1)));
        }
        hash.0
    }
}

const END: u32 = 0xffff_ff00;
const STATES: [&str; 20] = [
    "dormant",
    "running",
    "ready",
    "suspended",
    "sleep",
    "sleep+sus",
    "delay",
    "delay+sus",
    "sem",
    "sem+sus",
    "flag",
    "flag+sus",
    "send",
    "send+sus",
    "receive",
    "receive+sus",
    "message",
    "message+sus",
    "block",
    "block+sus",
];

struct Fnv(u32);

impl Fnv {
    fn word(&mut self, word: u32) {
        self.0 = (self.0 ^ word).wrapping_mul(0x0100_0193);
    }

    fn tasks(&mut self, tasks: &[i32]) {
        tasks.iter().for_each(|&task| self.word(task as u32));
        self.word(END);
    }
}

/// A word received: a message as 0x4d000000 + its number, a block as 0x50000000 + pool * 65536 + its number.
pub fn plain(word: usize) -> u32 {
    if (MESSAGES..MESSAGES + 9 * MESSAGE_SIZE).contains(&word) {
        return 0x4d00_0000 + ((word - MESSAGES) / MESSAGE_SIZE) as u32;
    }
    for pool in 1..=POOL_TABLE.len() {
        let base = pool * POOLS;
        if (base..base + 16 * BLOCK).contains(&word) {
            return 0x5000_0000 + (pool << 16) as u32 + ((word - base) / BLOCK) as u32;
        }
    }
    word as u32
}
