//! The state, how it begins, and the entries from the interrupt path.

use super::report::FaultReport;
use crate::arch::{Arch, Entry};
use crate::console::SharedConsole;
use crate::error::GuestFault;
use crate::format::{Board, Name};
use crate::guest::{Guest, Life};
use crate::irq::{Action, Code, Conditions, Ownership};
use crate::sched::{Next, Scheduler};
use crate::system::{GuestFlags, MAX_GUESTS, System};
use crate::trace::Event;
use crate::vcpu::{State, VcpuId};
use heapless::Vec;

/// All state of one instance.
pub struct Hypervisor {
    pub(super) board: Board,
    pub(super) log_port: u8,
    pub(super) guests: Vec<Guest, MAX_GUESTS>,
    pub(super) sched: Scheduler,
    pub(super) owners: Ownership,
    pub(super) console: SharedConsole,
    pub(super) fpu_owner: Option<VcpuId>,
    /// More than one guest uses the FPU.
    pub(super) fpu_shared: bool,
    /// Sources that were complained about; a bit for each of the 128 codes.
    pub(super) complained: u128,
    /// No guest is left that the system waits for.
    pub(super) finished: bool,
    /// What [`Hypervisor::may_go_on`] was when the paths of `idle` were decided last.
    pub(super) told_go_on: bool,
}

/// How a way into the hypervisor ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Go back to the caller with this result.
    Return(i32),
    /// Leave the caller; this comes next.
    Leave(Next),
    /// The system has finished.
    Finished,
}

/// A system that this instance cannot run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// The table is for another board.
    Board,
    /// This guest has more than one vCPU.
    Vcpus(u8),
    /// No guest has a vCPU on this core.
    NoGuest,
}

impl core::fmt::Display for Rejected {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Board => f.write_str("the system table is for another board"),
            Self::Vcpus(guest) => write!(f, "guest {guest} has more than one vCPU; this version runs one a guest"),
            Self::NoGuest => f.write_str("no guest has a vCPU on this core"),
        }
    }
}

impl Hypervisor {
    /// An instance without guests, for a static.
    pub const fn empty() -> Self {
        Self {
            board: Board::Rp1,
            log_port: 0,
            guests: Vec::new(),
            sched: Scheduler::new(),
            owners: Ownership::empty(),
            console: SharedConsole::new(),
            fpu_owner: None,
            fpu_shared: false,
            complained: 0,
            finished: false,
            told_go_on: false,
        }
    }

    /// Makes an [`Hypervisor::empty`] instance the one of `core` for `system`, with every guest of that core ready.
    ///
    /// # Errors
    /// Why this instance cannot run the system.
    pub fn configure(&mut self, system: &System<'_>, board: Board, core: u8) -> Result<(), Rejected> {
        if system.board() != board {
            return Err(Rejected::Board);
        }
        self.board = board;
        self.log_port = system.log();
        for config in system.guests() {
            if config.vcpus != 1 {
                return Err(Rejected::Vcpus(config.id));
            }
            // A guest of another core keeps its place, so that guest numbers index the list; its vCPU stays stopped.
            let vcpu = VcpuId(config.id);
            self.sched.add(vcpu, config.priority);
            if config.placement.first() == Some(&Some(core)) {
                self.sched.start(vcpu);
            }
            // MAX_GUESTS is also the limit of the system table.
            let _ = self.guests.push(Guest::new(config, vcpu));
        }
        let uses_fpu = |guest: &&Guest| guest.config.flags.contains(GuestFlags::FPU);
        self.fpu_shared = self.guests.iter().filter(uses_fpu).count() > 1;
        let Self { guests, sched, owners, .. } = self;
        if !guests.iter().any(|guest| sched.state(guest.vcpu) == State::Ready) {
            return Err(Rejected::NoGuest);
        }
        owners.fill(system.irqs(), |guest| Some(VcpuId(guest)).filter(|&vcpu| sched.state(vcpu) == State::Ready));
        Ok(())
    }

    /// Serial ports that this instance uses: the log's and those of its guests.
    pub fn ports(&self) -> impl Iterator<Item = u8> + '_ {
        let consoles = self.guests.iter().filter_map(|guest| guest.config.console);
        consoles.filter(|&port| port != self.log_port).chain([self.log_port])
    }

    /// Prepares every guest of this core and says who runs first.
    pub fn start(&mut self, arch: &mut impl Arch) -> Outcome {
        for guest in self.guests.iter().filter(|guest| self.sched.state(guest.vcpu) == State::Ready) {
            let config = &guest.config;
            let entry = Entry { pc: config.entry, stack: config.stack_top, r5: config.id.into() };
            arch.prepare(guest.vcpu, entry);
            arch.trace(Event::Start(config.id.into()));
            self.console.log(format_args!("guest {} starts at {:#010x}", config.name, config.entry));
        }
        self.update_actions(arch);
        self.leave(arch)
    }

    /// The current guest had an exception, and no vectors of its own.
    pub fn exception(&mut self, arch: &mut impl Arch, current: Option<VcpuId>, report: &FaultReport) -> Outcome {
        self.sched.observe(current, |vcpu| arch.departures(vcpu));
        let Some(current) = current else { return self.leave(arch) };
        self.park(arch, current, GuestFault::Exception(report.expevt), Some(report));
        self.leave(arch)
    }

    /// An interrupt about which no action was decided ahead. The interrupted vCPU's frame is saved.
    pub fn interrupt(
        &mut self,
        arch: &mut impl Arch,
        current: Option<VcpuId>,
        intevt: u32,
        report: &FaultReport,
    ) -> Outcome {
        self.sched.observe(current, |vcpu| arch.departures(vcpu));
        let source = Code::new(intevt).and_then(|code| Some((code, self.owners.source(code)?)));
        let alive = source.filter(|(_, source)| self.guest_of(source.vcpu).is_some_and(|g| g.life == Life::Alive));
        let Some((code, source)) = alive else {
            self.spurious(arch, intevt);
            return self.leave(arch);
        };
        let owner = source.vcpu;
        if Some(owner) == current {
            self.park(arch, owner, GuestFault::Interrupt(intevt), Some(report));
        } else if self.sched.wake(owner) {
            // It was waiting: the scheduler decides.
        } else if self.complain(code.index()) {
            // The owner is less urgent and the level technique did not hold it back.
            arch.trace(Event::LevelCorrected(intevt));
            let name = self.guest_of(owner).map(|guest| guest.config.name);
            let (name, level) = (name.as_ref().map_or("?", Name::as_str), source.level);
            self.console.log(format_args!(
                "interrupt {intevt:#x} of guest {name} came above its levels; set back to level {level}"
            ));
            arch.irq_unmask(code, level);
        } else {
            arch.irq_unmask(code, source.level);
        }
        self.leave(arch)
    }

    /// Somebody else runs from here on (or the same vCPU again).
    pub(super) fn leave(&mut self, arch: &mut impl Arch) -> Outcome {
        if !self.console.is_empty() {
            self.drain(arch);
        }
        if self.finished {
            return Outcome::Finished;
        }
        let next = self.sched.choose();
        match next {
            Next::Run(vcpu, _) => {
                if self.fpu_shared {
                    self.give_fpu(arch, vcpu);
                }
                arch.trace(Event::Switch(vcpu.0.into()));
            }
            Next::Idle => arch.trace(Event::Switch(crate::trace::IDLE)),
        }
        self.decide_idle(arch);
        Outcome::Leave(next)
    }

    /// May `idle` give the core away without asking? Not while the log has to be sent or the FPU's contents have to change.
    pub(super) fn may_go_on(&self) -> bool {
        self.console.is_empty() && !self.fpu_shared
    }

    /// Decides anew what `idle` does for each vCPU. What the assembly does later keeps it true: a preemption puts the vCPU that
    /// gets the core in front of the one that loses it, which was the most urgent ready one, and `idle` undoes that.
    pub(super) fn decide_idle(&mut self, arch: &mut impl Arch) {
        let go_on = self.may_go_on();
        self.told_go_on = go_on;
        for vcpu in self.guests.iter().map(|guest| guest.vcpu) {
            arch.set_idle_path(vcpu, self.sched.successor(vcpu), go_on && self.sched.goes_on_from_frame(vcpu));
        }
    }

    fn give_fpu(&mut self, arch: &mut impl Arch, vcpu: VcpuId) {
        let uses = |vcpu| self.guest_of(vcpu).is_some_and(|guest| guest.config.flags.contains(GuestFlags::FPU));
        if uses(vcpu) && self.fpu_owner != Some(vcpu) {
            // Without an owner (it ended, or there was none yet) nothing is saved, but this one's own is still loaded.
            arch.switch_fpu(self.fpu_owner, vcpu);
            self.fpu_owner = Some(vcpu);
        }
    }

    fn spurious(&mut self, arch: &mut impl Arch, intevt: u32) {
        arch.trace(Event::Spurious(intevt));
        let code = Code::new(intevt);
        let masked = code.is_some_and(|code| arch.irq_mask(code));
        if code.is_none_or(|code| self.complain(code.index())) {
            let done = if masked { "masked" } else { "the board's table does not know it, it cannot be masked" };
            self.console.log(format_args!("interrupt {intevt:#x} belongs to no guest that runs; {done}"));
        }
    }

    /// True the first time for each source.
    fn complain(&mut self, index: usize) -> bool {
        let bit = 1u128.checked_shl(index as u32).unwrap_or(0);
        let first = self.complained & bit == 0;
        self.complained |= bit;
        first
    }

    /// Decides anew what each interrupt does, for each vCPU that may be current and for the sleeping core.
    pub(super) fn update_actions(&self, arch: &mut impl Arch) {
        let fpu_shared = self.fpu_shared;
        let currents = self.guests.iter().map(|guest| Some(guest.vcpu)).chain([None]);
        for current in currents {
            let has_vectors = current.and_then(|vcpu| self.guest_of(vcpu)).is_some_and(|guest| guest.has_vectors);
            for code in Code::all() {
                let conditions = Conditions { has_vectors, fpu_shared };
                arch.set_action(current, code, Action::choose(current, code, &self.owners, &self.sched, conditions));
            }
        }
    }

    pub(super) fn guest_of(&self, vcpu: VcpuId) -> Option<&Guest> {
        self.guests.get(vcpu.index())
    }

    pub(super) fn drain(&mut self, arch: &mut impl Arch) -> bool {
        let port = self.log_port;
        self.console.drain(|bytes| arch.serial_write(port, bytes))
    }
}
