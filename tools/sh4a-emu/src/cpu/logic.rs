//! Logic and shifts: SH-4A software manual, "Logic Operation Instructions" and "Shift Instructions".

use super::Cpu;
use super::exception::Raised;
use crate::bus::Bus;

impl Cpu {
    /// and.b, or.b, xor.b #imm,@(R0,GBR).
    pub(super) fn modify_gbr<B: Bus>(&mut self, bus: &mut B, change: impl Fn(u8) -> u8) -> Result<(), Raised> {
        let addr = self.gbr.wrapping_add(self.r[0]);
        let byte = self.load8(bus, addr)?;
        self.store8(bus, addr, change(byte))
    }

    pub(super) fn tst_gbr<B: Bus>(&mut self, bus: &mut B, imm: u8) -> Result<(), Raised> {
        let byte = self.load8(bus, self.gbr.wrapping_add(self.r[0]))?;
        self.set_t(byte & imm == 0);
        Ok(())
    }

    /// Also shal: the bit that leaves goes to T.
    #[inline(always)]
    pub(super) fn shll(&mut self, n: u8) {
        let value = self.get(n);
        self.t = value >> 31;
        self.set(n, value << 1);
    }

    #[inline(always)]
    pub(super) fn shlr(&mut self, n: u8) {
        let value = self.get(n);
        self.t = value & 1;
        self.set(n, value >> 1);
    }

    #[inline(always)]
    pub(super) fn shar(&mut self, n: u8) {
        let value = self.get(n);
        self.t = value & 1;
        self.set(n, (value as i32 >> 1) as u32);
    }

    #[inline(always)]
    pub(super) fn rotl(&mut self, n: u8) {
        let value = self.get(n);
        self.t = value >> 31;
        self.set(n, value.rotate_left(1));
    }

    #[inline(always)]
    pub(super) fn rotr(&mut self, n: u8) {
        let value = self.get(n);
        self.t = value & 1;
        self.set(n, value.rotate_right(1));
    }

    #[inline(always)]
    pub(super) fn rotcl(&mut self, n: u8) {
        let value = self.get(n);
        self.set(n, value << 1 | self.t);
        self.t = value >> 31;
    }

    #[inline(always)]
    pub(super) fn rotcr(&mut self, n: u8) {
        let value = self.get(n);
        self.set(n, value >> 1 | self.t << 31);
        self.t = value & 1;
    }

    /// Left by Rm bits 4:0; right (arithmetic) by 32 minus those when Rm is negative, 0 meaning 32.
    #[inline(always)]
    pub(super) fn shad(&mut self, n: u8, m: u8) {
        let (value, by) = (self.get(n), self.get(m));
        let result = if (by as i32) >= 0 { value << (by & 31) } else { (value as i32 >> (!by & 31) >> 1) as u32 };
        self.set(n, result);
    }

    /// As [`Cpu::shad`], logical.
    #[inline(always)]
    pub(super) fn shld(&mut self, n: u8, m: u8) {
        let (value, by) = (self.get(n), self.get(m));
        let result = if (by as i32) >= 0 { value << (by & 31) } else { value >> (!by & 31) >> 1 };
        self.set(n, result);
    }
}
