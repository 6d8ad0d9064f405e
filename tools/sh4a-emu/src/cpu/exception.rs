//! Raising and entering exceptions and interrupts. SH-4A software manual, "Exception Handling".

use super::mmu::Access;
use super::run::{Crash, Exit};
use super::{Cpu, sr};
use crate::bus::{Bus, BusError, Event, Interrupt};

/// The instruction did not complete; [`Cpu::fault`] says why. Small, so that every load can return it for free.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raised;

/// Why an instruction did not complete.
#[derive(Clone, Debug, Default)]
pub(super) enum Fault {
    /// Nothing is wrong.
    #[default]
    None,
    /// The instruction has to be decoded first.
    Undecoded,
    /// An exception that re-executes the instruction.
    General {
        /// EXPEVT.
        code: u32,
        /// TEA and PTEH.VPN, where the exception sets them.
        address: Option<u32>,
    },
    /// `trapa`, complete, with its immediate.
    Trapa(u32),
    /// Not the guest's business: leave the run loop before the instruction.
    Stop(Exit),
}

/// EXPEVT codes.
pub(super) mod code {
    pub(crate) const MANUAL_RESET: u32 = 0x020;
    pub(crate) const MISS_READ: u32 = 0x040;
    pub(crate) const MISS_WRITE: u32 = 0x060;
    pub(crate) const ADDRESS_READ: u32 = 0x0e0;
    pub(crate) const ADDRESS_WRITE: u32 = 0x100;
    pub(crate) const FPU: u32 = 0x120;
    pub(crate) const MULTIPLE_HIT: u32 = 0x140;
    pub(crate) const TRAPA: u32 = 0x160;
    pub(crate) const ILLEGAL: u32 = 0x180;
    pub(crate) const SLOT_ILLEGAL: u32 = 0x1a0;
    pub(crate) const FPU_DISABLE: u32 = 0x800;
    pub(crate) const SLOT_FPU_DISABLE: u32 = 0x820;
}

impl Cpu {
    /// True while the instruction being executed is a delay slot.
    #[inline(always)]
    pub(super) fn in_slot(&self) -> bool {
        self.slot_at == self.clock
    }

    #[cold]
    pub(super) fn raise(&mut self, code: u32) -> Raised {
        self.fault = Fault::General { code, address: None };
        Raised
    }

    #[cold]
    pub(super) fn address_error(&mut self, addr: u32, access: Access) -> Raised {
        let code = if access == Access::Write { code::ADDRESS_WRITE } else { code::ADDRESS_READ };
        self.fault = Fault::General { code, address: Some(addr) };
        Raised
    }

    #[cold]
    pub(super) fn mmu_fault(&mut self, code: u32, addr: u32) -> Raised {
        self.fault = Fault::General { code, address: Some(addr) };
        Raised
    }

    #[cold]
    pub(super) fn undecoded(&mut self) -> Raised {
        self.fault = Fault::Undecoded;
        Raised
    }

    /// General or slot illegal instruction.
    #[cold]
    pub(super) fn illegal(&mut self) -> Raised {
        let code = if self.in_slot() { code::SLOT_ILLEGAL } else { code::ILLEGAL };
        self.raise(code)
    }

    /// For instructions that may not stand in a delay slot.
    #[inline(always)]
    pub(super) fn not_in_slot(&mut self) -> Result<(), Raised> {
        if self.in_slot() { Err(self.illegal()) } else { Ok(()) }
    }

    /// For privileged instructions.
    #[inline(always)]
    pub(super) fn need_privilege(&mut self) -> Result<(), Raised> {
        if self.privileged() { Ok(()) } else { Err(self.illegal()) }
    }

    /// Nothing answered on the bus: the run loop reports it after this instruction, which sees zero.
    #[cold]
    pub(super) fn bus_error(&mut self, error: BusError) {
        self.exit = Some(Exit::BusError(error));
        self.leave_inner_loop();
    }

    /// Enters the exception that [`Cpu::fault`] describes, raised by the instruction at `pc`. Gives the reason when the run
    /// has to end instead.
    pub(super) fn enter<B: Bus>(&mut self, bus: &mut B, pc: u32) -> Option<Exit> {
        let slot = self.in_slot();
        // A delay slot is executed again together with its branch.
        let restart = if slot { pc.wrapping_sub(2) } else { pc };
        let (code, spc) = match std::mem::take(&mut self.fault) {
            Fault::None | Fault::Undecoded => return None,
            Fault::Stop(exit) => {
                self.back_to(restart, slot);
                return Some(exit);
            }
            Fault::Trapa(number) => {
                self.clock += 1;
                let next = pc.wrapping_add(2);
                if self.report_exceptions {
                    self.set_pc(next);
                    return Some(Exit::Exception { expevt: code::TRAPA, address: number << 2 });
                }
                if self.sr & sr::BL == 0 {
                    self.regs.tra = number << 2;
                }
                (code::TRAPA, next)
            }
            Fault::General { code, address } => {
                if self.report_exceptions {
                    self.back_to(restart, slot);
                    return Some(Exit::Exception { expevt: code, address: address.unwrap_or(restart) });
                }
                if let Some(address) = address {
                    self.mmu.tea = address;
                    self.mmu.set_vpn(address);
                }
                self.slept += u64::from(slot);
                (code, restart)
            }
        };
        if code == code::MULTIPLE_HIT || self.sr & sr::BL != 0 {
            self.set_pc(spc);
            let crash = Crash::new(self, code);
            self.reset(if code == code::MULTIPLE_HIT { code } else { code::MANUAL_RESET });
            return Some(Exit::Crash(Box::new(crash)));
        }
        self.regs.expevt = code;
        let offset = if matches!(code, code::MISS_READ | code::MISS_WRITE) { 0x400 } else { 0x100 };
        self.vector(bus, spc, offset);
        bus.event(self.core, self.clock, Event::Exception { expevt: code, spc, handler: self.pc });
        None
    }

    /// The branch before an uncompleted slot did not retire either.
    fn back_to(&mut self, restart: u32, slot: bool) {
        self.slept += u64::from(slot);
        self.set_pc(restart);
    }

    fn vector<B: Bus>(&mut self, bus: &mut B, spc: u32, offset: u32) {
        self.ssr = self.sr();
        self.spc = spc;
        self.sgr = self.r[15];
        self.linked = None;
        bus.memory().release(self.core);
        let handler = self.vbr.wrapping_add(offset);
        self.branches.record(spc, handler);
        self.set_sr(self.sr() | sr::MD | sr::RB | sr::BL);
        self.set_pc(handler);
    }

    /// Would `interrupt` be accepted now? BL holds it back unless the core sleeps; IMASK always counts, but not for NMI.
    pub(super) fn acceptable(&self, interrupt: Interrupt) -> bool {
        (self.asleep || self.sr & sr::BL == 0) && (interrupt.level > 15 || interrupt.level > self.imask())
    }

    /// Accepts `interrupt` in front of the next instruction.
    pub(super) fn accept<B: Bus>(&mut self, bus: &mut B, interrupt: Interrupt) {
        self.asleep = false;
        self.regs.intevt = interrupt.intevt.into();
        let spc = self.pc;
        self.vector(bus, spc, 0x600);
        if self.model.sh4a && self.regs.interrupt_raises_mask() {
            let level = u32::from(interrupt.level.min(15));
            self.set_sr(self.sr() & !sr::IMASK | level << 4);
        }
        bus.accepted(self.core, self.clock, interrupt);
    }
}
