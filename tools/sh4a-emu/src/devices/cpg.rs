//! Clock pulse generators, with the watchdog that shares their block: registers that Linux reads to learn its clocks.

use super::registers::Registers;
use crate::bus::{CoreId, Width};
use crate::device::{Device, Instant, Unanswered};

/// SH-X3: FRQMR1 with divider codes for I 600, B 100, P 50 MHz from 16.666 MHz x 72 (Linux `clock-shx3.c`).
const FRQMR1: u32 = 0x14;
const FRQMR1_RESET: u32 = 0x1025_2048;

const WTCNT: u32 = 0x08;
const WTCSR: u32 = 0x0c;
const WTCNT_KEY: u32 = 0x5a;
const WTCSR_KEY: u32 = 0xa5;

/// CPG and WDT at 0xffc00000: FRQCR, STBCR, WTCNT, WTCSR, STBCR2 of SH7751R; FRQCR, FRQMR1, MSTPCR0/1 of SH-X3.
///
/// The watchdog's registers are plain: it never counts. They are written as words with a key in the upper byte and read as bytes.
#[derive(Clone, Debug)]
pub struct Cpg {
    registers: Registers,
    wtcnt: u8,
    wtcsr: u8,
}

impl Cpg {
    /// The block of SH-X3.
    pub fn shx3() -> Self {
        Self { registers: Registers::new(0x100, &[(FRQMR1, FRQMR1_RESET)]), wtcnt: 0, wtcsr: 0 }
    }

    /// The block of SH7751R. FRQCR reads as 0, which stock QEMU gives as well, so Linux prints the same clocks on both.
    pub fn sh7751r() -> Self {
        Self { registers: Registers::new(0x14, &[]), wtcnt: 0, wtcsr: 0 }
    }
}

impl Device for Cpg {
    fn read(&mut self, core: CoreId, now: Instant, offset: u32, width: Width) -> Result<u32, Unanswered> {
        match (offset, width) {
            (WTCNT, Width::Byte) => Ok(self.wtcnt.into()),
            (WTCSR, Width::Byte) => Ok(self.wtcsr.into()),
            (WTCNT | WTCSR, _) => Err(Unanswered),
            _ => self.registers.read(core, now, offset, width),
        }
    }

    fn write(&mut self, core: CoreId, now: Instant, offset: u32, width: Width, value: u32) -> Result<(), Unanswered> {
        match (offset, width) {
            (WTCNT, Width::Half) if value >> 8 == WTCNT_KEY => self.wtcnt = value as u8,
            (WTCSR, Width::Half) if value >> 8 == WTCSR_KEY => self.wtcsr = value as u8,
            (WTCNT | WTCSR, Width::Half) => {}
            (WTCNT | WTCSR, _) => return Err(Unanswered),
            _ => return self.registers.write(core, now, offset, width, value),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frqmr1_holds_codes_that_linux_accepts() {
        let divisors = [1, 2, 4, 6, 8, 12, 16, 18, 24, 32, 36, 48]; // clock-shx3.c div2[]
        let value = Cpg::shx3().read(0, 0, FRQMR1, Width::Long).expect("FRQMR1");
        let rate = |shift: u32| 16_666_666 * 72 / divisors[(value >> shift & 15) as usize] / 1_000_000;
        assert_eq!((rate(28), rate(16), rate(0)), (599, 99, 49)); // I, B, P in whole MHz
        // The masks of the allowed codes in clock-shx3.c.
        for (shift, mask) in [(0, 0x0f80), (4, 0x0ff0), (12, 0x000c), (16, 0x0fe0), (20, 0x000c), (28, 0x000e)] {
            assert_ne!(mask >> (value >> shift & 15) & 1, 0, "code at bit {shift}");
        }
    }

    #[test]
    fn watchdog_registers_need_their_keys() {
        let mut cpg = Cpg::sh7751r();
        cpg.write(0, 0, WTCSR, Width::Half, 0xa587).expect("WTCSR");
        cpg.write(0, 0, WTCNT, Width::Half, 0x1234).expect("WTCNT");
        assert_eq!(cpg.read(0, 0, WTCSR, Width::Byte), Ok(0x87));
        assert_eq!(cpg.read(0, 0, WTCNT, Width::Byte), Ok(0));
    }
}
