//! Registers as they stand in a dump.

use monitor_api::Registers;

/// Words of a virtual CPU in gdb's order for sh4 (gdb/sh-tdep.c).
pub const WORDS: usize = 59;
/// Words of `struct pt_regs` (arch/sh/include/uapi/asm/ptrace_32.h): R0 to R15, PC, PR, SR, GBR, MACH, MACL, TRA.
pub(super) const PT_REGS: usize = 23;

const PC: usize = 16;
const PR: usize = 17;
const GBR: usize = 18;
const VBR: usize = 19;
const MACH: usize = 20;
const MACL: usize = 21;
const SR: usize = 22;
const SSR: usize = 41;
const SPC: usize = 42;
const BANK0: usize = 43;
const BANK1: usize = 51;

/// In gdb's order; what [`Registers`] does not hold is zero.
pub fn to_words(registers: &Registers) -> [u32; WORDS] {
    let (bank0, bank1) = (&registers.bank0, &registers.bank1);
    core::array::from_fn(|number| match number {
        PC => registers.pc,
        PR => registers.pr,
        GBR => registers.gbr,
        VBR => registers.vbr,
        MACH => registers.mach,
        MACL => registers.macl,
        SR => registers.sr,
        SSR => registers.ssr,
        SPC => registers.spc,
        // In order, so each is of the first group that it can be of.
        _ => {
            let of = |group: &[u32], from: usize| number.checked_sub(from).and_then(|n| group.get(n)).copied();
            of(&registers.r, 0).or_else(|| of(bank0, BANK0)).or_else(|| of(bank1, BANK1)).unwrap_or(0)
        }
    })
}

/// The reverse; `None` if they are too few.
pub fn from_words(words: &[u32]) -> Option<Registers> {
    let words: &[u32; WORDS] = words.first_chunk()?;
    let word = |number: usize| words.get(number).copied().unwrap_or(0);
    Some(Registers {
        r: core::array::from_fn(word),
        bank0: core::array::from_fn(|n| word(BANK0 + n)),
        bank1: core::array::from_fn(|n| word(BANK1 + n)),
        pc: word(PC),
        pr: word(PR),
        gbr: word(GBR),
        vbr: word(VBR),
        sr: word(SR),
        ssr: word(SSR),
        spc: word(SPC),
        mach: word(MACH),
        macl: word(MACL),
    })
}

/// As Linux has them in `struct pt_regs`.
pub(super) fn to_pt_regs(registers: &Registers) -> [u32; PT_REGS] {
    let mut words = [0; PT_REGS];
    let others = [registers.pc, registers.pr, registers.sr, registers.gbr, registers.mach, registers.macl];
    words.iter_mut().zip(registers.r.into_iter().chain(others)).for_each(|(place, value)| *place = value);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_come_back() {
        let mut registers = Registers { pc: 1, pr: 2, gbr: 3, vbr: 4, sr: 5, ssr: 6, spc: 7, ..Registers::default() };
        (registers.mach, registers.macl) = (8, 9);
        registers.r = core::array::from_fn(|n| 100 + n as u32);
        registers.bank0 = core::array::from_fn(|n| 200 + n as u32);
        registers.bank1 = core::array::from_fn(|n| 300 + n as u32);
        assert_eq!(from_words(&to_words(&registers)), Some(registers));
        assert_eq!(from_words(&[0; 58]), None);
    }

    /// gdb/sh-tdep.c, `sh_sh4_register_name`: r15 is 15, pc 16, vbr 19, mach 20, macl 21, sr 22, ssr 41, spc 42, r0b0 43, r7b1 58.
    #[test]
    fn the_order_is_that_of_gdb() {
        let mut registers = Registers { pc: 1, vbr: 2, sr: 3, ssr: 4, spc: 5, ..Registers::default() };
        (registers.r[15], registers.bank0[0], registers.bank1[7]) = (6, 7, 8);
        (registers.mach, registers.macl) = (9, 10);
        let words = to_words(&registers);
        let at = [15, 16, 19, 20, 21, 22, 41, 42, 43, 58].map(|number: usize| words.get(number).copied());
        assert_eq!(at, [6, 1, 2, 9, 10, 3, 4, 5, 7, 8].map(Some));
        assert_eq!(words.iter().filter(|word| **word != 0).count(), 10);
    }
}
