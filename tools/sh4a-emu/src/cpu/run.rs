//! The outer run loop and the reasons for leaving it.

use super::exception::code;
use super::{Cpu, sr};
use crate::bus::{Bus, BusError};
use std::fmt;

/// Why [`Cpu::run`] came back. Whatever the reason, calling `run` again continues correctly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The clock reached the limit (it may be one past it: a delay slot stays with its branch).
    Limit,
    /// [`Bus::attention`] was true.
    Attention,
    /// The core sleeps and no interrupt that would wake it is pending.
    Sleep,
    /// Nothing answered at that bus address; a load gave 0. The instruction is complete.
    BusError(BusError),
    /// The guest raised an exception that resets the core. The report is of before, the core is already reset.
    Crash(Box<Crash>),
    /// An exception while [`Cpu::report_exceptions`] is on; nothing was entered. PC is the instruction (or its branch), for `trapa` the next.
    Exception {
        /// The code that EXPEVT would show.
        expevt: u32,
        /// TEA for address and TLB exceptions, TRA for `trapa`, otherwise the address of the instruction.
        address: u32,
    },
    /// In front of an instruction with a breakpoint.
    Breakpoint {
        /// Its address.
        pc: u32,
    },
    /// In front of an instruction that would access a watched range.
    Watchpoint {
        /// Address of the instruction (of its branch, if it is a delay slot).
        pc: u32,
        /// Address of the access.
        addr: u32,
        /// True for a store.
        store: bool,
    },
}

/// The state of a core at an exception that it could not enter: SR.BL was set, or the TLB hit more than once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crash {
    /// The core.
    pub core: usize,
    /// The code of the exception that came while BL was set, or 0x140.
    pub expevt: u32,
    /// The code of the exception or interrupt before it.
    pub previous: u32,
    /// TEA.
    pub tea: u32,
    /// R0..R15 of the current bank.
    pub r: [u32; 16],
    /// R0_BANK..R7_BANK.
    pub bank: [u32; 8],
    /// PC of the instruction.
    pub pc: u32,
    /// SR.
    pub sr: u32,
    /// SPC, SSR, SGR, PR, VBR, GBR in this order.
    pub saved: [u32; 6],
    /// Instructions retired.
    pub retired: u64,
    /// Taken branches, oldest first.
    pub branches: Vec<(u32, u32)>,
}

impl Crash {
    pub(super) fn new(cpu: &Cpu, expevt: u32) -> Self {
        Self {
            core: cpu.core,
            expevt,
            previous: cpu.regs.expevt,
            tea: cpu.mmu.tea,
            r: cpu.r,
            bank: cpu.banked,
            pc: cpu.pc,
            sr: cpu.sr(),
            saved: [cpu.spc, cpu.ssr, cpu.sgr, cpu.pr, cpu.vbr, cpu.gbr],
            retired: cpu.retired(),
            branches: cpu.branches.list(),
        }
    }
}

/// What an EXPEVT code means, in a few words.
pub fn describe_expevt(code: u32) -> &'static str {
    match code {
        0x000 => "power-on reset",
        0x020 => "manual reset",
        0x040 => "TLB miss (fetch or load)",
        0x060 => "TLB miss (store)",
        0x080 => "initial page write",
        0x0a0 => "TLB protection violation (fetch or load)",
        0x0c0 => "TLB protection violation (store)",
        0x0e0 => "address error (fetch or load)",
        0x100 => "address error (store)",
        0x120 => "FPU exception",
        0x140 => "TLB multiple hit",
        0x160 => "trapa",
        0x180 => "illegal instruction",
        0x1a0 => "illegal instruction in a delay slot",
        0x1e0 => "user break",
        0x800 => "FPU disabled",
        0x820 => "FPU disabled in a delay slot",
        _ => "unknown",
    }
}

impl fmt::Display for Crash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = if self.expevt == code::MULTIPLE_HIT { "which resets the core" } else { "while SR.BL was set" };
        writeln!(
            f,
            "core {}: {} (EXPEVT 0x{:03x}) at PC {:08x} {why}; TEA {:08x}, EXPEVT before it 0x{:03x} ({})",
            self.core,
            describe_expevt(self.expevt),
            self.expevt,
            self.pc,
            self.tea,
            self.previous,
            describe_expevt(self.previous),
        )?;
        for (row, four) in self.r.chunks(4).enumerate() {
            write!(f, "  R{:<2}", row * 4)?;
            four.iter().try_for_each(|value| write!(f, " {value:08x}"))?;
            writeln!(f)?;
        }
        write!(f, "  R0_BANK..R7_BANK")?;
        self.bank.iter().try_for_each(|value| write!(f, " {value:08x}"))?;
        let [spc, ssr, sgr, pr, vbr, gbr] = self.saved;
        writeln!(f)?;
        writeln!(f, "  SR {:08x} SPC {spc:08x} SSR {ssr:08x} SGR {sgr:08x}", self.sr)?;
        writeln!(f, "  PR {pr:08x} VBR {vbr:08x} GBR {gbr:08x} retired {}", self.retired)?;
        writeln!(f, "  last branches, newest first:")?;
        self.branches.iter().rev().try_for_each(|(from, to)| writeln!(f, "    {from:08x} -> {to:08x}"))
    }
}

impl Cpu {
    /// Runs until the clock reaches `until` or something else ends the run. A branch and its delay slot are never separated, and
    /// interrupts are looked at in front of the first instruction and wherever SR may have let them in.
    pub fn run<B: Bus>(&mut self, bus: &mut B, until: u64) -> Exit {
        loop {
            if let Some(exit) = self.exit.take() {
                return exit;
            }
            if bus.attention() {
                return Exit::Attention;
            }
            if (self.asleep || self.sr & sr::BL == 0)
                && let Some(interrupt) = bus.interrupt(self.core)
                && self.acceptable(interrupt)
            {
                self.accept(bus, interrupt);
            }
            if self.clock >= until {
                return Exit::Limit;
            }
            if self.asleep {
                return Exit::Sleep;
            }
            self.stop = until;
            self.fetch_page = super::fetch::NO_PAGE;
            if let Err(pc) = self.execute(bus)
                && let Some(exit) = self.enter(bus, pc)
            {
                return match exit {
                    Exit::Watchpoint { addr, store, .. } => Exit::Watchpoint { pc: self.pc, addr, store },
                    other => other,
                };
            }
        }
    }

    /// One instruction (with its delay slot), or the acceptance of an interrupt and the first instruction of its handler.
    pub fn step<B: Bus>(&mut self, bus: &mut B) -> Exit {
        self.run(bus, self.clock + 1)
    }
}
