//! SR: the status register. SH-4A software manual, "Control Registers".

use super::Cpu;

/// Condition or carry.
pub const T: u32 = 1 << 0;
/// Saturation of mac.
pub const S: u32 = 1 << 1;
/// Interrupt mask level.
pub const IMASK: u32 = 0xf << 4;
/// Divide step's sign of the quotient.
pub const Q: u32 = 1 << 8;
/// Divide step's sign of the divisor.
pub const M: u32 = 1 << 9;
/// FPU disable.
pub const FD: u32 = 1 << 15;
/// Exceptions and interrupts blocked.
pub const BL: u32 = 1 << 28;
/// R0..R7 are bank 1 (privileged mode only).
pub const RB: u32 = 1 << 29;
/// Privileged mode.
pub const MD: u32 = 1 << 30;
/// Bits that exist.
pub const MASK: u32 = MD | RB | BL | FD | M | Q | IMASK | S | T;

impl Cpu {
    /// SR with its T bit, which lives apart while instructions run.
    #[inline(always)]
    pub fn sr(&self) -> u32 {
        self.sr | self.t
    }

    /// Writes SR: exchanges the register banks when MD and RB say so, and makes the run loop look at interrupts again.
    pub fn set_sr(&mut self, value: u32) {
        let value = value & MASK;
        let old_bank = self.bank_1_active();
        self.sr = value & !T;
        self.t = value & T;
        if old_bank != self.bank_1_active() {
            let (front, _) = self.r.split_at_mut(8);
            front.swap_with_slice(&mut self.banked);
        }
        self.tlb.select(self.privileged());
        self.leave_inner_loop();
    }

    /// True in privileged mode.
    #[inline(always)]
    pub fn privileged(&self) -> bool {
        self.sr & MD != 0
    }

    /// True when R0..R7 are those of bank 1.
    #[inline(always)]
    pub(super) fn bank_1_active(&self) -> bool {
        self.sr & (MD | RB) == MD | RB
    }

    /// SR.IMASK as a number 0..=15.
    #[inline(always)]
    pub(super) fn imask(&self) -> u8 {
        ((self.sr & IMASK) >> 4) as u8
    }
}
