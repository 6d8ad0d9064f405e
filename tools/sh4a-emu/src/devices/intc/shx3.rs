//! INTC of SH-X3 at 0xfe410000: level priorities shared by all cores, masks and inter-core interrupts for each core.
//! Sources: Linux `setup-shx3.c`, `smp-shx3.c`, `intc-shx3.c`; the meaning of INT2DISTCR and INTACK is assumed (docs/caveats.md).

use super::{CORES, InterruptController, index, stronger};
use crate::bus::{CoreId, Interrupt, Width};
use crate::device::{Instant, Unanswered};

const ICR0: u32 = 0x00;
const INTPRI: u32 = 0x10;
const ICR1: u32 = 0x1c;
const INTREQ: u32 = 0x24;
const INTMSK0: u32 = 0x30;
const INTMSK1: u32 = 0x40;
const INTMSKCLR0: u32 = 0x50;
const INTMSKCLR1: u32 = 0x60;
const INTICI: u32 = 0x70;
const INTICICLR: u32 = 0x80;
const ICIPRI: u32 = 0x90;
const ICIPRICLR: u32 = 0xa0;
const INTACK: u32 = 0xb8;
const INTACKCLR: u32 = 0xbc;
const NMIFCR: u32 = 0xc0;
const INT2PRI: u32 = 0x800;
const INT2MSK: u32 = 0x820;
const INT2MSKCLR: u32 = 0x850;
const INT2DISTCR: u32 = 0x8a0;
const USERIMASK: u32 = 0x1000;

const USERIMASK_KEY: u32 = 0xa5;

/// Where a source's priority field and mask bit are.
struct Source {
    intevt: u16,
    /// INT2PRI register and nibble.
    priority: (usize, u32),
    /// INT2MSK register and bit.
    mask: (usize, u32),
}

const fn source(intevt: u16, register: usize, nibble: u32, mask_register: usize, bit: u32) -> Source {
    Source { intevt, priority: (register, nibble), mask: (mask_register, bit) }
}

/// The on-chip sources that have a model or a board line; groups share one priority.
const SOURCES: [Source; 45] = [
    source(0x3e0, 0, 6, 0, 0), // HUDII has no mask bit: see `masked`
    source(0x400, 0, 0, 0, 1), // TMU0..TMU5
    source(0x420, 0, 1, 0, 2),
    source(0x440, 0, 2, 0, 3),
    source(0x460, 0, 3, 0, 4),
    source(0x480, 0, 4, 0, 5),
    source(0x4a0, 0, 5, 0, 6),
    source(0x500, 2, 0, 1, 14), // PCII0..PCII9
    source(0x520, 2, 1, 1, 15),
    source(0x540, 2, 2, 1, 16),
    source(0x560, 2, 3, 1, 17),
    source(0x580, 2, 4, 1, 18),
    source(0x5a0, 2, 5, 1, 19),
    source(0x5c0, 2, 5, 1, 20),
    source(0x5e0, 2, 5, 1, 21),
    source(0x600, 2, 5, 1, 22),
    source(0x620, 2, 5, 1, 23),
    source(0x700, 1, 0, 2, 0), // SCIF0 ERI, RXI, BRI, TXI
    source(0x720, 1, 0, 2, 1),
    source(0x740, 1, 0, 2, 2),
    source(0x760, 1, 0, 2, 3),
    source(0x780, 1, 1, 2, 4), // SCIF1
    source(0x7a0, 1, 1, 2, 5),
    source(0x7c0, 1, 1, 2, 6),
    source(0x7e0, 1, 1, 2, 7),
    source(0x800, 1, 2, 2, 8), // SCIF2: its codes collide with the FPU's in software, not in the INTC
    source(0x820, 1, 2, 2, 9),
    source(0x840, 1, 2, 2, 10),
    source(0x860, 1, 2, 2, 11),
    source(0x880, 1, 3, 2, 12), // SCIF3
    source(0x8a0, 1, 3, 2, 13),
    source(0x8c0, 1, 3, 2, 14),
    source(0x8e0, 1, 3, 2, 15),
    source(0x9e0, 3, 0, 0, 23), // DU
    source(0xae0, 3, 1, 0, 24), // IIC
    source(0xb00, 3, 2, 0, 25), // VIN0
    source(0xb20, 3, 3, 0, 26), // VIN1
    source(0xb60, 3, 5, 0, 28), // ATAPI
    source(0xe00, 3, 6, 0, 30), // FE0
    source(0xe20, 3, 7, 0, 31), // FE1
    source(0xe40, 4, 1, 0, 19), // GPIO0..GPIO3
    source(0xe60, 4, 2, 0, 20),
    source(0xe80, 4, 3, 0, 21),
    source(0xea0, 4, 4, 0, 22),
    source(0xec0, 4, 5, 0, 18), // PAM
];

const INTICI0: u16 = 0xf00;
const NO_MASK_BIT: u16 = 0x3e0;

#[derive(Clone, Debug, Default)]
struct PerCore {
    intmsk: [u32; 2],
    int2msk: [u32; 3],
    intici: u32,
    icipri: u32,
    ici_at: [Instant; 8],
    /// Interrupts that this core took and has not finished (INTACKCLR), a bit each by [`index`].
    taken: u128,
    /// Those of them that were distributed: no other core gets them.
    claimed: u128,
    best: Option<Interrupt>,
}

impl PerCore {
    /// The core has done with `intevt`, or its request has gone.
    fn finish(&mut self, intevt: u16) {
        self.taken &= !flag(intevt);
        self.claimed &= !flag(intevt);
    }
}

fn flag(intevt: u16) -> u128 {
    1 << index(intevt)
}

/// The controller.
#[derive(Clone, Debug)]
pub struct Shx3Intc {
    icr: [u32; 2],
    intpri: u32,
    nmifcr: u32,
    int2pri: [u32; 5],
    int2distcr: [u32; 3],
    userimask: u32,
    cores: [PerCore; CORES],
    /// Request lines, by [`index`].
    lines: [bool; 128],
    raised_at: [Instant; 128],
}

impl Default for Shx3Intc {
    fn default() -> Self {
        let core = PerCore { intmsk: [u32::MAX; 2], int2msk: [u32::MAX; 3], ..PerCore::default() };
        Self {
            icr: [0; 2],
            intpri: 0,
            nmifcr: 0,
            int2pri: [0; 5],
            int2distcr: [0; 3],
            userimask: 0,
            cores: std::array::from_fn(|_| core.clone()),
            lines: [false; 128],
            raised_at: [0; 128],
        }
    }
}

impl Shx3Intc {
    fn field(register: u32, nibble: u32) -> u8 {
        (register >> (4 * nibble) & 15) as u8
    }

    /// The level at which `source` may be presented to `core`, 0 if not at all.
    fn source_level(&self, core: CoreId, source: &Source) -> u8 {
        let (register, bit) = source.mask;
        let masked = source.intevt != NO_MASK_BIT && self.cores[core].int2msk[register] >> bit & 1 != 0;
        let elsewhere = (0..CORES).any(|other| other != core && self.cores[other].claimed & flag(source.intevt) != 0);
        if masked || elsewhere { 0 } else { Self::field(self.int2pri[source.priority.0], source.priority.1) }
    }

    fn on_chip(&self, core: CoreId) -> impl Iterator<Item = Interrupt> + '_ {
        SOURCES
            .iter()
            .filter(|source| self.lines[index(source.intevt)])
            .map(move |source| Interrupt { level: self.source_level(core, source), intevt: source.intevt })
    }

    fn inter_core(&self, core: CoreId) -> impl Iterator<Item = Interrupt> + '_ {
        let state = &self.cores[core];
        (0..8u32).filter(|message| state.intici >> (message << 2) & 1 != 0).map(move |message| Interrupt {
            level: Self::field(state.icipri, message),
            intevt: INTICI0 + 0x20 * message as u16,
        })
    }

    fn arbitrate(&mut self) {
        let threshold = (self.userimask >> 4 & 15) as u8;
        for core in 0..CORES {
            let best = self
                .on_chip(core)
                .chain(self.inter_core(core))
                .filter(|interrupt| interrupt.level > threshold)
                .fold(None, stronger);
            self.cores[core].best = best;
        }
    }

    /// The core that a register of a bank of four belongs to.
    fn bank(offset: u32, base: u32) -> Option<usize> {
        let at = offset.wrapping_sub(base);
        (at < 4 * CORES as u32 && at.is_multiple_of(4)).then_some(at as usize / 4)
    }

    /// Three banks of four, one after the other (INT2MSK0..2).
    fn banks(offset: u32, base: u32) -> Option<(usize, usize)> {
        let at = offset.wrapping_sub(base);
        (at < 0x30 && at.is_multiple_of(4)).then_some((at as usize >> 4, at as usize >> 2 & 3))
    }

    fn read_register(&self, core: CoreId, offset: u32) -> Result<u32, Unanswered> {
        Ok(match offset {
            ICR0 => self.icr[0],
            ICR1 => self.icr[1],
            INTPRI => self.intpri,
            INTREQ => 0,
            NMIFCR => self.nmifcr,
            INTACK => (self.cores[core].taken != 0).into(),
            INTACKCLR => 0,
            USERIMASK => self.userimask,
            _ if (INT2PRI..INT2PRI + 20).contains(&offset) && offset.is_multiple_of(4) => {
                self.int2pri[(offset - INT2PRI) as usize / 4]
            }
            _ if (INT2DISTCR..INT2DISTCR + 12).contains(&offset) && offset.is_multiple_of(4) => {
                self.int2distcr[(offset - INT2DISTCR) as usize / 4]
            }
            _ => return self.read_banked(offset),
        })
    }

    fn read_banked(&self, offset: u32) -> Result<u32, Unanswered> {
        let of = |base: u32, value: fn(&PerCore) -> u32| Self::bank(offset, base).map(|core| value(&self.cores[core]));
        of(INTMSK0, |core| core.intmsk[0])
            .or_else(|| of(INTMSK1, |core| core.intmsk[1]))
            .or_else(|| of(INTICI, |core| core.intici))
            .or_else(|| of(ICIPRI, |core| core.icipri))
            .or_else(|| Self::banks(offset, INT2MSK).map(|(set, core)| self.cores[core].int2msk[set]))
            // The clear registers read as zero.
            .or_else(|| [INTMSKCLR0, INTMSKCLR1, INTICICLR, ICIPRICLR].iter().find_map(|&base| of(base, |_| 0)))
            .or_else(|| Self::banks(offset, INT2MSKCLR).map(|_| 0))
            .ok_or(Unanswered)
    }

    fn write_register(&mut self, core: CoreId, now: Instant, offset: u32, value: u32) -> Result<(), Unanswered> {
        match offset {
            ICR0 => self.icr[0] = value,
            ICR1 => self.icr[1] = value,
            INTPRI => self.intpri = value,
            INTREQ => {}
            NMIFCR => self.nmifcr = value,
            INTACK => {}
            INTACKCLR => self.cores[core].finish(value as u16),
            USERIMASK => {
                if value >> 24 == USERIMASK_KEY {
                    self.userimask = value & 0xf0;
                }
            }
            _ if (INT2PRI..INT2PRI + 20).contains(&offset) && offset.is_multiple_of(4) => {
                self.int2pri[(offset - INT2PRI) as usize / 4] = value;
            }
            _ if (INT2DISTCR..INT2DISTCR + 12).contains(&offset) && offset.is_multiple_of(4) => {
                self.int2distcr[(offset - INT2DISTCR) as usize / 4] = value;
            }
            _ => return self.write_banked(now, offset, value),
        }
        Ok(())
    }

    fn write_banked(&mut self, now: Instant, offset: u32, value: u32) -> Result<(), Unanswered> {
        type Change = fn(&mut PerCore, u32);
        const SETS_AND_CLEARS: [(u32, Change); 7] = [
            (INTMSK0, |core, value| core.intmsk[0] |= value),
            (INTMSK1, |core, value| core.intmsk[1] |= value),
            (INTMSKCLR0, |core, value| core.intmsk[0] &= !value),
            (INTMSKCLR1, |core, value| core.intmsk[1] &= !value),
            (INTICICLR, |core, value| core.intici &= !value),
            (ICIPRI, |core, value| core.icipri |= value),
            (ICIPRICLR, |core, value| core.icipri &= !value),
        ];
        if let Some((set, core)) = Self::banks(offset, INT2MSK) {
            self.cores[core].int2msk[set] |= value;
        } else if let Some((set, core)) = Self::banks(offset, INT2MSKCLR) {
            self.cores[core].int2msk[set] &= !value;
        } else if let Some(core) = Self::bank(offset, INTICI) {
            let state = &mut self.cores[core];
            let raised = value & 0x1111_1111 & !state.intici;
            state.intici |= raised;
            (0..8).filter(|message| raised >> (message << 2) & 1 != 0).for_each(|message| state.ici_at[message] = now);
        } else {
            let (core, change) = SETS_AND_CLEARS
                .iter()
                .find_map(|&(base, change)| Self::bank(offset, base).map(|core| (core, change)))
                .ok_or(Unanswered)?;
            change(&mut self.cores[core], value);
        }
        Ok(())
    }
}

impl InterruptController for Shx3Intc {
    fn read(&mut self, core: CoreId, _now: Instant, _window: u8, offset: u32, width: Width) -> Result<u32, Unanswered> {
        if width != Width::Long {
            return Err(Unanswered);
        }
        self.read_register(core % CORES, offset)
    }

    fn write(
        &mut self,
        core: CoreId,
        now: Instant,
        _window: u8,
        offset: u32,
        width: Width,
        value: u32,
    ) -> Result<(), Unanswered> {
        if width != Width::Long {
            return Err(Unanswered);
        }
        self.write_register(core % CORES, now, offset, value)?;
        self.arbitrate();
        Ok(())
    }

    fn set_line(&mut self, now: Instant, intevt: u16, on: bool) {
        let line = index(intevt);
        if self.lines[line] == on {
            return;
        }
        self.lines[line] = on;
        if on {
            self.raised_at[line] = now;
        } else {
            self.cores.iter_mut().for_each(|core| core.finish(intevt));
        }
        self.arbitrate();
    }

    fn pending(&self, core: CoreId) -> Option<Interrupt> {
        self.cores.get(core)?.best
    }

    fn level(&self, core: CoreId, intevt: u16) -> u8 {
        let threshold = (self.userimask >> 4 & 15) as u8;
        let source = SOURCES.iter().find(|source| source.intevt == intevt);
        let level = source.map_or(0, |source| self.source_level(core % CORES, source));
        if level > threshold { level } else { 0 }
    }

    fn accepted(&mut self, core: CoreId, interrupt: Interrupt) {
        let distributed = SOURCES.iter().any(|source| {
            source.intevt == interrupt.intevt && self.int2distcr[source.mask.0] >> source.mask.1 & 1 != 0
        });
        let Some(state) = self.cores.get_mut(core) else { return };
        state.taken |= flag(interrupt.intevt);
        if distributed {
            state.claimed |= flag(interrupt.intevt);
            self.arbitrate();
        }
    }

    fn asserted_at(&self, core: CoreId, intevt: u16) -> Instant {
        match intevt.checked_sub(INTICI0) {
            Some(message) => self.cores[core % CORES].ici_at[usize::from(message >> 5) & 7],
            None => self.raised_at[index(intevt)],
        }
    }
}

#[cfg(test)]
mod tests;
