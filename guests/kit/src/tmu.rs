//! A channel of a timer unit (SH7751R hardware manual, section 12; SH-X3 has the same registers).

use crate::cpu::mmio;

const TSTR: u32 = 0x04;
const TCOR: u32 = 0x08;
const TCNT: u32 = 0x0c;
const TCR: u32 = 0x10;
const CHANNEL: u32 = 12;
/// TCR: interrupt on underflow, Pclk / 4.
const UNIE: u16 = 1 << 5;
/// TCR: it has underflown.
const UNF: u16 = 1 << 8;

/// Where a channel is and what it interrupts with.
#[derive(Clone, Copy)]
pub struct TmuPlace {
    /// Base of the unit.
    pub unit: u32,
    /// Channel in the unit, 0..3.
    pub channel: u32,
    /// Its INTEVT code.
    pub intevt: u32,
}

impl TmuPlace {
    /// TMU0, the low guest's.
    #[cfg(feature = "rp1")]
    pub const TMU0: Self = Self { unit: 0xffc1_0000, channel: 0, intevt: 0x400 };
    /// TMU3, the RT guest's.
    #[cfg(feature = "rp1")]
    pub const TMU3: Self = Self { unit: 0xffc2_0000, channel: 0, intevt: 0x460 };
    /// TMU4, beside it; nobody owns its interrupt.
    #[cfg(feature = "rp1")]
    pub const TMU4: Self = Self { unit: 0xffc2_0000, channel: 1, intevt: 0x480 };

    /// TMU0, the low guest's.
    #[cfg(feature = "r2d")]
    pub const TMU0: Self = Self { unit: 0xffd8_0000, channel: 0, intevt: 0x400 };
    /// TMU3, the RT guest's.
    #[cfg(feature = "r2d")]
    pub const TMU3: Self = Self { unit: 0xfe10_0000, channel: 0, intevt: 0xb00 };
    /// TMU4, beside it; nobody owns its interrupt.
    #[cfg(feature = "r2d")]
    pub const TMU4: Self = Self { unit: 0xfe10_0000, channel: 1, intevt: 0xb80 };
}

/// A channel that counts down at Pclk / 4 and reloads.
#[derive(Clone, Copy)]
pub struct Tmu {
    place: TmuPlace,
}

impl Tmu {
    /// The channel at `place`, as it is.
    pub fn of(place: TmuPlace) -> Self {
        Self { place }
    }

    /// The channel at `place`, stopped.
    pub fn new(place: TmuPlace) -> Self {
        let tmu = Self::of(place);
        tmu.stop();
        tmu
    }

    fn register(&self, offset: u32) -> u32 {
        self.place.unit + offset + CHANNEL * self.place.channel
    }

    /// Its INTEVT code.
    pub fn intevt(&self) -> u32 {
        self.place.intevt
    }

    /// Starts it with a period of `ticks` ticks of Pclk / 4, with an interrupt at each underflow if `interrupt`.
    pub fn start(&self, ticks: u32, interrupt: bool) {
        self.stop();
        mmio::write16(self.register(TCR), if interrupt { UNIE } else { 0 });
        mmio::write32(self.register(TCOR), ticks - 1);
        mmio::write32(self.register(TCNT), ticks - 1);
        let running = mmio::read8(self.place.unit + TSTR);
        mmio::write8(self.place.unit + TSTR, running | 1 << self.place.channel);
    }

    /// Lets it count for ever without interrupts, if it does not count already: then somebody else reads it too.
    pub fn run_free(&self) {
        if mmio::read8(self.place.unit + TSTR) & 1 << self.place.channel == 0 {
            self.start(u32::MAX, false);
        }
    }

    /// Stops it.
    pub fn stop(&self) {
        let running = mmio::read8(self.place.unit + TSTR);
        mmio::write8(self.place.unit + TSTR, running & !(1 << self.place.channel));
    }

    /// Ticks left until the next underflow.
    pub fn count(&self) -> u32 {
        mmio::read32(self.register(TCNT))
    }

    /// True if it has underflown since [`Tmu::acknowledge`].
    pub fn underflown(&self) -> bool {
        mmio::read16(self.register(TCR)) & UNF != 0
    }

    /// Takes the interrupt request back.
    pub fn acknowledge(&self) {
        let control = mmio::read16(self.register(TCR));
        mmio::write16(self.register(TCR), control & !UNF);
    }
}
