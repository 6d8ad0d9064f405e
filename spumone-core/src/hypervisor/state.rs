//! What one core knows, and how it begins.

use super::units::Units;
use super::watch::Time;
use crate::cluster::{CoreId, Set};
use crate::console::SharedConsole;
use crate::error::Refusal;
use crate::format::Board;
use crate::governor::{Governor, Load};
use crate::guest::{Guest, Vcpu};
use crate::irq::Ownership;
use crate::sched::Scheduler;
use crate::system::{MAX_GUESTS, System};
use crate::vcpu::{MAX_VCPUS, State, VcpuId};
use heapless::Vec;

/// The core that has the log's port, and counts the guests that have ended.
pub(super) const FIRST_CORE: CoreId = CoreId(0);

/// Everything but the protocol between the cores.
pub(super) struct CoreState {
    pub(super) me: CoreId,
    pub(super) cores: Set,
    pub(super) board: Board,
    pub(super) log_port: u8,
    pub(super) guests: Vec<Guest, MAX_GUESTS>,
    pub(super) vcpus: Vec<Vcpu, MAX_VCPUS>,
    pub(super) sched: Scheduler,
    pub(super) owners: Ownership,
    pub(super) console: SharedConsole,
    pub(super) units: Units,
    /// vCPUs that are here, ended ones too.
    pub(super) residents: Set,
    /// vCPUs that get messages, wherever they are.
    pub(super) hearing: Set,
    /// vCPUs here that are stopped or have ended.
    pub(super) silent: Set,
    /// Counts the changes that void the tables of vCPUs that are not here.
    pub(super) epoch: u32,
    /// Sources that were complained about; a bit for each of the 128 codes.
    pub(super) complained: u128,
    /// No guest is left that the system waits for.
    pub(super) finished: bool,
    /// What `Hypervisor::may_go_on` was when the paths of `idle` were decided last; nothing if they must be decided anew.
    pub(super) told_go_on: Option<bool>,
    /// vCPUs that go to their home core as soon as their registers are saved.
    pub(super) bound: Set,
    /// The current vCPU is inside a hypercall, and no frame of it was saved.
    pub(super) in_call: bool,
    /// Somebody became ready who should have the core rather than the current vCPU.
    pub(super) make_room: bool,
    /// vCPUs that came here from other cores.
    pub(super) arrivals: u32,
    /// What this core lets others know.
    pub(super) load: Load,
    /// Ticks for which a vCPU has been kept waiting by a more urgent guest.
    pub(super) kept_ticks: u8,
    /// The time, for guests that watch others.
    pub(super) time: Time,
    /// Used on the core that gets the timer's interrupt.
    pub(super) governor: Governor,
}

/// A system that this instance cannot run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// The table is for another board.
    Board,
    /// The guests up to this one have more vCPUs than a system may have.
    Vcpus(u8),
    /// The system uses more cores than there are.
    Cores(u8),
    /// This guest has several vCPUs, and the board has no interrupts for what they send each other.
    Messages(u8),
}

impl core::fmt::Display for Rejected {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Board => f.write_str("the system table is for another board"),
            Self::Vcpus(guest) => {
                write!(f, "with guest {guest} the system has more than {MAX_VCPUS} vCPUs; give its guests fewer")
            }
            Self::Messages(guest) => {
                write!(f, "guest {guest} has several vCPUs; this board has no inter-core interrupts, give it one")
            }
            Self::Cores(cores) => write!(f, "the system table is for {cores} cores, which this board does not have"),
        }
    }
}

/// From this level on interrupts are those of real-time guests, and SPUMONE's own.
const REAL_TIME: u8 = 8;

impl CoreState {
    pub(super) const fn empty() -> Self {
        Self {
            me: FIRST_CORE,
            cores: Set::EMPTY,
            board: Board::Rp1,
            log_port: 0,
            guests: Vec::new(),
            vcpus: Vec::new(),
            sched: Scheduler::new(),
            owners: Ownership::empty(),
            console: SharedConsole::new(),
            units: Units::new(),
            residents: Set::EMPTY,
            hearing: Set::EMPTY,
            silent: Set::EMPTY,
            epoch: 1,
            complained: 0,
            finished: false,
            told_go_on: None,
            bound: Set::EMPTY,
            in_call: false,
            make_room: false,
            arrivals: 0,
            load: Load { demand: 0, samples: 0, urgent: 0 },
            kept_ticks: 0,
            time: Time::START,
            governor: Governor::new(),
        }
    }

    /// Takes over the system table; the result is the set of vCPUs that are here at the start.
    pub(super) fn configure(&mut self, system: &System<'_>) -> Result<Set, Rejected> {
        let mut here = Set::EMPTY;
        self.log_port = system.log();
        for config in system.guests() {
            let first = VcpuId(self.vcpus.len() as u8);
            for (number, core) in (0..config.vcpus).zip(config.placement.iter().flatten().copied()) {
                let vcpu = VcpuId(self.vcpus.len() as u8);
                let pushed = self.vcpus.push(Vcpu::new(config.id, number, CoreId(core)));
                pushed.map_err(|_| Rejected::Vcpus(config.id))?;
                let is_here = CoreId(core) == self.me;
                self.units.add(vcpu, config.flags);
                if config.vcpus > 1 {
                    self.hearing.add(vcpu.0);
                }
                self.sched.add(vcpu, config.priority, if is_here { State::Stopped } else { State::Away });
                if is_here {
                    here.add(vcpu.0);
                }
                if is_here && number == 0 {
                    self.sched.start(vcpu);
                } else if is_here {
                    self.silent.add(vcpu.0);
                }
            }
            // MAX_GUESTS is also the limit of the system table.
            let _ = self.guests.push(Guest::new(config, first));
        }
        // After all are known: each that is added may lower what is common.
        for several in self.guests.iter().filter(|guest| guest.config.vcpus > 1) {
            // Its vCPUs move; guests that are less urgent, if there are any, wait for that as well.
            self.sched.set_common(several.config.priority);
        }
        for watcher in &self.guests {
            // Whoever is watched may have to stand, also if it never idles: what that takes goes before it. A real-time guest is left
            // alone until it idles.
            let watched = watcher.config.watches.and_then(|number| self.guests.get(usize::from(number)));
            if let Some(watched) = watched.filter(|watched| watched.config.level_high < REAL_TIME) {
                self.sched.set_common(watched.config.priority);
            }
        }
        self.residents = here;
        if let Some(bounds) = self.guests.iter().find_map(|guest| guest.config.governor) {
            self.governor.set_bounds(bounds);
        }
        let Self { guests, owners, .. } = self;
        owners.fill(system.irqs(), |guest| guests.get(usize::from(guest)).map(|guest| guest.first));
        Ok(here)
    }

    pub(super) fn vcpu(&self, vcpu: VcpuId) -> Option<&Vcpu> {
        self.vcpus.get(vcpu.index())
    }

    pub(super) fn vcpu_mut(&mut self, vcpu: VcpuId) -> Option<&mut Vcpu> {
        self.vcpus.get_mut(vcpu.index())
    }

    pub(super) fn guest(&self, guest: u8) -> Result<&Guest, Refusal> {
        self.guests.get(usize::from(guest)).ok_or(Refusal::State)
    }

    pub(super) fn guest_of(&self, vcpu: VcpuId) -> Option<&Guest> {
        self.vcpu(vcpu).and_then(|vcpu| self.guests.get(usize::from(vcpu.guest)))
    }

    /// True the first time for each source.
    pub(super) fn complain(&mut self, index: usize) -> bool {
        let bit = 1u128.checked_shl(index as u32).unwrap_or(0);
        let first = self.complained & bit == 0;
        self.complained |= bit;
        first
    }
}
