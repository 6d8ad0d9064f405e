//! SuperH in gdb's words: `set architecture sh4`, 59 registers of 32 bits in the order of gdb's sh4.

use std::num::NonZeroUsize;

use gdbstub::arch::{Arch, RegId, Registers};

/// gdb's numbers.
mod number {
    pub(super) const PC: usize = 16;
    pub(super) const PR: usize = 17;
    pub(super) const GBR: usize = 18;
    pub(super) const VBR: usize = 19;
    pub(super) const MACH: usize = 20;
    pub(super) const MACL: usize = 21;
    pub(super) const SR: usize = 22;
    pub(super) const FPUL: usize = 23;
    pub(super) const FPSCR: usize = 24;
    pub(super) const FR0: usize = 25;
    pub(super) const SSR: usize = 41;
    pub(super) const SPC: usize = 42;
    pub(super) const R0_BANK0: usize = 43;
    pub(super) const R0_BANK1: usize = 51;
}

/// Registers in a `g` packet.
const COUNT: usize = 59;

use crate::cpu::{Cpu, sr};

/// The architecture.
#[derive(Debug)]
pub enum Sh4 {}

/// All registers, by gdb's numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sh4Registers([u32; COUNT]);

impl Default for Sh4Registers {
    fn default() -> Self {
        Self([0; COUNT])
    }
}

/// A register by gdb's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sh4RegId(usize);

impl RegId for Sh4RegId {
    fn from_raw_id(id: usize) -> Option<(Self, Option<NonZeroUsize>)> {
        (id < COUNT).then_some((Self(id), NonZeroUsize::new(4)))
    }
}

impl Registers for Sh4Registers {
    type ProgramCounter = u32;

    fn pc(&self) -> u32 {
        self.0[number::PC]
    }

    fn gdb_serialize(&self, mut write_byte: impl FnMut(Option<u8>)) {
        self.0.iter().flat_map(|value| value.to_le_bytes()).for_each(|byte| write_byte(Some(byte)));
    }

    fn gdb_deserialize(&mut self, bytes: &[u8]) -> Result<(), ()> {
        let (words, []) = bytes.as_chunks::<4>() else { return Err(()) };
        if words.len() != COUNT {
            return Err(());
        }
        self.0.iter_mut().zip(words).for_each(|(place, word)| *place = u32::from_le_bytes(*word));
        Ok(())
    }
}

impl Arch for Sh4 {
    type Usize = u32;
    type Registers = Sh4Registers;
    type BreakpointKind = usize;
    type RegId = Sh4RegId;

    fn target_description_xml() -> Option<&'static str> {
        Some(r#"<target version="1.0"><architecture>sh4</architecture></target>"#)
    }
}

impl Sh4RegId {
    /// Its value in `cpu`.
    pub fn read(self, cpu: &Cpu) -> u32 {
        match self.0 {
            n @ 0..=15 => cpu.r(n),
            number::PC => cpu.pc(),
            number::PR => cpu.pr(),
            number::GBR => cpu.gbr(),
            number::VBR => cpu.vbr(),
            number::MACH => cpu.mach(),
            number::MACL => cpu.macl(),
            number::SR => cpu.sr(),
            number::FPUL => cpu.fpul(),
            number::FPSCR => cpu.fpscr(),
            n @ number::FR0..number::SSR => cpu.fr(n - number::FR0),
            number::SSR => cpu.ssr(),
            number::SPC => cpu.spc(),
            n => banked(cpu, n).map_or_else(|front| cpu.r(front), |back| cpu.bank(back)),
        }
    }

    /// Gives it a value.
    pub fn write(self, cpu: &mut Cpu, value: u32) {
        match self.0 {
            n @ 0..=15 => cpu.set_r(n, value),
            number::PC => cpu.set_pc(value),
            number::PR => cpu.set_pr(value),
            number::GBR => cpu.set_gbr(value),
            number::VBR => cpu.set_vbr(value),
            number::MACH => cpu.set_mach(value),
            number::MACL => cpu.set_macl(value),
            number::SR => cpu.set_sr(value),
            number::FPUL => cpu.set_fpul(value),
            number::FPSCR => cpu.set_fpscr(value),
            n @ number::FR0..number::SSR => cpu.set_fr(n - number::FR0, value),
            number::SSR => cpu.set_ssr(value),
            number::SPC => cpu.set_spc(value),
            n => match banked(cpu, n) {
                Ok(back) => cpu.set_bank(back, value),
                Err(front) => cpu.set_r(front, value),
            },
        }
    }
}

/// Where R`n`_BANK0 or R`n`_BANK1 is: `Ok` in the bank that is not in use, `Err` among R0..R7.
fn banked(cpu: &Cpu, number: usize) -> Result<usize, usize> {
    let bank_1_in_use = cpu.sr() & (sr::MD | sr::RB) == sr::MD | sr::RB;
    let (n, wants_bank_1) = match number.checked_sub(number::R0_BANK1) {
        Some(n) => (n, true),
        None => (number.saturating_sub(number::R0_BANK0), false),
    };
    if wants_bank_1 == bank_1_in_use { Err(n) } else { Ok(n) }
}

impl Sh4Registers {
    /// All registers of `cpu`.
    pub fn of(cpu: &Cpu) -> Self {
        Self(std::array::from_fn(|id| Sh4RegId(id).read(cpu)))
    }

    /// Gives `cpu` those that differ from what it has. SR goes first, because it chooses the banks.
    pub fn apply(&self, cpu: &mut Cpu) {
        let before = Self::of(cpu);
        let changed = |id: &usize| self.0[*id] != before.0[*id];
        let order = [number::SR, number::FPSCR]
            .into_iter()
            .chain((0..COUNT).filter(|id| *id != number::SR && *id != number::FPSCR));
        order.filter(changed).for_each(|id| Sh4RegId(id).write(cpu, self.0[id]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::Model;

    #[test]
    fn banks_are_named_whatever_is_in_use() {
        let mut cpu = Cpu::new(0, Model::SHX3); // RB = 1 after reset
        cpu.set_r(0, 0x11);
        cpu.set_bank(0, 0x22);
        let named = |cpu: &Cpu| (Sh4RegId(number::R0_BANK0).read(cpu), Sh4RegId(number::R0_BANK1).read(cpu));
        assert_eq!(named(&cpu), (0x22, 0x11));
        cpu.set_sr(sr::MD);
        assert_eq!(named(&cpu), (0x22, 0x11));
        assert_eq!(Sh4RegId(0).read(&cpu), 0x22);
    }

    #[test]
    fn every_register_comes_back_as_it_was_written() {
        let mut cpu = Cpu::new(0, Model::SHX3);
        for id in 0..COUNT {
            // SR, FPSCR and those that they choose have tests of their own.
            if id < 8 || matches!(id, number::SR | number::FPSCR) || id >= number::R0_BANK0 {
                continue;
            }
            Sh4RegId(id).write(&mut cpu, 0x1000 + 2 * id as u32);
            assert_eq!(Sh4RegId(id).read(&cpu), 0x1000 + 2 * id as u32, "register {id}");
        }
        let registers = Sh4Registers::of(&cpu);
        let mut other = Cpu::new(0, Model::SHX3);
        registers.apply(&mut other);
        assert_eq!(Sh4Registers::of(&other), registers);
    }
}
