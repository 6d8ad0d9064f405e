//! Branches: SH-4A software manual, "Branch Instructions". A delayed branch sets `npc`, so that the slot is simply the next
//! instruction, and notes in `slot_at` that it is one.

use super::Cpu;
use super::exception::Raised;
use super::execute::Flow;
use crate::bus::{Bus, Event};

impl Cpu {
    /// bt, bf: no delay slot.
    #[inline(always)]
    pub(super) fn branch_if(&mut self, flow: &mut Flow, condition: bool, pc: u32, imm: i32) -> Result<(), Raised> {
        self.not_in_slot()?;
        if condition {
            let target = pc.wrapping_add(imm as u32);
            *flow = Flow { pc: target, npc: target.wrapping_add(2) };
            self.branches.record(pc, target);
        }
        Ok(())
    }

    /// bt/s, bf/s: what follows is a delay slot whether or not the branch is taken.
    #[inline(always)]
    pub(super) fn branch_if_delayed(
        &mut self,
        flow: &mut Flow,
        condition: bool,
        pc: u32,
        imm: i32,
    ) -> Result<(), Raised> {
        self.not_in_slot()?;
        self.slot_at = self.clock + 1;
        if condition {
            flow.npc = pc.wrapping_add(imm as u32);
            self.branches.record(pc, flow.npc);
        }
        Ok(())
    }

    #[inline(always)]
    pub(super) fn branch(&mut self, flow: &mut Flow, pc: u32, target: u32) -> Result<(), Raised> {
        self.not_in_slot()?;
        self.slot_at = self.clock + 1;
        flow.npc = target;
        self.branches.record(pc, target);
        Ok(())
    }

    /// bsr, bsrf, jsr: PR is the address after the slot.
    #[inline(always)]
    pub(super) fn call(&mut self, flow: &mut Flow, pc: u32, target: u32) -> Result<(), Raised> {
        self.branch(flow, pc, target)?;
        self.pr = pc.wrapping_add(4);
        Ok(())
    }

    /// rte: SR comes back before the slot executes; the slot is still fetched in privileged mode.
    pub(super) fn rte<B: Bus>(&mut self, bus: &mut B, flow: &mut Flow, pc: u32) -> Result<(), Raised> {
        self.not_in_slot()?;
        self.need_privilege()?;
        self.branch(flow, pc, self.spc)?;
        bus.event(self.core, self.clock, Event::Return { from: pc, to: self.spc });
        self.rte_slot_at = self.slot_at;
        self.set_sr(self.ssr);
        Ok(())
    }
}
