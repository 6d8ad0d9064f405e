//! Chooses what an FPU instruction does by its kind and FPSCR.PR.

use super::super::Cpu;
use super::super::exception::Raised;
use super::super::op::{Kind, Op};
use super::state::fpscr;
use crate::bus::Bus;

const SIGN: u32 = 1 << 31;

impl Cpu {
    pub(in super::super) fn fpu_operation<B: Bus>(&mut self, bus: &mut B, op: Op) -> Result<(), Raised> {
        self.need_fpu()?;
        let Op { n, m, .. } = op;
        let double = self.fpscr_has(fpscr::PR);
        match op.kind {
            Kind::Fmov => self.fmov(n, m),
            Kind::FmovLoad => self.fmov_load(bus, n, self.get(m))?,
            Kind::FmovLoadR0 => self.fmov_load(bus, n, self.get(m).wrapping_add(self.r[0]))?,
            Kind::FmovLoadInc => {
                let addr = self.get(m);
                self.fmov_load(bus, n, addr)?;
                self.set(m, addr.wrapping_add(self.fmov_size()));
            }
            Kind::FmovStore => self.fmov_store(bus, self.get(n), m)?,
            Kind::FmovStoreR0 => self.fmov_store(bus, self.get(n).wrapping_add(self.r[0]), m)?,
            Kind::FmovStoreDec => {
                let addr = self.get(n).wrapping_sub(self.fmov_size());
                self.fmov_store(bus, addr, m)?;
                self.set(n, addr);
            }
            Kind::Flds => self.fpu.fpul = self.fpu.single(n),
            Kind::Fsts => self.fpu.set_single(n, self.fpu.fpul),
            Kind::Fldi0 if !double => self.fpu.set_single(n, 0),
            Kind::Fldi1 if !double => self.fpu.set_single(n, 0x3f80_0000),
            // With PR = 1 these act on the double's high half, the even register.
            Kind::Fneg if !double || n & 1 == 0 => self.fpu.set_single(n, self.fpu.single(n) ^ SIGN),
            Kind::Fabs if !double || n & 1 == 0 => self.fpu.set_single(n, self.fpu.single(n) & !SIGN),
            Kind::Frchg if !double => self.fpu.set_fpscr(self.fpu.fpscr ^ fpscr::FR),
            Kind::Fschg if !double => self.fpu.fpscr ^= fpscr::SZ,
            Kind::Fpchg => {
                self.need_sh4a()?;
                self.fpu.fpscr ^= fpscr::PR;
            }
            _ => return Err(self.illegal()),
        }
        Ok(())
    }
}
