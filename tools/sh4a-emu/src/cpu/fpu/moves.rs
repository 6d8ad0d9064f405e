//! fmov in all its forms. While FPSCR.SZ is set a move is of a pair, 64 bits; in memory the odd register comes first, so that a
//! little-endian double reads right.

use super::super::Cpu;
use super::super::exception::Raised;
use super::super::mmu::Access;
use super::state::fpscr;
use crate::bus::Bus;

impl Cpu {
    pub(super) fn fmov_size(&self) -> u32 {
        if self.fpscr_has(fpscr::SZ) { 8 } else { 4 }
    }

    pub(super) fn fmov(&mut self, n: u8, m: u8) {
        if self.fpscr_has(fpscr::SZ) {
            let pair = self.fpu.pair(m);
            self.fpu.set_pair(n, pair);
        } else {
            self.fpu.set_single(n, self.fpu.single(m));
        }
    }

    pub(super) fn fmov_load<B: Bus>(&mut self, bus: &mut B, n: u8, addr: u32) -> Result<(), Raised> {
        if !self.fpscr_has(fpscr::SZ) {
            let value = self.load32(bus, addr)?;
            self.fpu.set_single(n, value);
            return Ok(());
        }
        if addr & 7 != 0 {
            return Err(self.address_error(addr, Access::Read));
        }
        let odd = self.load32(bus, addr)?;
        let even = self.load32(bus, addr.wrapping_add(4))?;
        self.fpu.set_pair(n, (even, odd));
        Ok(())
    }

    pub(super) fn fmov_store<B: Bus>(&mut self, bus: &mut B, addr: u32, m: u8) -> Result<(), Raised> {
        if !self.fpscr_has(fpscr::SZ) {
            return self.store32(bus, addr, self.fpu.single(m));
        }
        if addr & 7 != 0 {
            return Err(self.address_error(addr, Access::Write));
        }
        let (even, odd) = self.fpu.pair(m);
        self.store32(bus, addr, odd)?;
        self.store32(bus, addr.wrapping_add(4), even)
    }
}
