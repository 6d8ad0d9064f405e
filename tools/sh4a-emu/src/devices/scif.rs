//! SCIF: UART with 16-byte FIFOs (SH7751R manual section 16; register offsets as SH-4A places them).
//!
//! Transmission takes no time: a byte leaves when it is written. Reception takes the time that SCSMR and SCBRR ask for, and a
//! byte waits outside while the receive FIFO is full, as with hardware flow control: nothing that the host sends is lost.

use std::collections::VecDeque;

use super::clock::PeripheralClock;
use crate::bus::{CoreId, Width};
use crate::device::{Device, Instant, SerialLine, Unanswered};

const SCSMR: u32 = 0x00;
const SCBRR: u32 = 0x04;
const SCSCR: u32 = 0x08;
const SCFTDR: u32 = 0x0c;
const SCFSR: u32 = 0x10;
const SCFRDR: u32 = 0x14;
const SCFCR: u32 = 0x18;
const SCFDR: u32 = 0x1c;
const SCSPTR: u32 = 0x20;
const SCLSR: u32 = 0x24;

const SCSCR_TIE: u16 = 1 << 7;
const SCSCR_RIE: u16 = 1 << 6;
const SCSCR_TE: u16 = 1 << 5;
const SCSCR_RE: u16 = 1 << 4;
const SCSCR_REIE: u16 = 1 << 3;

const SCFSR_ER: u16 = 1 << 7;
const SCFSR_TEND: u16 = 1 << 6;
const SCFSR_TDFE: u16 = 1 << 5;
const SCFSR_BRK: u16 = 1 << 4;
const SCFSR_RDF: u16 = 1 << 1;
const SCFSR_DR: u16 = 1 << 0;

const SCFCR_TFRST: u16 = 1 << 2;
const SCFCR_RFRST: u16 = 1 << 1;
const SCFCR_LOOP: u16 = 1 << 0;

const SCLSR_ORER: u16 = 1 << 0;

const FIFO_LEN: usize = 16;

/// Interrupt outputs: bit numbers of [`Device::outputs`], in the order of their INTEVT codes.
pub const OUTPUT_ERI: u32 = 0;
/// Receive data.
pub const OUTPUT_RXI: u32 = 1;
/// Break or overrun.
pub const OUTPUT_BRI: u32 = 2;
/// Transmit FIFO has room.
pub const OUTPUT_TXI: u32 = 3;

/// TEND and TDFE in stock QEMU's `hw/char/sh_serial.c`: clear from a write (or from being cleared) until they were read once.
#[derive(Clone, Copy, Debug)]
struct QemuTransmitFlags {
    tend: bool,
    tdfe: bool,
}

impl QemuTransmitFlags {
    fn bits(self) -> u16 {
        (u16::from(self.tend) * SCFSR_TEND) | (u16::from(self.tdfe) * SCFSR_TDFE)
    }
}

/// A serial port with FIFO.
#[derive(Clone, Debug)]
pub struct Scif {
    clock: PeripheralClock,
    scsmr: u16,
    scbrr: u8,
    scscr: u16,
    /// Latched flags ER, BRK, DR and RDF; TEND and TDFE always read as 1.
    flags: u16,
    /// Flags that were 1 when SCFSR was last read: only those may be cleared.
    seen: u16,
    scfcr: u16,
    scsptr: u16,
    orer: bool,
    receive: VecDeque<u8>,
    sent: Vec<u8>,
    /// The byte on the line and when its stop bit ends.
    arriving: Option<(u8, Instant)>,
    /// What TEND and TDFE do, if not what the chip's do.
    transmit_flags: Option<QemuTransmitFlags>,
    /// When 15 bit times have passed without a byte while fewer than the trigger wait.
    idle_at: Option<Instant>,
}

impl Scif {
    /// A port in its reset state.
    pub fn new(clock: PeripheralClock) -> Self {
        Self {
            clock,
            scsmr: 0,
            scbrr: 0xff,
            scscr: 0,
            flags: 0,
            seen: 0,
            scfcr: 0,
            scsptr: 0,
            orer: false,
            receive: VecDeque::with_capacity(FIFO_LEN),
            sent: Vec::new(),
            arriving: None,
            transmit_flags: None,
            idle_at: None,
        }
    }

    /// A port whose TEND and TDFE behave as stock QEMU's: for counting instructions against it. A driver that polls for them
    /// goes round once more for each byte, and one that works by interrupts takes one more for each.
    pub fn with_qemus_flags(self) -> Self {
        Self { transmit_flags: Some(QemuTransmitFlags { tend: true, tdfe: true }), ..self }
    }

    /// A break condition arrives on the line.
    pub fn receive_break(&mut self) {
        if self.scscr & SCSCR_RE != 0 {
            self.flags |= SCFSR_BRK;
        }
    }

    /// A character with a framing or parity error arrives.
    pub fn receive_error(&mut self) {
        if self.scscr & SCSCR_RE != 0 {
            self.flags |= SCFSR_ER;
        }
    }

    fn status(&self) -> u16 {
        self.flags | self.transmit_flags.map_or(SCFSR_TEND | SCFSR_TDFE, QemuTransmitFlags::bits)
    }

    fn trigger(&self) -> usize {
        [1, 4, 8, 14][usize::from(self.scfcr >> 6 & 3)]
    }

    /// `bits` bit times in cycles: 32 * 4^CKS * (SCBRR + 1) ticks of Pclk each.
    fn bit_times(&self, now: Instant, bits: u64) -> Instant {
        let ticks = (32 << (2 * (self.scsmr & 3))) * (u64::from(self.scbrr) + 1) * bits;
        self.clock.instant(self.clock.ticks(now) + ticks).max(now + 1)
    }

    fn character_bits(&self) -> u64 {
        let data = if self.scsmr & 0x40 != 0 { 7 } else { 8 };
        1 + data + u64::from(self.scsmr >> 5 & 1) + 1 + u64::from(self.scsmr >> 3 & 1)
    }

    fn push(&mut self, now: Instant, byte: u8) {
        if self.receive.len() == FIFO_LEN {
            self.orer = true;
            return;
        }
        self.receive.push_back(byte);
        self.watch(now);
    }

    /// Works RDF out and starts the wait for DR after the FIFO changed.
    fn watch(&mut self, now: Instant) {
        if self.receive.len() >= self.trigger() {
            self.flags |= SCFSR_RDF;
        }
        let waits = !self.receive.is_empty() && self.receive.len() < self.trigger() && self.flags & SCFSR_DR == 0;
        self.idle_at = waits.then(|| self.bit_times(now, 15));
    }

    fn write_status(&mut self, now: Instant, value: u16) {
        let mut cleared = self.seen & !value;
        if self.receive.len() >= self.trigger() {
            cleared &= !SCFSR_RDF;
        }
        if let Some(flags) = &mut self.transmit_flags {
            flags.tend &= value & SCFSR_TEND != 0;
            flags.tdfe &= value & SCFSR_TDFE != 0;
        }
        self.flags &= !(cleared & (SCFSR_ER | SCFSR_BRK | SCFSR_RDF | SCFSR_DR));
        self.seen &= value;
        self.watch(now);
    }

    fn transmit(&mut self, now: Instant, byte: u8) {
        if self.scscr & SCSCR_TE == 0 || self.scfcr & SCFCR_TFRST != 0 {
            return;
        }
        if let Some(flags) = &mut self.transmit_flags {
            flags.tdfe = false;
        }
        if self.scfcr & SCFCR_LOOP == 0 {
            self.sent.push(byte);
        } else if self.scscr & SCSCR_RE != 0 {
            self.push(now, byte);
        }
    }
}

impl Device for Scif {
    fn read(&mut self, _core: CoreId, now: Instant, offset: u32, width: Width) -> Result<u32, Unanswered> {
        self.advance(now);
        Ok(match (offset, width) {
            (SCSMR, Width::Half) => self.scsmr.into(),
            (SCBRR, Width::Byte) => self.scbrr.into(),
            (SCSCR, Width::Half) => self.scscr.into(),
            (SCFSR, Width::Half) => {
                self.seen = self.status();
                if let Some(flags) = self.transmit_flags.as_mut().filter(|_| self.scscr & SCSCR_TE != 0) {
                    *flags = QemuTransmitFlags { tend: true, tdfe: true };
                }
                self.seen.into()
            }
            (SCFRDR, Width::Byte) => {
                let byte = self.receive.pop_front().unwrap_or(0);
                self.watch(now);
                byte.into()
            }
            (SCFCR, Width::Half) => self.scfcr.into(),
            (SCFDR, Width::Half) => self.receive.len() as u32,
            (SCSPTR, Width::Half) => self.scsptr.into(),
            (SCLSR, Width::Half) => self.orer.into(),
            _ => return Err(Unanswered),
        })
    }

    fn write(&mut self, _core: CoreId, now: Instant, offset: u32, width: Width, value: u32) -> Result<(), Unanswered> {
        self.advance(now);
        let half = value as u16;
        match (offset, width) {
            (SCSMR, Width::Half) => self.scsmr = half & 0x7b,
            (SCBRR, Width::Byte) => self.scbrr = value as u8,
            (SCSCR, Width::Half) => self.scscr = half & 0xfb,
            (SCFTDR, Width::Byte) => self.transmit(now, value as u8),
            (SCFSR, Width::Half) => self.write_status(now, half),
            (SCFCR, Width::Half) => {
                self.scfcr = half & 0x7ff;
                if half & SCFCR_RFRST != 0 {
                    self.receive.clear();
                    self.flags &= !(SCFSR_RDF | SCFSR_DR);
                }
                self.watch(now);
            }
            (SCSPTR, Width::Half) => self.scsptr = half & 0xff,
            (SCLSR, Width::Half) => self.orer &= half & SCLSR_ORER != 0,
            _ => return Err(Unanswered),
        }
        Ok(())
    }

    fn next_event(&self, now: Instant) -> Option<Instant> {
        let arrival = self.arriving.filter(|_| self.receive.len() < FIFO_LEN).map(|(_, at)| at);
        [arrival, self.idle_at].into_iter().flatten().min().map(|at| at.max(now))
    }

    fn advance(&mut self, now: Instant) {
        if let Some((byte, at)) = self.arriving
            && at <= now
            && self.receive.len() < FIFO_LEN
        {
            self.arriving = None;
            if self.scscr & SCSCR_RE != 0 && self.scfcr & SCFCR_RFRST == 0 {
                self.push(now, byte);
            }
            self.watch(now);
        }
        if self.idle_at.is_some_and(|at| at <= now) {
            self.idle_at = None;
            if self.arriving.is_none() {
                self.flags |= SCFSR_DR;
            }
        }
    }

    fn outputs(&self) -> u32 {
        let rie = self.scscr & SCSCR_RIE != 0;
        let error = rie || self.scscr & SCSCR_REIE != 0;
        let line = |bit: u32, on: bool| u32::from(on) << bit;
        line(OUTPUT_ERI, error && self.flags & SCFSR_ER != 0)
            | line(OUTPUT_RXI, rie && self.flags & (SCFSR_RDF | SCFSR_DR) != 0)
            | line(OUTPUT_BRI, error && (self.flags & SCFSR_BRK != 0 || self.orer))
            | line(OUTPUT_TXI, self.scscr & (SCSCR_TIE | SCSCR_TE) == SCSCR_TIE | SCSCR_TE)
    }

    fn serial(&mut self) -> Option<&mut dyn SerialLine> {
        Some(self)
    }
}

impl SerialLine for Scif {
    fn drain(&mut self, to: &mut Vec<u8>) {
        to.append(&mut self.sent);
    }

    fn offer(&mut self, now: Instant, byte: u8) -> bool {
        if self.scscr & SCSCR_RE == 0 || self.arriving.is_some() || self.receive.len() == FIFO_LEN {
            return false;
        }
        self.arriving = Some((byte, self.bit_times(now, self.character_bits())));
        self.idle_at = None;
        true
    }

    fn interrupts_on_input(&self) -> bool {
        self.scscr & (SCSCR_RE | SCSCR_RIE) == SCSCR_RE | SCSCR_RIE
    }
}

#[cfg(test)]
mod tests;
