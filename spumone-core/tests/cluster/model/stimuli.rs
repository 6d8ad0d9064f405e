//! What may happen from outside the protocol, and how often.

use crate::world::VCPUS;

/// How often each thing may still happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Stimuli {
    /// A virtual IPI from this vCPU to every other one of its guest.
    pub(super) sends: [u8; VCPUS],
    /// This vCPU, while it has the core, moves to another core by itself.
    pub(super) departs: [u8; VCPUS],
    /// A running vCPU asks that another one move to some core.
    pub(super) moves: u8,
    /// vCPU 1 stops while it has the core.
    pub(super) stops: u8,
    /// A running vCPU asks that vCPU 1 start.
    pub(super) starts: u8,
    /// A running vCPU masks or unmasks the source of vCPU 0.
    pub(super) switches: u8,
    /// The device of vCPU 0 asks for an interrupt.
    pub(super) devices: u8,
    /// A running vCPU ends guest 0.
    pub(super) ends: u8,
    /// A running vCPU's slice is over.
    pub(super) slices: u8,
    /// A vCPU of guest 1, which is more urgent, wakes and takes the core.
    pub(super) alarms: u8,
    /// A running vCPU's core tells every other core something.
    pub(super) notices: u8,
    /// Guest 0 is ordered to stand, and to go on, by somebody on the last core.
    pub(super) pauses: u8,
    pub(super) resumes: u8,
    /// It shall begin anew, says somebody on the last core; says a running vCPU of its own.
    pub(super) resets: u8,
    pub(super) restarts: u8,
}

impl Stimuli {
    /// Nothing happens.
    pub(super) const NONE: Self = Self {
        sends: [0; VCPUS],
        departs: [0; VCPUS],
        moves: 0,
        stops: 0,
        starts: 0,
        switches: 0,
        devices: 0,
        ends: 0,
        slices: 0,
        alarms: 0,
        notices: 0,
        pauses: 0,
        resumes: 0,
        resets: 0,
        restarts: 0,
    };
}

/// What a running vCPU can do; a number of a core or vCPU where one is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Guest {
    Idle,
    Send,
    Depart { to: u8 },
    Move { vcpu: u8, to: u8 },
    Stop,
    Start,
    Switch { on: bool },
    End,
    Slice,
    Notify { to: u8 },
    Restart,
}

/// What somebody who watches guest 0 asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Ask {
    Pause,
    Resume,
    Reset,
}

/// Something that happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Action {
    /// The operation in progress on this core takes its next step.
    Step(usize),
    /// The core takes its mail interrupt.
    Mail(usize),
    /// The core takes its bell: the current vCPU, or SPUMONE for want of one.
    Bell(usize),
    /// Of several ready vCPUs this one gets the core.
    Dispatch(usize, u8),
    /// The device's interrupt is taken on this core.
    Interrupt(usize),
    /// The device asserts its line.
    Assert,
    /// The more urgent guest's own interrupt comes.
    Alarm(usize),
    /// Somebody on this core asks for this about guest 0.
    Ask(usize, Ask),
    /// The memory of guest 0 is loaded.
    Load(usize),
    /// The current vCPU of this core does this.
    Guest(usize, Guest),
}
