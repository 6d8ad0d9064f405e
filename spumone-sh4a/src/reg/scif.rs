//! SCIF, the serial port with FIFOs, polled (SH7751R hardware manual, section 16; SH-X3 has the same registers).

use super::mmio::{read8, read16, write8, write16};

const SCSMR: u32 = 0x00;
const SCBRR: u32 = 0x04;
const SCSCR: u32 = 0x08;
const SCFTDR: u32 = 0x0c;
const SCFSR: u32 = 0x10;
const SCFRDR: u32 = 0x14;
const SCFCR: u32 = 0x18;
const SCFDR: u32 = 0x1c;
const FIFO_BYTES: usize = 16;
/// SCSCR: transmitter and receiver on.
const TE_RE: u16 = 0x30;
/// SCFSR: receive FIFO has reached its trigger, or data has been waiting.
const RDF_DR: u16 = 0x03;
/// SCFCR: hold both FIFOs in reset.
const FIFO_RESET: u16 = 0x06;
const BAUD: u32 = 115_200;

/// One port.
#[derive(Clone, Copy)]
pub struct Scif {
    base: u32,
    pclk_khz: u32,
}

impl Scif {
    /// The port whose registers begin at `base`.
    pub fn new(base: u32, pclk_khz: u32) -> Self {
        Self { base, pclk_khz }
    }

    /// 115200 baud, 8N1, no interrupts.
    pub fn init(&self) {
        write16(self.base + SCSCR, 0);
        write16(self.base + SCFCR, FIFO_RESET);
        write16(self.base + SCSMR, 0);
        // Pclk / (32 * baud) - 1, rounded.
        let divisor = (self.pclk_khz * 1000 + 16 * BAUD) / (32 * BAUD);
        write8(self.base + SCBRR, divisor.saturating_sub(1).min(255) as u8);
        write16(self.base + SCFCR, 0);
        write16(self.base + SCSCR, TE_RE);
    }

    /// Asks for no more interrupts; what is in the FIFOs stays.
    pub fn quiet(&self) {
        let control = self.base + SCSCR;
        write16(control, read16(control) & TE_RE);
    }

    /// Fills the transmit FIFO; the result is how many bytes went in.
    pub fn write(&self, bytes: &[u8]) -> usize {
        let waiting = usize::from(read16(self.base + SCFDR) >> 8 & 0x1f);
        let room = FIFO_BYTES.saturating_sub(waiting).min(bytes.len());
        for &byte in bytes.iter().take(room) {
            write8(self.base + SCFTDR, byte);
        }
        room
    }

    /// The next received byte.
    pub fn read(&self) -> Option<u8> {
        if read16(self.base + SCFDR) & 0x1f == 0 {
            return None;
        }
        let byte = read8(self.base + SCFRDR);
        let status = read16(self.base + SCFSR);
        write16(self.base + SCFSR, status & !RDF_DR);
        Some(byte)
    }
}
