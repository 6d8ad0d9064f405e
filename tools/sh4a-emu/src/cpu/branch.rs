//! Branches: SH-4A software manual, "Branch Instructions". A delayed branch sets `npc`, so that the slot is simply the next
//! instruction, and notes in `slot_at` that it is one.

use super::Cpu;
use super::exception::Raised;
use crate::bus::{Bus, Event};

impl Cpu {
    /// bt, bf: no delay slot.
    #[inline(always)]
    pub(super) fn branch_if(&mut self, condition: bool, pc: u32, imm: i32) -> Result<(), Raised> {
        self.not_in_slot()?;
        if condition {
            self.pc = pc.wrapping_add(imm as u32);
            self.npc = self.pc.wrapping_add(2);
            self.branches.record(pc, self.pc);
        }
        Ok(())
    }

    /// bt/s, bf/s: what follows is a delay slot whether or not the branch is taken.
    #[inline(always)]
    pub(super) fn branch_if_delayed(&mut self, condition: bool, pc: u32, imm: i32) -> Result<(), Raised> {
        self.not_in_slot()?;
        self.slot_at = self.clock + 1;
        if condition {
            self.npc = pc.wrapping_add(imm as u32);
            self.branches.record(pc, self.npc);
        }
        Ok(())
    }

    #[inline(always)]
    pub(super) fn branch(&mut self, pc: u32, target: u32) -> Result<(), Raised> {
        self.not_in_slot()?;
        self.slot_at = self.clock + 1;
        self.npc = target;
        self.branches.record(pc, target);
        Ok(())
    }

    /// bsr, bsrf, jsr: PR is the address after the slot.
    #[inline(always)]
    pub(super) fn call(&mut self, pc: u32, target: u32) -> Result<(), Raised> {
        self.branch(pc, target)?;
        self.pr = pc.wrapping_add(4);
        Ok(())
    }

    /// rte: SR comes back before the slot executes; the slot is still fetched in privileged mode.
    pub(super) fn rte<B: Bus>(&mut self, bus: &mut B, pc: u32) -> Result<(), Raised> {
        self.not_in_slot()?;
        self.need_privilege()?;
        self.branch(pc, self.spc)?;
        bus.event(self.core, self.clock, Event::Return { from: pc, to: self.spc });
        self.rte_slot_at = self.slot_at;
        self.set_sr(self.ssr);
        Ok(())
    }
}
