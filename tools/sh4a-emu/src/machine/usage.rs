//! What each core did with its time.

use std::fmt;

use super::run::Machine;
use crate::bus::CoreId;
use crate::device::Instant;

/// How a core spent the cycles since power-on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CoreTime {
    /// Executing: one cycle an instruction.
    pub active: u64,
    /// In sleep, between `sleep` and the interrupt that ended it.
    pub asleep: u64,
    /// With its clock stopped (STBCR.MSTP), or not started yet.
    pub stopped: u64,
}

impl CoreTime {
    /// All of it.
    pub fn total(&self) -> u64 {
        self.active + self.asleep + self.stopped
    }
}

impl fmt::Display for CoreTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cycles active, {} asleep, {} stopped", self.active, self.asleep, self.stopped)
    }
}

/// Whether a core's clock runs, and for how long it has not.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ClockGate {
    pub(super) stopped: bool,
    /// Cycles in earlier stops.
    before: u64,
}

impl ClockGate {
    /// As after power-on: only core 0 runs.
    pub(super) fn at_reset(core: CoreId) -> Self {
        Self { stopped: core != 0, before: 0 }
    }
}

impl Machine {
    /// What `core` has done with its time so far. The sum is [`Machine::time`], less what a running core is behind the one that is furthest ahead.
    pub fn core_time(&self, core: CoreId) -> CoreTime {
        let (cpu, gate) = (self.cpu(core), self.gate(core));
        let behind = self.time() - cpu.clock();
        let slept = cpu.clock() - cpu.retired() - gate.before;
        CoreTime {
            active: cpu.retired(),
            asleep: slept + if cpu.asleep() && !gate.stopped { behind } else { 0 },
            stopped: gate.before + if gate.stopped { behind } else { 0 },
        }
    }

    /// Stops `core`'s clock at `now`.
    pub(super) fn stop_clock(&mut self, core: CoreId, now: Instant) {
        let (cpu, gate) = self.cpu_and_gate(core);
        if !gate.stopped {
            if cpu.asleep() {
                cpu.skip_to(now);
            }
            gate.stopped = true;
        }
    }

    /// Lets `core`'s clock run from `now`.
    pub(super) fn start_clock(&mut self, core: CoreId, now: Instant) {
        let (cpu, gate) = self.cpu_and_gate(core);
        if gate.stopped {
            gate.before += now.saturating_sub(cpu.clock());
            gate.stopped = false;
        }
        cpu.skip_to(now);
    }
}
