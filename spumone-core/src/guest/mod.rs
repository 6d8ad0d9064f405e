//! A guest at run time: what the system table says about it, and how far it has come. And its vCPUs.

use crate::cluster::{CoreId, Set};
use crate::error::GuestFault;
use crate::irq::Codes;
use crate::system;
use crate::vcpu::{Resume, State, VcpuId};

/// How far a guest has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It runs, or could.
    Alive,
    /// It ended itself with this status.
    Ended(u32),
    /// It was stopped after a fault; why is known on the core where it was.
    Parked(Option<GuestFault>),
}

/// A guest of the system.
#[derive(Clone, Copy)]
pub struct Guest {
    /// Its record in the system table.
    pub config: system::Guest,
    /// Its vCPU 0; the others have the numbers that follow.
    pub first: VcpuId,
    /// How far it has come.
    pub life: Life,
}

impl Guest {
    /// A guest that has not run yet.
    pub fn new(config: system::Guest, first: VcpuId) -> Self {
        Self { config, first, life: Life::Alive }
    }

    /// Its vCPU `number`.
    pub fn vcpu(&self, number: u32) -> Option<VcpuId> {
        let number = u8::try_from(number).ok().filter(|number| *number < self.config.vcpus)?;
        Some(VcpuId(self.first.0 + number))
    }

    /// Its vCPUs.
    pub fn vcpus(&self) -> Set {
        self.vcpus_in((1u32 << self.config.vcpus) - 1).unwrap_or(Set::EMPTY)
    }

    /// Those whose numbers are set in `mask`; `None` if it names others too.
    pub fn vcpus_in(&self, mask: u32) -> Option<Set> {
        let known = mask >> self.config.vcpus == 0;
        known.then(|| Set::from_bits((mask << self.first.0) as u8))
    }

    /// Its vCPUs send each other messages.
    pub fn has_messages(&self) -> bool {
        self.config.vcpus > 1
    }
}

/// What a vCPU that stands goes on with.
#[derive(Clone, Copy)]
pub struct Stood {
    /// What it did.
    pub state: State,
    /// How it goes on.
    pub resume: Resume,
    /// Its sources that were unmasked.
    pub unmasked: Codes,
    /// It was about to leave for its home core.
    pub bound: bool,
}

/// A vCPU of the system. All but `guest` and `number` is known on the core that has it only.
#[derive(Clone, Copy)]
pub struct Vcpu {
    /// Its guest.
    pub guest: u8,
    /// Its number there.
    pub number: u8,
    /// True once it has told its vectors.
    pub has_vectors: bool,
    /// The core on which its user mode runs.
    pub home: CoreId,
    /// The core on which the kernel part of its system calls runs, if that is another one.
    pub syscall_core: Option<CoreId>,
    /// Its sources that are unmasked.
    pub unmasked: Codes,
    /// Those of them that came while it was ready and an equal had the core: masked on this core until it has the core.
    pub held: Codes,
    /// How many interrupts it had taken when one of its sources put it before its equals last.
    pub offered: Option<u32>,
    /// SPUMONE's ticks until its `idle` ends; 0: never.
    pub alarm: u32,
    /// What it was when it was ordered to stand.
    pub stood: Option<Stood>,
    /// The core's epoch when the table of what interrupts do while this vCPU is current was made; 0: never.
    pub table: u32,
}

impl Vcpu {
    /// vCPU `number` of `guest`, which has not run yet.
    pub fn new(guest: u8, number: u8, home: CoreId) -> Self {
        Self {
            guest,
            number,
            has_vectors: false,
            home,
            syscall_core: None,
            unmasked: Codes::NONE,
            held: Codes::NONE,
            offered: None,
            alarm: 0,
            stood: None,
            table: 0,
        }
    }
}
