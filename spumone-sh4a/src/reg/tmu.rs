//! One TMU channel as a periodic tick (SH7785 hardware manual, section 15; facts: Linux drivers/clocksource/sh_tmu.c).

use super::mmio::{read8, read16, read32, write8, write16, write32};

const TSTR: u32 = 0x04;
const TCOR: u32 = 0x08;
const TCNT: u32 = 0x0c;
const TCR: u32 = 0x10;
const UNF: u16 = 0x100;
/// Interrupt on underflow, Pclk / 4.
const UNIE: u16 = 0x20;

/// A channel of a unit of three.
#[derive(Clone, Copy)]
pub struct Channel {
    /// Address of the unit's registers.
    pub unit: u32,
    /// 0..3 in the unit.
    pub number: u8,
}

impl Channel {
    fn register(self, offset: u32) -> u32 {
        self.unit + offset + 12 * u32::from(self.number)
    }

    /// Starts to count: an interrupt every `counts` of Pclk / 4. The unit's start register is shared with guests, so this comes
    /// before the first of them.
    pub fn start(self, counts: u32) {
        write32(self.register(TCOR), counts - 1);
        write32(self.register(TCNT), counts - 1);
        write16(self.register(TCR), UNIE);
        write8(self.unit + TSTR, read8(self.unit + TSTR) | 1 << self.number);
    }

    /// Starts to count without interrupts, over and over. Comes before the first guest, as above.
    pub fn run_free(self) {
        write32(self.register(TCOR), u32::MAX);
        write32(self.register(TCNT), u32::MAX);
        write16(self.register(TCR), 0);
        write8(self.unit + TSTR, read8(self.unit + TSTR) | 1 << self.number);
    }

    /// Counts of Pclk / 4 since it began to run free, modulo 2^32.
    pub fn counted(self) -> u32 {
        !read32(self.register(TCNT))
    }

    /// Asks for no more interrupts.
    pub fn quiet(self) {
        write16(self.register(TCR), 0);
    }

    /// Stops, as after a reset; nobody else uses the unit's start register at the moment.
    pub fn stop(self) {
        write8(self.unit + TSTR, read8(self.unit + TSTR) & !(1 << self.number));
        self.quiet();
    }

    /// The interrupt has been seen.
    pub fn clear(self) {
        let control = self.register(TCR);
        write16(control, read16(control) & !UNF);
    }
}
