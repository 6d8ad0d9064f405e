//! Virtual CPUs and their states.
//!
//! ```text
//!              start (1)            dispatch (2)
//!   Stopped ------------> Ready -----------------> Running ---- idle (4) ----> Waiting
//!      ^                    ^ ^----- preempt (3) ------|  ^                      |
//!      |                    |                          |  '--- interrupt by      |
//!      '---- stop (6) ------+--------------------------|       assembly (5) -----|
//!                           '------- wake (5) ---------+-------------------------'
//!   any --- end (7) ---> Ended          any --- park (8) ---> Parked
//! ```
//! (1) [`crate::sched::Scheduler::start`], (2) [`crate::sched::Scheduler::next`], (3) and the upper (5) are made by the
//! interrupt path in assembly and learnt by [`crate::sched::Scheduler::observe`], (4) `idle`, or made by the hypercall in assembly and
//! learnt by `observe`, (5) `wake`, (6) `stop`,
//! (7) and (8) `retire`. A vCPU that is ready, waiting or stopped may go to another core: on this one it is `Away` from then on
//! ([`crate::sched::Scheduler::depart`], [`crate::sched::Scheduler::arrive`]).

/// Number of a vCPU in the system, 0..[`MAX_VCPUS`]: those of guest 0 first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VcpuId(pub u8);

/// The greatest number of vCPUs in a system.
pub const MAX_VCPUS: usize = 8;

impl VcpuId {
    /// As an index.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// What a vCPU does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not started, or stopped itself.
    Stopped,
    /// Could run.
    Ready,
    /// Has the core.
    Running,
    /// Gave the core up until an interrupt for it is pending.
    Waiting,
    /// Its guest has ended.
    Ended,
    /// Its guest was stopped after a fault.
    Parked,
    /// On another core, or on its way.
    Away,
}

/// What the assembly counted when it took the core from a vCPU without asking, since boot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Departures {
    /// Times that the interrupt path preempted it and saved its frame.
    pub preempted: u32,
    /// Times that its own `idle` gave the core away.
    pub idled: u32,
    /// No preemption followed the last of its `idle`s. Means something only if there was one.
    pub idled_last: bool,
}

/// How much of a vCPU was saved when it lost the core, and so how it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resume {
    /// Everything (it was interrupted, or never ran): restore all and return from exception.
    Frame,
    /// What a C function keeps (it is inside a call): restore that and return from the call.
    Call,
    /// Everything, at a TRAPA of its user mode: restore all and enter its exception handler.
    Trap,
}
