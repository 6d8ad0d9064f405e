//! What can be chosen about a machine before it runs.

use clap::ValueEnum;

use crate::devices::clock::PeripheralClock;

/// [`Config::quantum`] unless somebody says otherwise.
pub const DEFAULT_QUANTUM: u64 = 1000;

/// Which board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MachineKind {
    /// MSRP1BASE02: RP1 (SH-X3), DDR, NOR flash.
    Rp1,
    /// RTS7751R2D as stock QEMU's `-M r2d` has it.
    R2d,
}

/// Whether a core's local memories can be reached through their global windows at 0x14000000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LocalWindow {
    /// The windows are not there: what lies in a core's local memory only that core can reach.
    #[default]
    Closed,
    /// The windows are there, as Linux's port of SH-X3 shows them.
    Open,
}

/// A machine's configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Which board.
    pub kind: MachineKind,
    /// Cores, 1..=4 (r2d has 1).
    pub cores: usize,
    /// rp1's strap.
    pub local_window: LocalWindow,
    /// How many cycles one core may run ahead of the slowest that runs.
    pub quantum: u64,
    /// With a seed, chance decides which core runs when and for how long; the same seed gives the same run.
    pub interleave_seed: Option<u64>,
    /// rp1: the core runs at 600 MHz divided by 2^N, so that less of its work makes more of guest time.
    pub divider_shift: u32,
    /// r2d: an instruction takes 2^N ns, as with QEMU's `-icount shift=N`.
    pub icount_shift: u32,
    /// r2d: the core is an SH7785's (SH-4A instructions), as with QEMU's `-cpu sh7785`.
    pub sh4a: bool,
    /// r2d: the SCIF's transmit flags behave as stock QEMU's instead of the chip's: for counting instructions against it.
    pub qemus_serial_flags: bool,
    /// An access that nothing answers ends the run instead of reading as zero.
    pub stop_on_unmapped: bool,
    /// Address of SPUMONE's trace ring, if its events shall be seen.
    pub trace_ring: Option<u32>,
}

impl Config {
    /// Defaults of RP1 with one core.
    pub fn rp1() -> Self {
        Self { kind: MachineKind::Rp1, ..Self::r2d() }
    }

    /// Defaults of r2d.
    pub fn r2d() -> Self {
        Self {
            kind: MachineKind::R2d,
            cores: 1,
            local_window: LocalWindow::Closed,
            quantum: DEFAULT_QUANTUM,
            interleave_seed: None,
            divider_shift: 0,
            icount_shift: 1,
            sh4a: true,
            qemus_serial_flags: false,
            stop_on_unmapped: false,
            trace_ring: None,
        }
    }

    /// Where SPUMONE has its trace ring on this board.
    pub fn usual_trace_ring(&self) -> u32 {
        match self.kind {
            MachineKind::Rp1 => 0x1600_0000,
            MachineKind::R2d => 0x0c0c_0000,
        }
    }

    /// Where SPUMONE leaves its epitaphs on this board: a page.
    pub fn usual_epitaphs(&self) -> u32 {
        match self.kind {
            MachineKind::Rp1 => 0x1601_f000,
            MachineKind::R2d => 0x0c0f_f000,
        }
    }

    /// The peripheral clock that follows from it.
    pub fn peripheral_clock(&self) -> PeripheralClock {
        match self.kind {
            MachineKind::Rp1 => PeripheralClock::rp1(self.divider_shift),
            MachineKind::R2d => PeripheralClock::r2d(self.icount_shift),
        }
    }

    /// Cycles in a second of guest time.
    pub fn cycles_per_second(&self) -> u64 {
        let pclk_hz = match self.kind {
            MachineKind::Rp1 => 50_000_000,
            MachineKind::R2d => 60_000_000,
        };
        self.peripheral_clock().cycles_per_second(pclk_hz)
    }
}
