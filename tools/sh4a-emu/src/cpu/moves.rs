//! Data transfer: SH-4A software manual, "Fixed-Point Transfer Instructions".

use super::Cpu;
use super::exception::Raised;
use super::mmu::Access;
use crate::bus::Bus;

impl Cpu {
    #[inline(always)]
    pub(super) fn load_b<B: Bus>(&mut self, bus: &mut B, n: u8, addr: u32) -> Result<(), Raised> {
        let value = self.load8(bus, addr)? as i8 as u32;
        self.set(n, value);
        Ok(())
    }

    #[inline(always)]
    pub(super) fn load_w<B: Bus>(&mut self, bus: &mut B, n: u8, addr: u32) -> Result<(), Raised> {
        let value = self.load16(bus, addr)? as i16 as u32;
        self.set(n, value);
        Ok(())
    }

    #[inline(always)]
    pub(super) fn load_l<B: Bus>(&mut self, bus: &mut B, n: u8, addr: u32) -> Result<(), Raised> {
        let value = self.load32(bus, addr)?;
        self.set(n, value);
        Ok(())
    }

    /// With `n == m` the loaded value wins.
    #[inline(always)]
    pub(super) fn load_inc_b<B: Bus>(&mut self, bus: &mut B, n: u8, m: u8) -> Result<(), Raised> {
        let addr = self.get(m);
        let value = self.load8(bus, addr)? as i8 as u32;
        self.set(m, addr.wrapping_add(1));
        self.set(n, value);
        Ok(())
    }

    #[inline(always)]
    pub(super) fn load_inc_w<B: Bus>(&mut self, bus: &mut B, n: u8, m: u8) -> Result<(), Raised> {
        let addr = self.get(m);
        let value = self.load16(bus, addr)? as i16 as u32;
        self.set(m, addr.wrapping_add(2));
        self.set(n, value);
        Ok(())
    }

    #[inline(always)]
    pub(super) fn load_inc_l<B: Bus>(&mut self, bus: &mut B, n: u8, m: u8) -> Result<(), Raised> {
        let value = self.pop(bus, m)?;
        self.set(n, value);
        Ok(())
    }

    /// `@Rm+`: the longword, with Rm moved on.
    #[inline(always)]
    pub(super) fn pop<B: Bus>(&mut self, bus: &mut B, m: u8) -> Result<u32, Raised> {
        let addr = self.get(m);
        let value = self.load32(bus, addr)?;
        self.set(m, addr.wrapping_add(4));
        Ok(value)
    }

    /// With `n == m` the value from before the decrement is stored.
    #[inline(always)]
    pub(super) fn store_dec_b<B: Bus>(&mut self, bus: &mut B, n: u8, m: u8) -> Result<(), Raised> {
        let addr = self.get(n).wrapping_sub(1);
        self.store8(bus, addr, self.get(m) as u8)?;
        self.set(n, addr);
        Ok(())
    }

    #[inline(always)]
    pub(super) fn store_dec_w<B: Bus>(&mut self, bus: &mut B, n: u8, m: u8) -> Result<(), Raised> {
        let addr = self.get(n).wrapping_sub(2);
        self.store16(bus, addr, self.get(m) as u16)?;
        self.set(n, addr);
        Ok(())
    }

    /// `@-Rn`: pushes a longword.
    #[inline(always)]
    pub(super) fn store_dec_l<B: Bus>(&mut self, bus: &mut B, n: u8, value: u32) -> Result<(), Raised> {
        let addr = self.get(n).wrapping_sub(4);
        self.store32(bus, addr, value)?;
        self.set(n, addr);
        Ok(())
    }

    #[inline(always)]
    pub(super) fn load_pc_w<B: Bus>(&mut self, bus: &mut B, n: u8, pc: u32, imm: i32) -> Result<(), Raised> {
        self.not_in_slot()?;
        self.load_w(bus, n, pc.wrapping_add(imm as u32))
    }

    #[inline(always)]
    pub(super) fn load_pc_l<B: Bus>(&mut self, bus: &mut B, n: u8, pc: u32, imm: i32) -> Result<(), Raised> {
        self.not_in_slot()?;
        self.load_l(bus, n, (pc & !3).wrapping_add(imm as u32))
    }

    #[inline(always)]
    pub(super) fn mova(&mut self, pc: u32, imm: i32) -> Result<(), Raised> {
        self.not_in_slot()?;
        self.r[0] = (pc & !3).wrapping_add(imm as u32);
        Ok(())
    }

    #[inline(always)]
    pub(super) fn swap_b(&mut self, n: u8, m: u8) {
        let value = self.get(m);
        self.set(n, value & 0xffff_0000 | u32::from((value as u16).swap_bytes()));
    }

    /// movli.l @Rm,R0: load and reserve. Sets LDST.
    pub(super) fn movli<B: Bus>(&mut self, bus: &mut B, m: u8) -> Result<(), Raised> {
        self.need_sh4a()?;
        let addr = self.get(m);
        let value = self.load32(bus, addr)?;
        let physical = self.physical(addr, Access::Read)?.0;
        self.linked = Some(physical);
        match self.memory_offset(bus, physical, false) {
            Some(offset) => bus.memory().reserve(self.core, offset),
            None => bus.memory().release(self.core),
        }
        self.r[0] = value;
        Ok(())
    }

    /// movco.l R0,@Rn: store if the reservation stands; T says whether it did. LDST is clear afterwards.
    pub(super) fn movco<B: Bus>(&mut self, bus: &mut B, n: u8) -> Result<(), Raised> {
        self.need_sh4a()?;
        let addr = self.get(n);
        if addr & 3 != 0 {
            return Err(self.address_error(addr, Access::Write));
        }
        self.check_region(addr, Access::Write)?;
        let physical = self.physical(addr, Access::Write)?.0;
        let stands = self.linked.is_some()
            && match self.memory_offset(bus, physical, false) {
                Some(offset) => bus.memory().reserved(self.core, offset),
                None => self.linked == Some(physical),
            };
        if stands {
            self.store32(bus, addr, self.r[0])?;
        }
        self.linked = None;
        bus.memory().release(self.core);
        self.set_t(stands);
        Ok(())
    }

    /// movua.l: a longword from any address.
    pub(super) fn movua<B: Bus>(&mut self, bus: &mut B, m: u8, increment: u32) -> Result<(), Raised> {
        self.need_sh4a()?;
        let addr = self.get(m);
        let value = if addr & 3 == 0 {
            self.load32(bus, addr)?
        } else {
            let mut bytes = [0; 4];
            for (byte, at) in bytes.iter_mut().zip(0..) {
                *byte = self.load8(bus, addr.wrapping_add(at))?;
            }
            u32::from_le_bytes(bytes)
        };
        if increment != 0 {
            self.set(m, addr.wrapping_add(increment));
        }
        self.r[0] = value;
        Ok(())
    }

    /// tas.b @Rn: T = (byte is 0), then bit 7 of the byte is set.
    pub(super) fn tas<B: Bus>(&mut self, bus: &mut B, n: u8) -> Result<(), Raised> {
        let addr = self.get(n);
        let byte = self.load8(bus, addr)?;
        self.store8(bus, addr, byte | 0x80)?;
        self.set_t(byte == 0);
        Ok(())
    }
}
