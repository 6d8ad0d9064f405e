//! Arithmetic: SH-4A software manual, "Arithmetic Operation Instructions".

use super::exception::Raised;
use super::{Cpu, sr};
use crate::bus::Bus;

/// Bounds of the 48-bit sum that mac.l keeps to when SR.S is set.
const MAC48: (i64, i64) = (-(1 << 47), (1 << 47) - 1);

impl Cpu {
    #[inline(always)]
    pub(super) fn set_mac(&mut self, value: u64) {
        self.mach = (value >> 32) as u32;
        self.macl = value as u32;
    }

    /// Rn + Rm + T, carry to T.
    #[inline(always)]
    pub(super) fn addc(&mut self, n: u8, m: u8) {
        let sum = u64::from(self.get(n)) + u64::from(self.get(m)) + u64::from(self.t);
        self.set(n, sum as u32);
        self.t = (sum >> 32) as u32;
    }

    /// Rn - Rm - T, borrow to T.
    #[inline(always)]
    pub(super) fn subc(&mut self, n: u8, m: u8) {
        let difference = u64::from(self.get(n)).wrapping_sub(u64::from(self.get(m))).wrapping_sub(u64::from(self.t));
        self.set(n, difference as u32);
        self.t = (difference >> 63) as u32;
    }

    /// 0 - Rm - T, borrow to T.
    #[inline(always)]
    pub(super) fn negc(&mut self, n: u8, m: u8) {
        let difference = 0u64.wrapping_sub(u64::from(self.get(m))).wrapping_sub(u64::from(self.t));
        self.set(n, difference as u32);
        self.t = (difference >> 63) as u32;
    }

    /// Rn + Rm, signed overflow to T.
    #[inline(always)]
    pub(super) fn addv(&mut self, n: u8, m: u8) {
        let (sum, overflow) = self.signed(n).overflowing_add(self.signed(m));
        self.set(n, sum as u32);
        self.set_t(overflow);
    }

    /// Rn - Rm, signed underflow to T.
    #[inline(always)]
    pub(super) fn subv(&mut self, n: u8, m: u8) {
        let (difference, overflow) = self.signed(n).overflowing_sub(self.signed(m));
        self.set(n, difference as u32);
        self.set_t(overflow);
    }

    #[inline(always)]
    pub(super) fn dt(&mut self, n: u8) {
        let value = self.get(n).wrapping_sub(1);
        self.set(n, value);
        self.set_t(value == 0);
    }

    /// T = any byte equal.
    #[inline(always)]
    pub(super) fn cmp_str(&mut self, n: u8, m: u8) {
        let differences = (self.get(n) ^ self.get(m)).to_le_bytes();
        self.set_t(differences.contains(&0));
    }

    pub(super) fn div0u(&mut self) {
        self.sr &= !(sr::M | sr::Q);
        self.t = 0;
    }

    /// Q = sign of Rn, M = sign of Rm, T = they differ.
    pub(super) fn div0s(&mut self, n: u8, m: u8) {
        let (q, sign) = (self.signed(n) < 0, self.signed(m) < 0);
        self.set_flag(sr::Q, q);
        self.set_flag(sr::M, sign);
        self.set_t(q != sign);
    }

    /// One step of a non-restoring division: shifts T into Rn, adds or subtracts Rm, and works out Q and T.
    #[inline(always)]
    pub(super) fn div1(&mut self, n: u8, m: u8) {
        let old_q = self.sr & sr::Q != 0;
        let sign = self.sr & sr::M != 0;
        let divisor = self.get(m);
        let shifted_out = self.signed(n) < 0;
        let dividend = self.get(n) << 1 | self.t;
        let (result, carry) =
            if old_q == sign { dividend.overflowing_sub(divisor) } else { dividend.overflowing_add(divisor) };
        let q = shifted_out ^ sign ^ carry;
        self.set(n, result);
        self.set_flag(sr::Q, q);
        self.set_t(q == sign);
    }

    #[inline(always)]
    fn set_flag(&mut self, flag: u32, on: bool) {
        self.sr = if on { self.sr | flag } else { self.sr & !flag };
    }

    /// mac.l @Rm+,@Rn+: MACH:MACL += signed product, kept to 48 bits when S is set.
    pub(super) fn mac_l<B: Bus>(&mut self, bus: &mut B, n: u8, m: u8) -> Result<(), Raised> {
        let at_n = self.get(n);
        let left = self.load32(bus, at_n)? as i32;
        let at_m = if n == m { at_n.wrapping_add(4) } else { self.get(m) };
        let right = self.load32(bus, at_m)? as i32;
        self.set(n, at_n.wrapping_add(4));
        self.set(m, at_m.wrapping_add(4));
        let product = i64::from(left) * i64::from(right);
        let mac = (u64::from(self.mach) << 32 | u64::from(self.macl)) as i64;
        let sum = if self.sr & sr::S != 0 {
            // The accumulator counts as 48 bits wide.
            let mac = mac << 16 >> 16;
            mac.saturating_add(product).clamp(MAC48.0, MAC48.1)
        } else {
            mac.wrapping_add(product)
        };
        self.set_mac(sum as u64);
        Ok(())
    }

    /// mac.w @Rm+,@Rn+: MACH:MACL += signed 16-bit product; when S is set, MACL alone saturates and an overflow sets bit 0 of MACH.
    pub(super) fn mac_w<B: Bus>(&mut self, bus: &mut B, n: u8, m: u8) -> Result<(), Raised> {
        let at_n = self.get(n);
        let left = self.load16(bus, at_n)? as i16;
        let at_m = if n == m { at_n.wrapping_add(2) } else { self.get(m) };
        let right = self.load16(bus, at_m)? as i16;
        self.set(n, at_n.wrapping_add(2));
        self.set(m, at_m.wrapping_add(2));
        let product = i32::from(left) * i32::from(right);
        if self.sr & sr::S != 0 {
            let old = self.macl as i32;
            let (_, overflow) = old.overflowing_add(product);
            self.macl = old.saturating_add(product) as u32;
            self.mach |= u32::from(overflow);
        } else {
            let mac = u64::from(self.mach) << 32 | u64::from(self.macl);
            self.set_mac(mac.wrapping_add(i64::from(product) as u64));
        }
        Ok(())
    }
}
