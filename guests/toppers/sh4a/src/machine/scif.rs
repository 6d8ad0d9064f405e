//! SCIF, the serial port with FIFOs (SH7751R hardware manual, section 16; SH-X3 has the same registers).

use crate::cpu::mmio::{read8, read16, write8, write16};

const SCSMR: u32 = 0x00;
const SCBRR: u32 = 0x04;
const SCSCR: u32 = 0x08;
const SCFTDR: u32 = 0x0c;
const SCFSR: u32 = 0x10;
const SCFRDR: u32 = 0x14;
const SCFCR: u32 = 0x18;
const SCFDR: u32 = 0x1c;
const SCLSR: u32 = 0x24;
const FIFO: u16 = 16;
const BAUD: u32 = 115_200;
/// SCSCR: transmitter and receiver on; their interrupts.
const TE_RE: u16 = 0x30;
const TIE: u16 = 0x80;
const RIE: u16 = 0x40;
/// SCFSR: error and break bits; transmit FIFO has room; receive FIFO has something.
const ERRORS: u16 = 0x90;
const TDFE: u16 = 0x20;
const RDF_DR: u16 = 0x03;

/// Where a port is, and the codes of its interrupts: error, receive, break, transmit.
#[derive(Clone, Copy)]
pub struct ScifPlace {
    /// Registers.
    pub base: u32,
    /// INTEVT codes.
    pub intevt: [u32; 4],
}

/// A port.
#[derive(Clone, Copy)]
pub struct Scif(pub ScifPlace);

impl Scif {
    fn at(&self, register: u32) -> u32 {
        self.0.base + register
    }

    /// 115200 baud, 8N1, no interrupts.
    pub fn init(&self, pclk_khz: u32) {
        write16(self.at(SCSCR), 0);
        write16(self.at(SCFCR), 0x06);
        write16(self.at(SCSMR), 0);
        let divisor = (pclk_khz * 1000 + 16 * BAUD) / (32 * BAUD);
        write8(self.at(SCBRR), divisor.saturating_sub(1).min(255) as u8);
        write16(self.at(SCFCR), 0);
        write16(self.at(SCSCR), TE_RE);
    }

    /// Lets receive interrupts in or not.
    pub fn receive_interrupt(&self, on: bool) {
        self.control(RIE, on);
    }

    /// Lets transmit interrupts in or not.
    pub fn transmit_interrupt(&self, on: bool) {
        self.control(TIE, on);
    }

    fn control(&self, bit: u16, on: bool) {
        let others = read16(self.at(SCSCR)) & !bit;
        write16(self.at(SCSCR), others | if on { bit } else { 0 });
    }

    /// Puts a byte into the transmit FIFO if there is room.
    pub fn send(&self, byte: u8) -> bool {
        let room = read16(self.at(SCFDR)) >> 8 & 0x1f < FIFO;
        if room {
            write8(self.at(SCFTDR), byte);
        }
        room
    }

    /// Takes the transmit request back, after the FIFO has been filled.
    pub fn sent(&self) {
        let status = read16(self.at(SCFSR));
        write16(self.at(SCFSR), status & !TDFE);
    }

    /// The next received byte.
    pub fn receive(&self) -> Option<u8> {
        if read16(self.at(SCFDR)) & 0x1f == 0 {
            return None;
        }
        let byte = read8(self.at(SCFRDR));
        let status = read16(self.at(SCFSR));
        write16(self.at(SCFSR), status & !RDF_DR);
        Some(byte)
    }

    /// Forgets errors, breaks and overruns.
    pub fn clear_errors(&self) {
        let status = read16(self.at(SCFSR));
        write16(self.at(SCFSR), status & !(ERRORS | RDF_DR));
        read16(self.at(SCLSR));
        write16(self.at(SCLSR), 0);
    }
}
