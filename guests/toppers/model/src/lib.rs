//! A port of plain memory, a small system with objects of every kind, and service calls as data.

pub mod call;
pub mod model;
pub mod model_calls;
pub mod play;
pub mod snapshot;

use std::collections::HashMap;
use uitron_kernel::{
    Context, CycCall, CycDesc, Cyclic, DataQueue, DtqDesc, EventFlag, FlgDesc, Kernel, LogRecord, Mailbox, MbxDesc,
    MemoryPool, MpfDesc, Order, Port, SemDesc, Semaphore, Tables, Task, TaskDesc, TaskId, WORD, Warning,
};

/// Messages 1..=8 lie here, `MESSAGE_SIZE` apart; the priority of message n is n, that of 8 is 99.
pub const MESSAGES: usize = 0x4000;
pub const MESSAGE_SIZE: usize = 0x20;
/// Data of data queue n lie at n * this.
pub const QUEUES: usize = 0x1_0000;
/// Blocks of pool n lie at n * this, `BLOCK` bytes each.
pub const POOLS: usize = 0x100_0000;
pub const BLOCK: usize = 2 * WORD;

#[derive(Default)]
pub struct Host<const TICK: u32 = 1> {
    pub memory: HashMap<usize, usize>,
    pub started: Vec<i32>,
    pub requests: usize,
    pub warnings: Vec<Warning>,
    pub shown: Vec<LogRecord>,
}

impl<const TICK: u32> Port for Host<TICK> {
    const TICK_MS: u32 = TICK;

    fn max_ipm(&self) -> i32 {
        15
    }
    fn request_dispatch(&mut self) {
        self.requests += 1;
    }
    fn start(&mut self, task: TaskId, entry: usize, exinf: usize) {
        assert_eq!((entry, exinf), (0xe000 + task.index(), 0xf000 + task.index()));
        self.started.push(task.number());
    }
    fn load(&self, address: usize) -> usize {
        assert_eq!(address % WORD, 0, "unaligned load at {address:#x}");
        *self.memory.get(&address).expect("the kernel loads only what it has stored")
    }
    fn store(&mut self, address: usize, value: usize) {
        let inside = |base: usize, size: usize| (base..base + size).contains(&address);
        let queue = inside(QUEUES, 2 * WORD) || inside(3 * QUEUES, WORD);
        let pool = inside(POOLS, 2 * BLOCK) || inside(2 * POOLS, BLOCK);
        let message = inside(MESSAGES, 9 * MESSAGE_SIZE) && address.is_multiple_of(MESSAGE_SIZE);
        assert!(queue || pool || message, "store outside of the objects at {address:#x}");
        self.memory.insert(address, value);
    }
    fn message_priority(&self, message: usize) -> i32 {
        match (message - MESSAGES) / MESSAGE_SIZE {
            8 => 99,
            n => n as i32,
        }
    }
    fn warn(&mut self, warning: Warning) {
        self.warnings.push(warning);
    }
    fn low_log(&mut self, record: &LogRecord) {
        self.shown.push(*record);
    }
}

/// Initial priority and exception routine of tasks 1..=6. Task 1 is TA_ACT.
pub const TASKS: [(u8, bool); 6] = [(5, true), (10, true), (10, true), (10, false), (3, true), (16, true)];
/// Order, initial count, maximum.
pub const SEMAPHORES: [(Order, u32, u32); 2] = [(Order::Fifo, 1, 1), (Order::Priority, 0, 3)];
/// TA_CLR, initial pattern.
pub const FLAGS: [(bool, u32); 2] = [(false, 0), (true, 1)];
/// Order of senders, room.
pub const DATAQUEUES: [(Order, u32); 3] = [(Order::Fifo, 2), (Order::Priority, 0), (Order::Priority, 1)];
/// Order of tasks, order of messages, greatest priority.
pub const MAILBOXES: [(Order, Order, i32); 2] = [(Order::Fifo, Order::Fifo, 1), (Order::Priority, Order::Priority, 6)];
/// Order, blocks.
pub const POOL_TABLE: [(Order, u32); 2] = [(Order::Fifo, 2), (Order::Priority, 1)];
/// TA_STA, period, phase.
pub const CYCLICS: [(bool, u32, u32); 3] = [(false, 5, 2), (true, 3, 7), (true, 1000, 0)];

pub fn task_desc(index: usize) -> TaskDesc {
    let (priority, tex) = TASKS[index];
    let texrtn = tex.then_some(0xd000 + index);
    TaskDesc { active: index == 0, exinf: 0xf000 + index, entry: 0xe000 + index, priority, texrtn }
}

pub fn cyc_desc(index: usize) -> CycDesc {
    let (started, period, phase) = CYCLICS[index];
    CycDesc { started, exinf: index, handler: 0xc000 + index, period, phase }
}

fn leak<T>(items: impl Iterator<Item = T>) -> &'static mut [T] {
    Box::leak(items.collect())
}

/// The tables above, as control blocks.
pub fn tables() -> Tables<'static> {
    Tables {
        tasks: leak((0..TASKS.len()).map(|i| Task::new(task_desc(i)))),
        semaphores: leak(
            SEMAPHORES.iter().map(|&(order, initial, maximum)| Semaphore::new(SemDesc { order, initial, maximum })),
        ),
        flags: leak(FLAGS.iter().map(|&(clear, initial)| EventFlag::new(FlgDesc { clear, initial }))),
        dataqueues: leak(
            DATAQUEUES
                .iter()
                .enumerate()
                .map(|(i, &(order, capacity))| DataQueue::new(DtqDesc { order, capacity, base: (i + 1) * QUEUES })),
        ),
        mailboxes: leak(
            MAILBOXES.iter().map(|&(order, message_order, max_priority)| {
                Mailbox::new(MbxDesc { order, message_order, max_priority })
            }),
        ),
        pools: leak(POOL_TABLE.iter().enumerate().map(|(i, &(order, blocks))| {
            MemoryPool::new(MpfDesc { order, blocks, block_size: BLOCK as u32, base: (i + 1) * POOLS })
        })),
        cyclics: leak((0..CYCLICS.len()).map(|i| Cyclic::new(cyc_desc(i)))),
    }
}

pub type HostKernel<const TICK: u32 = 1> = Kernel<'static, Host<TICK>>;

/// The system after its start: task 1 runs.
pub fn boot<const TICK: u32>() -> HostKernel<TICK> {
    let mut kernel = Kernel::new(Host::default(), tables()).expect("the tables are good");
    kernel.start(1..=TASKS.len() as u32);
    kernel.dispatch();
    kernel
}

/// A tick, with the cyclic handlers that ran in it.
pub fn tick<const TICK: u32>(kernel: &mut HostKernel<TICK>) -> Vec<i32> {
    kernel.isig_tim(Context::NonTask).expect("a tick comes with the CPU unlocked");
    let runs = std::iter::from_fn(|| kernel.next_cyclic()).map(|CycCall { id, .. }| id).collect();
    kernel.dispatch();
    runs
}

/// Address of message `n`, where 9 is 1 again; 0 is none.
pub fn message(n: i64) -> usize {
    if n <= 0 { 0 } else { MESSAGES + (1 + (n as usize - 1) % 8) * MESSAGE_SIZE }
}
