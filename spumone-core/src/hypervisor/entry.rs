//! How an instance begins, and the entries from the interrupt path.

use super::local::Here;
use super::report::FaultReport;
use super::state::{CoreState, FIRST_CORE, Rejected};
use super::work::Work;
use crate::arch::{Arch, Entry, OwnCodes};
use crate::cluster::{CoreId, Node, Op, Reply, Set, Sound};
use crate::error::GuestFault;
use crate::format::{Board, Name};
use crate::guest::Life;
use crate::irq::{Code, Codes};
use crate::sched::Next;
use crate::system::System;
use crate::trace::Event;
use crate::vcpu::{Resume, State, VcpuId};

/// All state of one core's instance.
pub struct Hypervisor {
    pub(super) node: Node,
    pub(super) state: CoreState,
    /// What the core does between guests, step by step.
    pub(super) work: Work,
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

impl Hypervisor {
    /// An instance without guests, for a static.
    pub const fn empty() -> Self {
        Self { node: Node::new(FIRST_CORE, Set::EMPTY, FIRST_CORE), state: CoreState::empty(), work: Work::NONE }
    }

    /// Makes an [`Hypervisor::empty`] instance the one of core `me` for `system`, with the first vCPU of every guest ready where it
    /// is placed. `cores` is the number of cores of the board.
    ///
    /// # Errors
    /// Why this instance cannot run the system.
    pub fn configure(&mut self, system: &System<'_>, board: Board, cores: u8, me: CoreId) -> Result<(), Rejected> {
        if system.board() != board {
            return Err(Rejected::Board);
        }
        if system.cores() > cores {
            return Err(Rejected::Cores(system.cores()));
        }
        self.state.board = board;
        self.state.me = me;
        (0..system.cores()).for_each(|core| self.state.cores.add(core));
        let here = self.state.configure(system)?;
        self.node = Node::new(me, self.state.cores, self.clock_core());
        let several = self.state.guests.iter().find(|guest| guest.has_messages());
        if let Some(guest) = several.filter(|_| board == Board::R2d) {
            return Err(Rejected::Messages(guest.config.id));
        }
        here.for_each(|vcpu| self.node.adopt(VcpuId(vcpu)));
        Ok(())
    }

    /// True if SPUMONE's own interrupts are needed: for several cores, several vCPUs of one guest, or alarms.
    pub fn needs_own_interrupts(&self) -> bool {
        self.has_watcher() || self.state.cores.count() > 1 || self.state.guests.iter().any(|guest| guest.has_messages())
    }

    /// The cores that run an instance.
    pub fn cores(&self) -> Set {
        self.state.cores
    }

    /// Serial ports that guests and log use; the first core sets them up.
    pub fn ports(&self) -> impl Iterator<Item = u8> + '_ {
        let state = &self.state;
        let consoles = state.guests.iter().filter_map(|guest| guest.config.console);
        consoles.filter(|&port| port != state.log_port).chain([state.log_port])
    }

    /// Writes what all cores rely on; on the first core, before the others start.
    pub fn prepare_shared(&mut self, arch: &mut impl Arch) {
        use crate::cluster::Shared;
        let mut shared = arch.shared();
        for (vcpu, id) in self.state.vcpus.iter().zip(0u8..) {
            shared.set_location(VcpuId(id), vcpu.home);
            shared.set_stopped(VcpuId(id), vcpu.number != 0);
        }
        for code in Code::all() {
            if let Some(source) = self.state.owners.source(code) {
                arch.irq_level(code, source.level);
            }
        }
    }

    /// Prepares what is on this core and says who runs first.
    pub fn start(&mut self, arch: &mut impl Arch) -> Outcome {
        let state = &mut self.state;
        for vcpu in state.residents.map(VcpuId).filter(|&vcpu| state.sched.state(vcpu) == State::Ready) {
            let Some(guest) = state.guest_of(vcpu).copied() else { continue };
            let config = &guest.config;
            let entry = Entry { pc: config.entry, stack: config.stack_top, r4: None, r5: config.id.into() };
            arch.prepare(vcpu, entry);
            arch.trace(Event::Start(config.id.into()));
            state.console.log(format_args!("guest {} starts at {:#010x}", config.name, config.entry));
        }
        state.decide_all(arch);
        self.leave(arch)
    }

    /// Carries an operation of the protocol between the cores through, after the one in progress.
    pub(super) fn run(&mut self, arch: &mut impl Arch, op: Op) -> Reply {
        self.finish(arch);
        let mut shared = arch.shared();
        let mut here = Here::new(&mut self.state, arch);
        here.at_once = true;
        self.node.run(op, &mut here, &mut shared)
    }

    /// What the interrupt path did since the last entry.
    pub(super) fn observe(&mut self, arch: &impl Arch, current: Option<VcpuId>) {
        self.state.sched.observe(current, self.state.residents, |vcpu| arch.departures(vcpu));
    }

    /// The current guest had an exception, and no vectors of its own.
    pub fn exception(&mut self, arch: &mut impl Arch, current: Option<VcpuId>, report: &FaultReport) -> Outcome {
        self.observe(arch, current);
        if let Some(current) = current {
            self.park(arch, current, GuestFault::Exception(report.expevt), Some(report));
        }
        self.leave(arch)
    }

    /// The current vCPU's user mode did a system call whose kernel part runs on another core. Its frame, before its exception
    /// handler, is saved.
    pub fn syscall(&mut self, arch: &mut impl Arch, current: Option<VcpuId>) -> Outcome {
        self.observe(arch, current);
        let Some(vcpu) = current else { return self.leave(arch) };
        self.state.sched.paused(Resume::Trap);
        if let Some(core) = self.state.vcpu(vcpu).and_then(|vcpu| vcpu.syscall_core) {
            // A core that is not there keeps the call here.
            self.begin(arch, Op::depart(vcpu, core));
        }
        self.leave(arch)
    }

    /// The current vCPU is about to return to user mode, which runs on its home core. It is inside the call.
    pub fn syscall_done(&mut self, arch: &mut impl Arch, current: Option<VcpuId>) -> Outcome {
        self.observe(arch, current);
        let Some(vcpu) = current else { return self.leave(arch) };
        self.state.sched.paused(Resume::Call);
        if let Some(home) = self.state.vcpu(vcpu).map(|vcpu| vcpu.home) {
            self.begin(arch, Op::depart(vcpu, home));
        }
        self.leave(arch)
    }

    /// An interrupt about which no action was decided ahead. The interrupted vCPU's frame is saved; `report`
    /// looks at it.
    pub fn interrupt(
        &mut self,
        arch: &mut impl Arch,
        current: Option<VcpuId>,
        intevt: u32,
        report: impl FnOnce() -> FaultReport,
    ) -> Outcome {
        self.observe(arch, current);
        let code = Code::new(intevt);
        match code.zip(arch.own_codes()) {
            Some((code, own)) if [own.mail, own.bell, own.timer, own.tick].contains(&code) => {
                self.own_interrupt(arch, code, own)
            }
            _ => self.device_interrupt(arch, current, intevt, report),
        }
        self.leave(arch)
    }

    fn own_interrupt(&mut self, arch: &mut impl Arch, code: Code, own: OwnCodes) {
        if code == own.mail {
            self.node.mail_came::<Sound>(&mut arch.shared());
            self.work.log = self.state.me == FIRST_CORE;
        } else if code == own.bell {
            let _ = self.run(arch, Op::bell());
        } else if code == own.timer {
            self.clock_tick(arch);
        } else {
            arch.clear_tick();
            self.tick(arch);
        }
    }

    fn device_interrupt(
        &mut self,
        arch: &mut impl Arch,
        current: Option<VcpuId>,
        intevt: u32,
        report: impl FnOnce() -> FaultReport,
    ) {
        let state = &mut self.state;
        let source = Code::new(intevt).and_then(|code| Some((code, state.owners.source(code)?)));
        let alive = source.filter(|(_, source)| {
            let alive = state.guest_of(source.vcpu).is_some_and(|guest| guest.life == Life::Alive);
            alive && state.sched.state(source.vcpu) != State::Away
        });
        let Some((code, source)) = alive else { return state.spurious(arch, intevt) };
        let owner = source.vcpu;
        if Some(owner) == current {
            return self.park(arch, owner, GuestFault::Interrupt(intevt), Some(&report()));
        }
        if state.sched.wake(owner) || state.hold(arch, owner, code) {
            // It was waiting or shares the core with the current one: the scheduler decides.
            return;
        }
        if state.complain(code.index()) {
            // The owner is less urgent and the level technique did not hold it back.
            arch.trace(Event::LevelCorrected(intevt));
            let name = state.guest_of(owner).map(|guest| guest.config.name);
            let (name, level) = (name.as_ref().map_or("?", Name::as_str), source.level);
            state.console.log(format_args!(
                "interrupt {intevt:#x} of guest {name} came above its levels; set back to level {level}"
            ));
        }
        arch.irq_unmask(code, source.level);
    }
}

impl CoreState {
    /// `code` came while an equal of its owner has the core: it does not come again until the owner has it, which goes first. But
    /// only once for each interrupt that it takes: one that keeps its interrupts off, waiting for what an equal has locked, would
    /// otherwise be put before that one for ever. False if the owner is not ready, or less urgent.
    fn hold(&mut self, arch: &mut impl Arch, owner: VcpuId, code: Code) -> bool {
        if !self.sched.is_ready_beside_current(owner) {
            return false;
        }
        arch.irq_mask(code);
        let taken = Some(arch.forwarded(owner));
        let Some(known) = self.vcpu_mut(owner) else { return true };
        known.held.set(code, true);
        if core::mem::replace(&mut known.offered, taken) != taken {
            self.sched.advance(owner);
        }
        true
    }

    /// `vcpu` gets the core: what was held back until then may come.
    pub(super) fn release(&mut self, arch: &mut impl Arch, vcpu: VcpuId) {
        let held = self.vcpu_mut(vcpu).map(|vcpu| core::mem::replace(&mut vcpu.held, Codes::NONE));
        if let Some(held) = held.filter(|&held| held != Codes::NONE) {
            arch.irq_unmask_all(held);
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

    /// Sends what the log holds, or hands it to the core that does; true when everything is out.
    pub(super) fn drain(&mut self, arch: &mut impl Arch) -> bool {
        let Self { console, log_port, me, .. } = self;
        if console.is_empty() {
            return true;
        }
        if *me == FIRST_CORE {
            return console.drain(|bytes| arch.serial_write(*log_port, bytes));
        }
        let out = console.drain(|bytes| arch.relay_log(bytes));
        crate::cluster::Shared::mail(&mut arch.shared(), FIRST_CORE);
        out
    }

    /// Takes over the lines that `core` left for the log.
    pub(super) fn take_log(&mut self, arch: &mut impl Arch, core: CoreId) {
        let mut bytes = [0; 64];
        loop {
            match arch.relayed_log(core, &mut bytes) {
                0 => return,
                length => self.console.relay(bytes.get(..length).unwrap_or(&[])),
            }
        }
    }
}
