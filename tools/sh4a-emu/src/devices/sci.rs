//! SCI of SH7751R: UART without FIFO, byte registers four bytes apart (manual section 15).

use super::clock::PeripheralClock;
use crate::bus::{CoreId, Width};
use crate::device::{Device, Instant, SerialLine, Unanswered};

const SCSMR1: u32 = 0x00;
const SCBRR1: u32 = 0x04;
const SCSCR1: u32 = 0x08;
const SCTDR1: u32 = 0x0c;
const SCSSR1: u32 = 0x10;
const SCRDR1: u32 = 0x14;
const SCSPTR1: u32 = 0x1c;

const SCSCR_TIE: u8 = 1 << 7;
const SCSCR_RIE: u8 = 1 << 6;
const SCSCR_TE: u8 = 1 << 5;
const SCSCR_RE: u8 = 1 << 4;
const SCSCR_TEIE: u8 = 1 << 2;

const SCSSR_TDRE: u8 = 1 << 7;
const SCSSR_RDRF: u8 = 1 << 6;
const SCSSR_ERRORS: u8 = 7 << 3;
const SCSSR_TEND: u8 = 1 << 2;

/// Interrupt outputs: bit numbers of [`Device::outputs`], in the order of their INTEVT codes.
pub const OUTPUT_ERI: u32 = 0;
/// Receive data.
pub const OUTPUT_RXI: u32 = 1;
/// Transmit register empty.
pub const OUTPUT_TXI: u32 = 2;
/// Transmission ended.
pub const OUTPUT_TEI: u32 = 3;

/// A serial port without FIFO. Transmission takes no time; a character waits outside until the last one was taken.
#[derive(Clone, Debug)]
pub struct Sci {
    clock: PeripheralClock,
    scsmr: u8,
    scbrr: u8,
    scscr: u8,
    sctdr: u8,
    scrdr: u8,
    scsptr: u8,
    /// RDRF and the error flags; TDRE and TEND always read as 1.
    flags: u8,
    seen: u8,
    sent: Vec<u8>,
    arriving: Option<(u8, Instant)>,
}

impl Sci {
    /// A port in its reset state.
    pub fn new(clock: PeripheralClock) -> Self {
        Self {
            clock,
            scsmr: 0,
            scbrr: 0xff,
            scscr: 0,
            sctdr: 0xff,
            scrdr: 0,
            scsptr: 0,
            flags: 0,
            seen: 0,
            sent: Vec::new(),
            arriving: None,
        }
    }

    fn character(&self, now: Instant) -> Instant {
        let ticks = (32 << (2 * (self.scsmr & 3))) * (u64::from(self.scbrr) + 1) * 10;
        self.clock.instant(self.clock.ticks(now) + ticks).max(now + 1)
    }
}

impl Device for Sci {
    fn read(&mut self, _core: CoreId, now: Instant, offset: u32, width: Width) -> Result<u32, Unanswered> {
        self.advance(now);
        if width != Width::Byte {
            return Err(Unanswered);
        }
        Ok(u32::from(match offset {
            SCSMR1 => self.scsmr,
            SCBRR1 => self.scbrr,
            SCSCR1 => self.scscr,
            SCTDR1 => self.sctdr,
            SCSSR1 => {
                self.seen = self.flags;
                self.flags | SCSSR_TDRE | SCSSR_TEND
            }
            SCRDR1 => self.scrdr,
            SCSPTR1 => self.scsptr,
            _ => return Err(Unanswered),
        }))
    }

    fn write(&mut self, _core: CoreId, now: Instant, offset: u32, width: Width, value: u32) -> Result<(), Unanswered> {
        self.advance(now);
        if width != Width::Byte {
            return Err(Unanswered);
        }
        let value = value as u8;
        match offset {
            SCSMR1 => self.scsmr = value,
            SCBRR1 => self.scbrr = value,
            SCSCR1 => self.scscr = value,
            SCTDR1 => {
                self.sctdr = value;
                if self.scscr & SCSCR_TE != 0 {
                    self.sent.push(value);
                }
            }
            SCSSR1 => {
                self.flags &= !(self.seen & !value);
                self.seen &= value;
            }
            SCRDR1 => {}
            SCSPTR1 => self.scsptr = value,
            _ => return Err(Unanswered),
        }
        Ok(())
    }

    fn next_event(&self, now: Instant) -> Option<Instant> {
        self.arriving.filter(|_| self.flags & SCSSR_RDRF == 0).map(|(_, at)| at.max(now))
    }

    fn advance(&mut self, now: Instant) {
        if let Some((byte, at)) = self.arriving
            && at <= now
            && self.flags & SCSSR_RDRF == 0
        {
            self.arriving = None;
            if self.scscr & SCSCR_RE != 0 {
                self.scrdr = byte;
                self.flags |= SCSSR_RDRF;
            }
        }
    }

    fn outputs(&self) -> u32 {
        let enabled = |bits: u8| self.scscr & bits == bits;
        u32::from(enabled(SCSCR_RIE) && self.flags & SCSSR_ERRORS != 0) << OUTPUT_ERI
            | u32::from(enabled(SCSCR_RIE) && self.flags & SCSSR_RDRF != 0) << OUTPUT_RXI
            | u32::from(enabled(SCSCR_TIE | SCSCR_TE)) << OUTPUT_TXI
            | u32::from(enabled(SCSCR_TEIE | SCSCR_TE)) << OUTPUT_TEI
    }

    fn serial(&mut self) -> Option<&mut dyn SerialLine> {
        Some(self)
    }
}

impl SerialLine for Sci {
    fn drain(&mut self, to: &mut Vec<u8>) {
        to.append(&mut self.sent);
    }

    fn offer(&mut self, now: Instant, byte: u8) -> bool {
        if self.scscr & SCSCR_RE == 0 || self.arriving.is_some() || self.flags & SCSSR_RDRF != 0 {
            return false;
        }
        self.arriving = Some((byte, self.character(now)));
        true
    }

    fn interrupts_on_input(&self) -> bool {
        self.scscr & (SCSCR_RE | SCSCR_RIE) == SCSCR_RE | SCSCR_RIE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(scscr: u8) -> Sci {
        let mut port = Sci::new(PeripheralClock::new(1, 1));
        port.write(0, 0, SCBRR1, Width::Byte, 0).expect("SCBRR1");
        port.write(0, 0, SCSCR1, Width::Byte, scscr.into()).expect("SCSCR1");
        port
    }

    #[test]
    fn transmits_at_once() {
        let mut port = port(SCSCR_TE);
        for &byte in b"ok" {
            assert_ne!(port.read(0, 0, SCSSR1, Width::Byte).expect("SCSSR1") & u32::from(SCSSR_TDRE), 0);
            port.write(0, 0, SCTDR1, Width::Byte, byte.into()).expect("SCTDR1");
        }
        let mut out = Vec::new();
        port.drain(&mut out);
        assert_eq!(out, b"ok");
    }

    #[test]
    fn receives_one_and_holds_the_next_back() {
        let mut port = port(SCSCR_RE | SCSCR_RIE);
        assert!(port.offer(0, b'a'));
        // 10 bits of 32 ticks.
        assert_eq!(port.next_event(0), Some(320));
        port.advance(320);
        assert_eq!(port.outputs(), 1 << OUTPUT_RXI);
        assert!(!port.offer(320, b'b'));
        assert_eq!(port.read(0, 330, SCRDR1, Width::Byte), Ok(b'a'.into()));
        port.read(0, 330, SCSSR1, Width::Byte).expect("SCSSR1");
        port.write(0, 330, SCSSR1, Width::Byte, u32::from(!SCSSR_RDRF)).expect("SCSSR1");
        assert_eq!(port.outputs(), 0);
        assert!(port.offer(330, b'b'));
    }

    #[test]
    fn only_bytes_are_answered() {
        assert_eq!(port(0).read(0, 0, SCSSR1, Width::Half), Err(Unanswered));
    }
}
