//! The run loop: which core runs until when, how time passes while all sleep, and why a run ends.

use std::collections::VecDeque;
use std::time::{Duration, Instant as HostInstant};

use super::board::Board;
use super::config::{Config, MachineKind};
use super::turns::{Ready, Turns};
use super::usage::ClockGate;
use crate::bus::{Bus, BusError, CoreId};
use crate::cpu::{Cpu, Crash, Exit, Model};
use crate::device::{Instant, Request};
use crate::serial::{HostControl, SerialBackend};

/// Host input is looked for at least this often, in cycles.
const HOST_SLICE: u64 = 500_000;
/// How long the host sleeps while a guest waits for nothing but the host.
const HOST_WAIT: Duration = Duration::from_millis(5);
/// Bytes of each console that are remembered for reports.
const TAIL: usize = 4096;
const IMASK_SHIFT: u32 = 4;

/// Why [`Machine::run`] came back. It may be called again after each of them.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// All cores sleep and nothing could ever wake one.
    Halted,
    /// The board switched itself off.
    PowerOff,
    /// Time reached the limit.
    Limit,
    /// An exception that a core could not enter (a double fault).
    Crash(Box<Crash>),
    /// In front of an instruction with a breakpoint.
    Breakpoint {
        /// The core.
        core: CoreId,
        /// The address.
        pc: u32,
    },
    /// In front of an instruction that would access a watched range.
    Watchpoint {
        /// The core.
        core: CoreId,
        /// The address of the access.
        addr: u32,
        /// True for a store.
        store: bool,
    },
    /// Nothing answered an access, and [`Config::stop_on_unmapped`] is set.
    Unmapped {
        /// The core.
        core: CoreId,
        /// PC after the instruction.
        pc: u32,
        /// The access.
        error: BusError,
    },
    /// The user ended the run (Ctrl-A x), or a debugger interrupted it.
    Host,
}

struct Port {
    backend: Box<dyn SerialBackend>,
    /// A character that the line did not take yet.
    held: Option<u8>,
    tail: VecDeque<u8>,
}

/// A machine.
pub struct Machine {
    config: Config,
    cpus: Vec<Cpu>,
    gates: Vec<ClockGate>,
    turns: Turns,
    /// How often a core was given the host.
    entries: u64,
    board: Board,
    ports: Vec<Port>,
    control: HostControl,
    /// With `Some`, idle time passes no faster than on the wall: host time and machine time of the start.
    real_time: Option<(HostInstant, Instant)>,
}

impl Machine {
    /// A machine after power-on; every serial port is connected to nothing.
    pub fn new(mut config: Config) -> Self {
        config.cores = match config.kind {
            MachineKind::Rp1 => config.cores.clamp(1, 4),
            MachineKind::R2d => 1,
        };
        let mut board = match config.kind {
            MachineKind::Rp1 => super::rp1::build(&config),
            MachineKind::R2d => super::r2d::build(&config),
        };
        let model = match (config.kind, config.sh4a) {
            (MachineKind::Rp1, _) => Model::SHX3,
            (MachineKind::R2d, true) => Model::SH7785,
            (MachineKind::R2d, false) => Model::SH7751R,
        };
        if let Some(ring) = config.trace_ring {
            board.watch_ring(ring);
        }
        let port = || Port { backend: Box::new(crate::serial::Null), held: None, tail: VecDeque::new() };
        Self {
            cpus: (0..config.cores).map(|core| Cpu::new(core, model)).collect(),
            gates: (0..config.cores).map(ClockGate::at_reset).collect(),
            turns: Turns::new(config.quantum, config.interleave_seed),
            entries: 0,
            ports: (0..board.ports()).map(|_| port()).collect(),
            board,
            control: HostControl::default(),
            real_time: None,
            config,
        }
    }

    /// What it was made from.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Number of cores.
    pub fn cores(&self) -> usize {
        self.cpus.len()
    }

    /// A core; `core` counts modulo the number of cores.
    pub fn cpu(&self, core: CoreId) -> &Cpu {
        &self.cpus[core % self.cpus.len()]
    }

    /// A core, to set registers and breakpoints.
    pub fn cpu_mut(&mut self, core: CoreId) -> &mut Cpu {
        let cores = self.cpus.len();
        &mut self.cpus[core % cores]
    }

    pub(super) fn gate(&self, core: CoreId) -> ClockGate {
        self.gates[core % self.gates.len()]
    }

    pub(super) fn cpu_and_gate(&mut self, core: CoreId) -> (&mut Cpu, &mut ClockGate) {
        let cores = self.cpus.len();
        (&mut self.cpus[core % cores], &mut self.gates[core % cores])
    }

    /// Everything outside the cores.
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// Everything outside the cores.
    pub fn board_mut(&mut self) -> &mut Board {
        &mut self.board
    }

    /// A core together with the bus it sees.
    pub fn cpu_and_board(&mut self, core: CoreId) -> (&mut Cpu, &mut Board) {
        let cores = self.cpus.len();
        (&mut self.cpus[core % cores], &mut self.board)
    }

    /// Connects serial port `port`. False if the machine has no such port.
    pub fn connect(&mut self, port: usize, backend: Box<dyn SerialBackend>) -> bool {
        match self.ports.get_mut(port) {
            Some(place) => {
                place.backend = backend;
                true
            }
            None => false,
        }
    }

    /// Lets the host end runs from outside.
    pub fn control(&self) -> HostControl {
        self.control.clone()
    }

    /// While all cores sleep, lets time pass no faster than on the wall: for people at a console.
    pub fn follow_real_time(&mut self) {
        self.real_time = Some((HostInstant::now(), self.board.time()));
    }

    /// The last bytes that port `port` transmitted.
    pub fn console_tail(&self, port: usize) -> Vec<u8> {
        self.ports.get(port).map(|port| port.tail.iter().copied().collect()).unwrap_or_default()
    }

    /// Time: cycles since power-on, of the core that is furthest ahead.
    pub fn time(&self) -> Instant {
        // The board learns the time only when a core comes to it.
        self.cpus.iter().map(Cpu::clock).fold(self.board.time(), Instant::max)
    }

    /// Instructions that all cores have retired.
    pub fn retired(&self) -> u64 {
        self.cpus.iter().map(Cpu::retired).sum()
    }

    /// How often the run loop has entered a core so far: what a run costs the host beside the instructions themselves.
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// Lets every core report when it passes an address that a probe names; to be called after probes were added.
    pub fn arm_probes(&mut self) {
        let addresses: Vec<u32> = self.board.observer().probe_addresses().collect();
        for cpu in &mut self.cpus {
            addresses.iter().for_each(|&pc| cpu.add_probe(pc));
        }
    }

    /// From now on one core may run `cycles` cycles ahead of the slowest that runs ([`Config::quantum`]): few where times on several
    /// cores are to be compared, at the host's cost.
    pub fn set_quantum(&mut self, cycles: u64) {
        self.config.quantum = cycles;
        self.turns.set_quantum(cycles);
    }

    /// Runs until the core whose turn it is has reached `limit`, or something else ends the run. How a run is cut into pieces by limits
    /// changes nothing in it.
    pub fn run(&mut self, limit: Instant) -> Stop {
        loop {
            if let Some(stop) = self.attend() {
                return stop;
            }
            let Some((core, end)) = self.next_core() else {
                match self.pass_time(limit) {
                    Some(stop) => return stop,
                    None => continue,
                }
            };
            let now = self.cpus[core].clock();
            if now >= limit {
                return Stop::Limit;
            }
            if self.board.deadline().is_some_and(|at| at <= now) {
                self.board.advance(now);
                continue;
            }
            if let Some(stop) = self.run_core(core, end.min(limit)) {
                return stop;
            }
        }
    }

    /// Serves everything that wants to be looked at between two instructions.
    fn attend(&mut self) -> Option<Stop> {
        self.exchange_serial();
        let stop = self.serve_requests();
        if self.board.take_pages_changed() {
            self.cpus.iter_mut().for_each(Cpu::flush_pages);
        }
        self.board.clear_attention();
        stop.or_else(|| self.control.take_stop().then_some(Stop::Host))
    }

    /// Lets `core` execute one instruction (with its delay slot); the others move only while it sleeps. `None` when nothing else ended
    /// the step.
    pub fn step(&mut self, core: CoreId) -> Option<Stop> {
        let core = core % self.cpus.len();
        let retired = self.cpus[core].retired();
        while self.cpus[core].retired() == retired {
            if let Some(stop) = self.attend() {
                return Some(stop);
            }
            if self.cpus[core].asleep() && !self.wakes(core) {
                let next = self.board.deadline().unwrap_or(0).max(self.time() + 1);
                match self.run(next) {
                    Stop::Limit => continue,
                    stop => return Some(stop),
                }
            }
            let time = self.board.time();
            if self.cpus[core].asleep() {
                self.cpus[core].skip_to(time);
            }
            let now = self.cpus[core].clock();
            if self.board.deadline().is_some_and(|at| at <= now) {
                self.board.advance(now);
            } else if let Some(stop) = self.run_core(core, now + 1) {
                return Some(stop);
            }
        }
        None
    }

    /// The core whose turn it is, and until when; a sleeping one that will wake gets its time first.
    fn next_core(&mut self) -> Option<(CoreId, Instant)> {
        let time = self.board.time();
        let mut ready = Ready::default();
        for (core, place) in ready.iter_mut().enumerate().take(self.cpus.len()) {
            if self.gates[core].stopped || self.cpus[core].asleep() && !self.wakes(core) {
                continue;
            }
            if self.cpus[core].asleep() {
                self.cpus[core].skip_to(time);
            }
            *place = Some(self.cpus[core].clock());
        }
        self.turns.next(&ready)
    }

    fn wakes(&self, core: CoreId) -> bool {
        self.board.interrupt(core).is_some_and(|interrupt| interrupt.level > imask(&self.cpus[core]))
    }

    fn run_core(&mut self, core: CoreId, end: Instant) -> Option<Stop> {
        let now = self.cpus[core].clock();
        let until = end.min(now + HOST_SLICE).min(self.board.deadline().unwrap_or(Instant::MAX)).max(now + 1);
        self.entries += 1;
        match self.cpus[core].run(&mut self.board, until) {
            Exit::Limit | Exit::Attention | Exit::Sleep | Exit::Exception { .. } => None,
            Exit::BusError(error) if self.config.stop_on_unmapped => {
                Some(Stop::Unmapped { core, pc: self.cpus[core].pc(), error })
            }
            Exit::BusError(_) => None,
            Exit::Crash(crash) => Some(Stop::Crash(crash)),
            Exit::Breakpoint { pc } => Some(Stop::Breakpoint { core, pc }),
            Exit::Watchpoint { addr, store, .. } => Some(Stop::Watchpoint { core, addr, store }),
        }
    }

    /// All cores sleep: goes to the next event, or waits for the host, or ends the run.
    fn pass_time(&mut self, limit: Instant) -> Option<Stop> {
        let now = self.board.time();
        if now >= limit {
            return Some(Stop::Limit);
        }
        match self.board.deadline() {
            Some(at) => {
                let target = at.min(limit);
                let target = self.wait_for_wall(target).unwrap_or(target);
                self.board.advance(target);
                None
            }
            None if self.host_may_wake() => {
                std::thread::sleep(HOST_WAIT);
                None
            }
            None => Some(Stop::Halted),
        }
    }

    /// In real time: gives the time that the wall has reached when that is before `target`, after a short wait. Time that the host was late
    /// with before is not made up for.
    fn wait_for_wall(&mut self, target: Instant) -> Option<Instant> {
        let (started, origin) = self.real_time?;
        let now = self.board.time();
        let hz = u128::from(self.config.cycles_per_second());
        let reached = |since: HostInstant, origin: Instant| {
            let cycles = since.elapsed().as_nanos() * hz / 1_000_000_000;
            origin.saturating_add(u64::try_from(cycles).unwrap_or(u64::MAX))
        };
        let (started, origin) =
            if reached(started, origin) > now { (HostInstant::now(), now) } else { (started, origin) };
        self.real_time = Some((started, origin));
        let missing = u128::from(target.saturating_sub(reached(started, origin)));
        let wait = Duration::from_nanos(u64::try_from(missing * 1_000_000_000 / hz).unwrap_or(u64::MAX));
        std::thread::sleep(wait.min(HOST_WAIT));
        Some(reached(started, origin).clamp(now, target))
    }

    /// True while a person or program at a serial line could still wake a core.
    fn host_may_wake(&mut self) -> bool {
        (0..self.ports.len()).any(|port| {
            self.ports[port].backend.is_live()
                && (0..self.cpus.len()).any(|core| self.board.input_could_wake(port, core, imask(&self.cpus[core])))
        })
    }

    fn exchange_serial(&mut self) {
        let now = self.board.time();
        for (number, port) in self.ports.iter_mut().enumerate() {
            let sent = self.board.take_transmitted(number);
            if !sent.is_empty() {
                port.backend.write(&sent);
                port.tail.extend(&sent);
                let excess = port.tail.len().saturating_sub(TAIL);
                port.tail.drain(..excess);
            }
            if port.held.is_none() {
                port.held = port.backend.read();
            }
            if let Some(byte) = port.held
                && self.board.offer(now, number, byte)
            {
                port.held = None;
            }
        }
    }

    fn serve_requests(&mut self) -> Option<Stop> {
        let mut stop = None;
        for request in self.board.take_requests() {
            match request {
                Request::PowerOff => stop = Some(Stop::PowerOff),
                Request::Reset => self.cpus.iter_mut().for_each(|cpu| cpu.reset(0)),
                Request::StartCore { core, entry } if core < self.cpus.len() => {
                    self.start_clock(core, self.board.time());
                    self.cpus[core].reset(0);
                    self.cpus[core].set_pc(entry);
                }
                Request::ResumeCore { core } if core < self.cpus.len() => self.start_clock(core, self.board.time()),
                Request::StopCore { core } if core < self.cpus.len() => self.stop_clock(core, self.board.time()),
                Request::StartCore { .. } | Request::ResumeCore { .. } | Request::StopCore { .. } => {}
                Request::Program { .. } => {}
            }
        }
        stop
    }
}

fn imask(cpu: &Cpu) -> u8 {
    (cpu.sr() >> IMASK_SHIFT & 15) as u8
}
