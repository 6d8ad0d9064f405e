//! Task control blocks.

use crate::queue::NIL;
use crate::{Error, TimeNode};

/// Number of a task, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub(crate) u16);

impl TaskId {
    pub(crate) fn of(index: usize) -> Self {
        Self(index as u16 + 1)
    }

    /// The task with this number, if it can be one.
    pub fn new(number: i32) -> Option<Self> {
        u16::try_from(number).ok().filter(|&n| n > 0).map(Self)
    }

    /// The number that service calls take and return (type ID).
    pub fn number(self) -> i32 {
        i32::from(self.0)
    }

    /// Place in the table of tasks, counted from 0.
    pub fn index(self) -> usize {
        usize::from(self.0) - 1
    }
}

/// CRE_TSK, and DEF_TEX of the same task. Stacks are the port's affair.
#[derive(Clone, Copy, Debug)]
pub struct TaskDesc {
    /// TA_ACT: activated at start-up.
    pub active: bool,
    /// Given to the task and to its exception routine.
    pub exinf: usize,
    /// Address of the task's function.
    pub entry: usize,
    /// Initial priority, 1..16.
    pub priority: u8,
    /// Address of the task exception routine.
    pub texrtn: Option<usize>,
}

/// What a task waits for; the numbers count objects from 0. A monitor reads it from memory: see [`TaskLayout`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Wait {
    /// slp_tsk, tslp_tsk.
    Sleep,
    /// dly_tsk.
    Delay,
    /// A semaphore's resource.
    Semaphore(u16),
    /// A pattern of an event flag.
    Flag {
        /// The flag.
        flag: u16,
        /// Bits waited for.
        pattern: u32,
        /// TWF_ANDW: all bits, not any.
        all: bool,
    },
    /// Room in a data queue.
    Send {
        /// The data queue.
        queue: u16,
        /// The word to send.
        data: usize,
    },
    /// Data from a data queue.
    Receive(u16),
    /// A message.
    Message(u16),
    /// A memory block.
    Block(u16),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum Life {
    Dormant,
    /// Ready, running or (with `suspended`) suspended.
    Runnable,
    Waiting(Wait),
}

/// Control block of a task.
#[derive(Clone, Debug)]
pub struct Task {
    pub(crate) desc: TaskDesc,
    pub(crate) next: u16,
    pub(crate) prev: u16,
    pub(crate) timer: TimeNode,
    pub(crate) life: Life,
    pub(crate) suspended: bool,
    pub(crate) priority: u8,
    /// One activation is queued (TMAX_ACTCNT is 1).
    pub(crate) activation: bool,
    /// One wake-up is queued (TMAX_WUPCNT is 1).
    pub(crate) wakeup: bool,
    pub(crate) tex_enabled: bool,
    pub(crate) tex_pending: u32,
    /// Of the last wait.
    pub(crate) result: Result<usize, Error>,
}

impl Task {
    /// A dormant task.
    pub const fn new(desc: TaskDesc) -> Self {
        Self {
            desc,
            next: NIL,
            prev: NIL,
            timer: TimeNode::IDLE,
            life: Life::Dormant,
            suspended: false,
            priority: desc.priority,
            activation: false,
            wakeup: false,
            tex_enabled: false,
            tex_pending: 0,
            result: Ok(0),
        }
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.life == Life::Runnable && !self.suspended
    }
}

/// Where a monitor finds what in a task's control block: offsets in bytes.
///
/// At `life` stands a half-word: 0 dormant, 1 ready or running, 2 waiting. Of a waiting task a structure follows at `wait`: a
/// half-word for what it waits for, in the order of [`Wait`], and, but for the first two, at `object` the number of the object,
/// a half-word that counts from 0.
#[repr(C)]
pub struct TaskLayout {
    /// From one block to the next.
    pub bytes: u32,
    /// As above.
    pub life: u32,
    /// As above.
    pub wait: u32,
    /// As above.
    pub object: u32,
    /// A byte: 1 if suspended.
    pub suspended: u32,
    /// A byte: the current priority.
    pub priority: u32,
    /// A byte: 1 if an activation is queued.
    pub activation: u32,
    /// A byte: 1 if a wake-up is queued.
    pub wakeup: u32,
    /// A word: requested task exceptions.
    pub tex_pending: u32,
}

impl TaskLayout {
    /// That of this kernel. Enumerations with `repr(u16)` are structures that begin with their number (Rust reference, type layout).
    pub const HERE: Self = {
        #[repr(C)]
        struct Waiting(u16, Wait);
        #[repr(C)]
        struct Numbered(u16, u16);
        let life = core::mem::offset_of!(Task, life);
        let wait = life + core::mem::offset_of!(Waiting, 1);
        Self {
            bytes: size_of::<Task>() as u32,
            life: life as u32,
            wait: wait as u32,
            object: (wait + core::mem::offset_of!(Numbered, 1)) as u32,
            suspended: core::mem::offset_of!(Task, suspended) as u32,
            priority: core::mem::offset_of!(Task, priority) as u32,
            activation: core::mem::offset_of!(Task, activation) as u32,
            wakeup: core::mem::offset_of!(Task, wakeup) as u32,
            tex_pending: core::mem::offset_of!(Task, tex_pending) as u32,
        }
    };
}

#[cfg(target_pointer_width = "32")]
const _: () = assert!(size_of::<Task>() <= 4 * 40, "UITRON_TSKCB_WORDS");
