//! FPU registers and FPSCR.

use super::super::exception::{Raised, code};
use super::super::{Cpu, sr};

/// FPSCR bits.
pub(crate) mod fpscr {
    /// Rounding mode: 0 nearest, 1 towards zero.
    pub(crate) const RM: u32 = 3;
    /// Flags: I, U, O, Z, V from bit 2 up.
    pub(crate) const FLAG: u32 = 2;
    /// Enables, in the same order.
    pub(crate) const ENABLE: u32 = 7;
    /// Causes, in the same order, with E at bit 17.
    pub(crate) const CAUSE: u32 = 12;
    /// All cause bits.
    pub(crate) const CAUSES: u32 = 0x3f << CAUSE;
    /// Denormals are zero.
    pub(crate) const DN: u32 = 1 << 18;
    /// Double precision.
    pub(crate) const PR: u32 = 1 << 19;
    /// Moves are of pairs.
    pub(crate) const SZ: u32 = 1 << 20;
    /// Bank.
    pub(crate) const FR: u32 = 1 << 21;
    /// All bits that exist.
    pub(crate) const MASK: u32 = 0x003f_ffff;
}

/// The FPU's registers.
#[derive(Clone)]
pub(crate) struct FpuState {
    /// The bank that FR0..FR15 name.
    pub(super) front: [u32; 16],
    /// The bank that XF0..XF15 name.
    pub(super) back: [u32; 16],
    pub(super) fpscr: u32,
    pub(crate) fpul: u32,
}

impl Default for FpuState {
    fn default() -> Self {
        Self { front: [0; 16], back: [0; 16], fpscr: 0x0004_0001, fpul: 0 }
    }
}

impl FpuState {
    /// Reset value of FPSCR: DN = 1, round to zero. The registers keep their contents.
    pub(crate) fn reset(&mut self) {
        self.set_fpscr(0x0004_0001);
    }

    pub(super) fn set_fpscr(&mut self, value: u32) {
        let value = value & fpscr::MASK;
        if (self.fpscr ^ value) & fpscr::FR != 0 {
            std::mem::swap(&mut self.front, &mut self.back);
        }
        self.fpscr = value;
    }

    #[inline(always)]
    pub(super) fn single(&self, n: u8) -> u32 {
        self.front[(n & 15) as usize]
    }

    /// XF`n`.
    pub(super) fn back_single(&self, n: usize) -> u32 {
        self.back[n & 15]
    }

    #[inline(always)]
    pub(super) fn set_single(&mut self, n: u8, value: u32) {
        self.front[(n & 15) as usize] = value;
    }

    /// DRn: the even register holds the high half.
    #[inline(always)]
    pub(super) fn double(&self, n: u8) -> u64 {
        u64::from(self.single(n & 14)) << 32 | u64::from(self.single(n | 1))
    }

    #[inline(always)]
    pub(super) fn set_double(&mut self, n: u8, value: u64) {
        self.set_single(n & 14, (value >> 32) as u32);
        self.set_single(n | 1, value as u32);
    }

    /// The pair that a move names while SZ = 1: DRn, or XDn when bit 0 of the number is set. (even register, odd register)
    pub(super) fn pair(&self, n: u8) -> (u32, u32) {
        let bank = if n & 1 == 0 { &self.front } else { &self.back };
        (bank[(n & 14) as usize], bank[(n & 14 | 1) as usize])
    }

    pub(super) fn set_pair(&mut self, n: u8, (even, odd): (u32, u32)) {
        let bank = if n & 1 == 0 { &mut self.front } else { &mut self.back };
        bank[(n & 14) as usize] = even;
        bank[(n & 14 | 1) as usize] = odd;
    }
}

impl Cpu {
    /// FPSCR.
    #[inline(always)]
    pub fn fpscr(&self) -> u32 {
        self.fpu.fpscr
    }

    /// Writes FPSCR; FR exchanges the banks.
    pub fn set_fpscr(&mut self, value: u32) {
        self.fpu.set_fpscr(value);
    }

    /// FR`n` (modulo 16).
    pub fn fr(&self, n: usize) -> u32 {
        self.fpu.front[n & 15]
    }

    /// Writes FR`n`.
    pub fn set_fr(&mut self, n: usize, value: u32) {
        self.fpu.front[n & 15] = value;
    }

    /// XF`n` (modulo 16).
    pub fn xf(&self, n: usize) -> u32 {
        self.fpu.back[n & 15]
    }

    /// Writes XF`n`.
    pub fn set_xf(&mut self, n: usize, value: u32) {
        self.fpu.back[n & 15] = value;
    }

    /// FPU disable exception while SR.FD is set.
    #[inline(always)]
    pub(in super::super) fn need_fpu(&mut self) -> Result<(), Raised> {
        if self.sr & sr::FD == 0 {
            return Ok(());
        }
        let code = if self.in_slot() { code::SLOT_FPU_DISABLE } else { code::FPU_DISABLE };
        Err(self.raise(code))
    }

    #[inline(always)]
    pub(super) fn fpscr_has(&self, bit: u32) -> bool {
        self.fpu.fpscr & bit != 0
    }
}
