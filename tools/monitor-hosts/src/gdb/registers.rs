//! Registers in gdb's order for sh4 (gdb/sh-tdep.c): 59 words.

use monitor_api::Registers;

/// Words of a `g` packet.
const COUNT: usize = 59;
const PC: usize = 16;
const PR: usize = 17;
const GBR: usize = 18;
const VBR: usize = 19;
const SR: usize = 22;
const SSR: usize = 41;
const SPC: usize = 42;
const BANK0: usize = 43;
const BANK1: usize = 51;

/// Registers out of little-endian words; `None` if they are too few.
pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Registers> {
    let (words, _) = bytes.as_chunks::<4>();
    let word = |number: usize| words.get(number).map(|word| u32::from_le_bytes(*word));
    word(COUNT - 1)?;
    Some(Registers {
        r: std::array::from_fn(|n| word(n).unwrap_or(0)),
        bank0: std::array::from_fn(|n| word(BANK0 + n).unwrap_or(0)),
        bank1: std::array::from_fn(|n| word(BANK1 + n).unwrap_or(0)),
        pc: word(PC)?,
        pr: word(PR)?,
        gbr: word(GBR)?,
        vbr: word(VBR)?,
        sr: word(SR)?,
        ssr: word(SSR)?,
        spc: word(SPC)?,
    })
}

/// The reverse; what [`Registers`] does not hold is zero.
pub(crate) fn to_bytes(registers: &Registers) -> Vec<u8> {
    let mut words = [0u32; COUNT];
    words[..16].copy_from_slice(&registers.r);
    words[BANK0..BANK0 + 8].copy_from_slice(&registers.bank0);
    words[BANK1..BANK1 + 8].copy_from_slice(&registers.bank1);
    let single = [
        (PC, registers.pc),
        (PR, registers.pr),
        (GBR, registers.gbr),
        (VBR, registers.vbr),
        (SR, registers.sr),
        (SSR, registers.ssr),
        (SPC, registers.spc),
    ];
    single.iter().for_each(|(number, value)| words[*number] = *value);
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_come_back() {
        let mut registers = Registers { pc: 1, pr: 2, gbr: 3, vbr: 4, sr: 5, ssr: 6, spc: 7, ..Registers::default() };
        registers.r = std::array::from_fn(|n| 100 + n as u32);
        registers.bank0 = std::array::from_fn(|n| 200 + n as u32);
        registers.bank1 = std::array::from_fn(|n| 300 + n as u32);
        assert_eq!(from_bytes(&to_bytes(&registers)), Some(registers));
        assert_eq!(from_bytes(&[0; 4 * 58]), None);
    }
}
