//! System control: SH-4A software manual, "System Control Instructions".

use super::exception::{Fault, Raised};
use super::mmu::Access;
use super::op::special::*;
use super::{Cpu, store_queue};
use crate::bus::{Bus, Event};

impl Cpu {
    pub(super) fn need_sh4a(&mut self) -> Result<(), Raised> {
        if self.model.sh4a { Ok(()) } else { Err(self.illegal()) }
    }

    pub(super) fn sleep<B: Bus>(&mut self, bus: &mut B) -> Result<(), Raised> {
        self.need_privilege()?;
        self.asleep = true;
        self.leave_inner_loop();
        bus.event(self.core, self.clock, Event::Sleep);
        Ok(())
    }

    pub(super) fn trapa(&mut self, imm: i32) -> Result<(), Raised> {
        self.not_in_slot()?;
        self.fault = Fault::Trapa(imm as u32);
        Err(Raised)
    }

    /// ldtlb drops exactly the cached translations of the entry that it replaces and of the new one.
    pub(super) fn ldtlb(&mut self) -> Result<(), Raised> {
        self.need_privilege()?;
        let (old, new) = self.mmu.load_tlb();
        for entry in [old, new] {
            if entry.valid() {
                self.tlb.flush_range(entry.first(), entry.len(), false);
            }
        }
        self.fetch_page = super::fetch::NO_PAGE;
        Ok(())
    }

    pub(super) fn ldc_sr(&mut self, n: u8) -> Result<(), Raised> {
        self.not_in_slot()?;
        self.need_privilege()?;
        self.set_sr(self.get(n));
        Ok(())
    }

    pub(super) fn ldc_sr_inc<B: Bus>(&mut self, bus: &mut B, n: u8) -> Result<(), Raised> {
        self.not_in_slot()?;
        self.need_privilege()?;
        let value = self.pop(bus, n)?;
        self.set_sr(value);
        Ok(())
    }

    pub(super) fn stc_sr(&mut self, n: u8) -> Result<(), Raised> {
        self.need_privilege()?;
        self.set(n, self.sr());
        Ok(())
    }

    pub(super) fn stc_sr_dec<B: Bus>(&mut self, bus: &mut B, n: u8) -> Result<(), Raised> {
        self.need_privilege()?;
        self.store_dec_l(bus, n, self.sr())
    }

    /// GBR is everybody's, the others are privileged.
    #[inline(always)]
    fn may_use(&mut self, register: u8) -> Result<(), Raised> {
        if register == GBR { Ok(()) } else { self.need_privilege() }
    }

    fn control(&mut self, register: u8) -> &mut u32 {
        match register {
            GBR => &mut self.gbr,
            VBR => &mut self.vbr,
            SSR => &mut self.ssr,
            SPC => &mut self.spc,
            SGR => &mut self.sgr,
            _ => &mut self.dbr,
        }
    }

    pub(super) fn ldc(&mut self, n: u8, register: u8) -> Result<(), Raised> {
        self.may_use(register)?;
        if register == SGR {
            self.need_sh4a()?;
        }
        *self.control(register) = self.get(n);
        Ok(())
    }

    pub(super) fn ldc_inc<B: Bus>(&mut self, bus: &mut B, n: u8, register: u8) -> Result<(), Raised> {
        self.may_use(register)?;
        if register == SGR {
            self.need_sh4a()?;
        }
        *self.control(register) = self.pop(bus, n)?;
        Ok(())
    }

    pub(super) fn stc(&mut self, n: u8, register: u8) -> Result<(), Raised> {
        self.may_use(register)?;
        let value = *self.control(register);
        self.set(n, value);
        Ok(())
    }

    pub(super) fn stc_dec<B: Bus>(&mut self, bus: &mut B, n: u8, register: u8) -> Result<(), Raised> {
        self.may_use(register)?;
        let value = *self.control(register);
        self.store_dec_l(bus, n, value)
    }

    pub(super) fn ldc_bank(&mut self, n: u8, bank: u8) -> Result<(), Raised> {
        self.need_privilege()?;
        self.set_bank(bank.into(), self.get(n));
        Ok(())
    }

    pub(super) fn ldc_bank_inc<B: Bus>(&mut self, bus: &mut B, n: u8, bank: u8) -> Result<(), Raised> {
        self.need_privilege()?;
        let value = self.pop(bus, n)?;
        self.set_bank(bank.into(), value);
        Ok(())
    }

    pub(super) fn stc_bank(&mut self, n: u8, bank: u8) -> Result<(), Raised> {
        self.need_privilege()?;
        self.set(n, self.bank(bank.into()));
        Ok(())
    }

    pub(super) fn stc_bank_dec<B: Bus>(&mut self, bus: &mut B, n: u8, bank: u8) -> Result<(), Raised> {
        self.need_privilege()?;
        self.store_dec_l(bus, n, self.bank(bank.into()))
    }

    #[inline(always)]
    fn write_system(&mut self, register: u8, value: u32) {
        match register {
            PR => self.pr = value,
            MACH => self.mach = value,
            MACL => self.macl = value,
            FPUL => self.fpu.fpul = value,
            _ => self.set_fpscr(value),
        }
    }

    #[inline(always)]
    fn read_system(&self, register: u8) -> u32 {
        match register {
            PR => self.pr,
            MACH => self.mach,
            MACL => self.macl,
            FPUL => self.fpu.fpul,
            _ => self.fpscr(),
        }
    }

    /// FPUL and FPSCR belong to the FPU.
    #[inline(always)]
    fn may_use_system(&mut self, register: u8) -> Result<(), Raised> {
        if register >= FPUL { self.need_fpu() } else { Ok(()) }
    }

    #[inline(always)]
    pub(super) fn lds(&mut self, n: u8, register: u8) -> Result<(), Raised> {
        self.may_use_system(register)?;
        self.write_system(register, self.get(n));
        Ok(())
    }

    #[inline(always)]
    pub(super) fn lds_inc<B: Bus>(&mut self, bus: &mut B, n: u8, register: u8) -> Result<(), Raised> {
        self.may_use_system(register)?;
        let value = self.pop(bus, n)?;
        self.write_system(register, value);
        Ok(())
    }

    #[inline(always)]
    pub(super) fn sts(&mut self, n: u8, register: u8) -> Result<(), Raised> {
        self.may_use_system(register)?;
        self.set(n, self.read_system(register));
        Ok(())
    }

    #[inline(always)]
    pub(super) fn sts_dec<B: Bus>(&mut self, bus: &mut B, n: u8, register: u8) -> Result<(), Raised> {
        self.may_use_system(register)?;
        self.store_dec_l(bus, n, self.read_system(register))
    }

    /// ocbi (a write), ocbp and ocbwb (reads): no cache is modelled, but the address is checked.
    pub(super) fn cache_operation(&mut self, n: u8, access: Access) -> Result<(), Raised> {
        let addr = self.get(n);
        self.check_region(addr, access)?;
        if !store_queue::AREA.contains(&addr) {
            self.physical(addr, access)?;
        }
        Ok(())
    }

    /// pref: to the store queue area it writes the queue back; anywhere else it is a hint that raises nothing.
    pub(super) fn pref<B: Bus>(&mut self, bus: &mut B, n: u8) -> Result<(), Raised> {
        let addr = self.get(n);
        if store_queue::AREA.contains(&addr) { self.write_back_queue(bus, addr) } else { Ok(()) }
    }

    /// icbi, prefi: predecoded code always follows the memory, so nothing is left to do.
    pub(super) fn instruction_cache(&mut self, n: u8) -> Result<(), Raised> {
        self.not_in_slot()?;
        self.need_sh4a()?;
        let addr = self.get(n);
        self.check_region(addr, Access::Read)?;
        self.physical(addr, Access::Read)?;
        Ok(())
    }

    pub(super) fn synco(&mut self) -> Result<(), Raised> {
        self.need_sh4a()
    }
}
