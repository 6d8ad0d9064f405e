//! INTC of SH7751R: window 0 at 0xffd00000 (ICR, IPRA..IPRD), window 1 at 0xfe080000 (INTPRI00, INTREQ00, INTMSK00,
//! INTMSKCLR00). Manual section 19. Unlike stock QEMU's model it has levels.

use super::{InterruptController, index, stronger};
use crate::bus::{CoreId, Interrupt, Width};
use crate::device::{Instant, Unanswered};

/// Register window of ICR and IPRA..IPRD.
const WINDOW_IPR: u8 = 0;

const ICR: u32 = 0x00;
const IPR: u32 = 0x04;
const INTPRI00: u32 = 0x00;
const INTREQ00: u32 = 0x20;
const INTMSK00: u32 = 0x40;
const INTMSKCLR00: u32 = 0x60;

/// ICR bits that can be written: MAI, NMIB, NMIE, IRLM.
const ICR_WRITABLE: u16 = 0x4380;
const INTMSK00_BITS: u32 = 0x3ff;

enum Priority {
    /// IPRA..IPRD, and the nibble's shift.
    Ipr(usize, u32),
    /// INTPRI00 nibble's shift and the source's bit in INTMSK00 and INTREQ00.
    Intpri00(u32, u32),
}

const SOURCES: [(u16, Priority); 17] = [
    (0x400, Priority::Ipr(0, 12)), // TMU0
    (0x420, Priority::Ipr(0, 8)),  // TMU1
    (0x440, Priority::Ipr(0, 4)),  // TMU2
    (0x480, Priority::Ipr(0, 0)),  // RTC
    (0x560, Priority::Ipr(1, 12)), // WDT
    (0x4e0, Priority::Ipr(1, 4)),  // SCI ERI, RXI, TXI, TEI
    (0x500, Priority::Ipr(1, 4)),
    (0x520, Priority::Ipr(1, 4)),
    (0x540, Priority::Ipr(1, 4)),
    (0x600, Priority::Ipr(2, 0)),  // H-UDI
    (0x620, Priority::Ipr(2, 12)), // GPIO
    (0x700, Priority::Ipr(2, 4)),  // SCIF ERI, RXI, BRI, TXI
    (0x720, Priority::Ipr(2, 4)),
    (0x740, Priority::Ipr(2, 4)),
    (0x760, Priority::Ipr(2, 4)),
    (0xb00, Priority::Intpri00(8, 8)),  // TMU3
    (0xb80, Priority::Intpri00(12, 9)), // TMU4
];

/// The controller; its chip has one core, so only core 0 is ever interrupted.
#[derive(Clone, Debug)]
pub struct Sh7751rIntc {
    icr: u16,
    ipr: [u16; 4],
    intpri00: u32,
    intmsk00: u32,
    lines: [bool; 128],
    raised_at: [Instant; 128],
    best: Option<Interrupt>,
}

impl Default for Sh7751rIntc {
    fn default() -> Self {
        Self {
            // NMIL shows the NMI pin, which is high; IPRD's reset value gives the IRL pins levels 13, 10, 7 and 4.
            icr: 0x8000,
            ipr: [0, 0, 0, 0xda74],
            intpri00: 0,
            intmsk00: INTMSK00_BITS,
            lines: [false; 128],
            raised_at: [0; 128],
            best: None,
        }
    }
}

impl Sh7751rIntc {
    fn priority_level(&self, priority: &Priority) -> u8 {
        match *priority {
            Priority::Ipr(register, shift) => (self.ipr[register] >> shift & 15) as u8,
            Priority::Intpri00(shift, bit) if self.intmsk00 >> bit & 1 == 0 => (self.intpri00 >> shift & 15) as u8,
            Priority::Intpri00(..) => 0,
        }
    }

    fn arbitrate(&mut self) {
        self.best = SOURCES
            .iter()
            .filter(|(intevt, _)| self.lines[index(*intevt)])
            .map(|(intevt, priority)| Interrupt { level: self.priority_level(priority), intevt: *intevt })
            .filter(|interrupt| interrupt.level > 0)
            .fold(None, stronger);
    }

    fn requests(&self) -> u32 {
        SOURCES
            .iter()
            .filter(|(intevt, _)| self.lines[index(*intevt)])
            .map(|(_, priority)| if let Priority::Intpri00(_, bit) = priority { 1 << bit } else { 0 })
            .sum()
    }

    fn ipr_index(offset: u32) -> Option<usize> {
        let at = offset.wrapping_sub(IPR);
        (at < 16 && at.is_multiple_of(4)).then_some(at as usize / 4)
    }
}

impl InterruptController for Sh7751rIntc {
    fn read(&mut self, _core: CoreId, _now: Instant, window: u8, offset: u32, width: Width) -> Result<u32, Unanswered> {
        if window == WINDOW_IPR {
            return match (offset, width) {
                (ICR, Width::Half) => Ok(self.icr.into()),
                (_, Width::Half) => Self::ipr_index(offset).map(|at| self.ipr[at].into()).ok_or(Unanswered),
                _ => Err(Unanswered),
            };
        }
        match (offset, width) {
            (INTPRI00, Width::Long) => Ok(self.intpri00),
            (INTREQ00, Width::Long) => Ok(self.requests()),
            (INTMSK00, Width::Long) => Ok(self.intmsk00),
            (INTMSKCLR00, Width::Long) => Ok(0),
            _ => Err(Unanswered),
        }
    }

    fn write(
        &mut self,
        _core: CoreId,
        _now: Instant,
        window: u8,
        offset: u32,
        width: Width,
        value: u32,
    ) -> Result<(), Unanswered> {
        match (window, offset, width) {
            (WINDOW_IPR, ICR, Width::Half) => self.icr = self.icr & !ICR_WRITABLE | value as u16 & ICR_WRITABLE,
            (WINDOW_IPR, _, Width::Half) => self.ipr[Self::ipr_index(offset).ok_or(Unanswered)?] = value as u16,
            (WINDOW_IPR, ..) => return Err(Unanswered),
            (_, INTPRI00, Width::Long) => self.intpri00 = value,
            (_, INTMSK00, Width::Long) => self.intmsk00 |= value & INTMSK00_BITS,
            (_, INTMSKCLR00, Width::Long) => self.intmsk00 &= !value,
            _ => return Err(Unanswered),
        }
        self.arbitrate();
        Ok(())
    }

    fn set_line(&mut self, now: Instant, intevt: u16, on: bool) {
        let line = index(intevt);
        if self.lines[line] != on {
            self.lines[line] = on;
            if on {
                self.raised_at[line] = now;
            }
            self.arbitrate();
        }
    }

    fn pending(&self, core: CoreId) -> Option<Interrupt> {
        self.best.filter(|_| core == 0)
    }

    fn level(&self, core: CoreId, intevt: u16) -> u8 {
        let source = SOURCES.iter().find(|(code, _)| *code == intevt && core == 0);
        source.map_or(0, |(_, priority)| self.priority_level(priority))
    }

    fn accepted(&mut self, _core: CoreId, _interrupt: Interrupt) {}

    fn asserted_at(&self, _core: CoreId, intevt: u16) -> Instant {
        self.raised_at[index(intevt)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(intc: &mut Sh7751rIntc, window: u8, offset: u32, value: u32) {
        let width = if window == WINDOW_IPR { Width::Half } else { Width::Long };
        intc.write(0, 0, window, offset, width, value).expect("a register");
    }

    #[test]
    fn ipra_gives_tmu0_its_top_nibble() {
        let mut intc = Sh7751rIntc::default();
        intc.set_line(3, 0x400, true);
        assert_eq!(intc.pending(0), None);
        put(&mut intc, WINDOW_IPR, 0x04, 0x2000);
        assert_eq!(intc.pending(0), Some(Interrupt { level: 2, intevt: 0x400 }));
        assert_eq!(intc.asserted_at(0, 0x400), 3);
        intc.set_line(4, 0x400, false);
        assert_eq!(intc.pending(0), None);
    }

    #[test]
    fn scif_and_sci_have_their_nibbles() {
        let mut intc = Sh7751rIntc::default();
        put(&mut intc, WINDOW_IPR, 0x0c, 0x0030); // IPRC: SCIF 3
        put(&mut intc, WINDOW_IPR, 0x08, 0x0040); // IPRB: SCI 4
        intc.set_line(0, 0x760, true);
        assert_eq!(intc.pending(0), Some(Interrupt { level: 3, intevt: 0x760 }));
        intc.set_line(0, 0x500, true);
        assert_eq!(intc.pending(0), Some(Interrupt { level: 4, intevt: 0x500 }));
    }

    #[test]
    fn tmu3_needs_level_and_mask() {
        let mut intc = Sh7751rIntc::default();
        intc.set_line(0, 0xb00, true);
        put(&mut intc, 1, INTPRI00, 0xc00);
        assert_eq!(intc.pending(0), None);
        assert_eq!(intc.read(0, 0, 1, INTREQ00, Width::Long), Ok(0x100));
        put(&mut intc, 1, INTMSKCLR00, 0x100);
        assert_eq!(intc.pending(0), Some(Interrupt { level: 12, intevt: 0xb00 }));
        put(&mut intc, 1, INTMSK00, 0x100);
        assert_eq!(intc.pending(0), None);
    }

    #[test]
    fn reset_values_are_the_manuals() {
        let mut intc = Sh7751rIntc::default();
        assert_eq!(intc.read(0, 0, 0, 0x10, Width::Half), Ok(0xda74));
        assert_eq!(intc.read(0, 0, 1, INTMSK00, Width::Long), Ok(0x3ff));
        assert_eq!(intc.read(0, 0, 0, 0x04, Width::Long), Err(Unanswered));
    }
}
