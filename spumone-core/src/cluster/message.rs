//! What cores tell each other: four words in a ring.

use super::shared::CoreId;
use crate::irq::Code;
use crate::system::{MAX_CORES, MAX_GUESTS};
use crate::vcpu::{MAX_VCPUS, VcpuId};

/// Something to be done about a vCPU by the core that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Request {
    /// `vcpu_move`
    Move {
        /// Who.
        vcpu: VcpuId,
        /// Its new home.
        to: CoreId,
    },
    /// `vcpu_start`
    Start {
        /// Who.
        vcpu: VcpuId,
        /// Where it begins.
        entry: u32,
        /// Its R4.
        arg: u32,
    },
    /// `irq_enable`, `irq_disable`
    Irq {
        /// Whose source.
        vcpu: VcpuId,
        /// Which.
        code: Code,
        /// Its level.
        level: u8,
        /// Unmasked.
        on: bool,
    },
    /// `syscall_core`
    SyscallCore {
        /// Who.
        vcpu: VcpuId,
        /// Where the kernel part of its system calls runs.
        core: Option<CoreId>,
    },
}

impl Request {
    /// Whom it is about.
    pub fn vcpu(&self) -> VcpuId {
        match *self {
            Self::Move { vcpu, .. }
            | Self::Start { vcpu, .. }
            | Self::Irq { vcpu, .. }
            | Self::SyscallCore { vcpu, .. } => vcpu,
        }
    }
}

/// Something to know; it may be refused for want of room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Notice {
    /// `core_bounds`
    Bounds {
        /// Whose.
        guest: u8,
        /// The fewest cores.
        low: u8,
        /// The most cores.
        high: u8,
    },
}

/// What the director has every core do with a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// Its vCPUs stand.
    Pause,
    /// They go on.
    Resume,
    /// They are as at the beginning, and stand.
    Renew,
}

/// How a guest came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// By itself, with this status.
    Exited(u32),
    /// By a fault; what it was is for the two ends to agree on.
    Parked(u32),
}

/// A message from one core to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// The receiver has this vCPU from now on.
    Arrive {
        /// Who.
        vcpu: VcpuId,
    },
    /// A claimed request; whoever carries it out releases the claim.
    Request(Request),
    /// A guest has ended.
    End {
        /// Which.
        guest: u8,
        /// Which of its lives: how often it had begun anew. An end of an earlier one is no news.
        life: u8,
        /// How.
        ending: Ending,
    },
    /// Something to know.
    Notice(Notice),
    /// From the director.
    Order {
        /// About this guest.
        guest: u8,
        /// What.
        order: Order,
        /// The order's number, with which it is answered.
        number: u32,
    },
    /// To the director: something has changed.
    Attend,
}

/// `SyscallCore`: no core.
const NO_CORE: u8 = 0xff;

impl Message {
    /// True if it cannot be refused: the number of those that are under way is bounded instead.
    pub fn must_fit(&self) -> bool {
        !matches!(self, Self::Notice(_))
    }

    /// The words in the ring: code and three bytes, two words of arguments, 0.
    pub fn encode(self) -> [u32; 4] {
        let head = |bytes| u32::from_le_bytes(bytes);
        match self {
            Self::Arrive { vcpu } => [head([1, vcpu.0, 0, 0]), 0, 0, 0],
            Self::Request(Request::Move { vcpu, to }) => [head([2, vcpu.0, to.0, 0]), 0, 0, 0],
            Self::Request(Request::Start { vcpu, entry, arg }) => [head([3, vcpu.0, 0, 0]), entry, arg, 0],
            Self::Request(Request::Irq { vcpu, code, level, on }) => {
                [head([4, vcpu.0, level, on.into()]), code.intevt(), 0, 0]
            }
            Self::Request(Request::SyscallCore { vcpu, core }) => {
                [head([5, vcpu.0, core.map_or(NO_CORE, |core| core.0), 0]), 0, 0, 0]
            }
            Self::End { guest, life, ending: Ending::Exited(status) } => [head([6, guest, life, 0]), status, 0, 0],
            Self::End { guest, life, ending: Ending::Parked(why) } => [head([7, guest, life, 0]), why, 0, 0],
            Self::Notice(Notice::Bounds { guest, low, high }) => [head([8, guest, low, high]), 0, 0, 0],
            Self::Order { guest, order: Order::Pause, number } => [head([9, guest, 0, 0]), number, 0, 0],
            Self::Order { guest, order: Order::Resume, number } => [head([9, guest, 1, 0]), number, 0, 0],
            Self::Order { guest, order: Order::Renew, number } => [head([9, guest, 2, 0]), number, 0, 0],
            Self::Attend => [head([10, 0, 0, 0]), 0, 0, 0],
        }
    }

    /// The message that the words stand for. `None` for an unknown code, a number that cannot be, or a word or byte that is not
    /// 0 where nothing belongs.
    pub fn decode(words: [u32; 4]) -> Option<Self> {
        let [head, first, second, _] = words;
        let [code, a, b, c] = head.to_le_bytes();
        let vcpu = || (usize::from(a) < MAX_VCPUS).then_some(VcpuId(a));
        let guest = || (usize::from(a) < MAX_GUESTS).then_some(a);
        let core = || (usize::from(b) < MAX_CORES).then_some(CoreId(b));
        let message = match code {
            1 => Self::Arrive { vcpu: vcpu()? },
            2 => Self::Request(Request::Move { vcpu: vcpu()?, to: core()? }),
            3 => Self::Request(Request::Start { vcpu: vcpu()?, entry: first, arg: second }),
            4 => Self::Request(Request::Irq { vcpu: vcpu()?, code: Code::new(first)?, level: b, on: c != 0 }),
            5 if b == NO_CORE => Self::Request(Request::SyscallCore { vcpu: vcpu()?, core: None }),
            5 => Self::Request(Request::SyscallCore { vcpu: vcpu()?, core: Some(core()?) }),
            6 => Self::End { guest: guest()?, life: b, ending: Ending::Exited(first) },
            7 => Self::End { guest: guest()?, life: b, ending: Ending::Parked(first) },
            8 => Self::Notice(Notice::Bounds { guest: guest()?, low: b, high: c }),
            9 => {
                let order = [Order::Pause, Order::Resume, Order::Renew].get(usize::from(b)).copied()?;
                Self::Order { guest: guest()?, order, number: first }
            }
            10 => Self::Attend,
            _ => return None,
        };
        (message.encode() == words).then_some(message)
    }
}
