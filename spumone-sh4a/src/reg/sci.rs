//! SCI, the serial port without FIFO (SH7751R hardware manual, section 15), and the choice between it and SCIF on r2d.

use super::mmio::{read8, write8};
use super::scif::Scif;

const SCI: u32 = 0xffe0_0000;
const SCIF: u32 = 0xffe8_0000;
const SCSCR: u32 = SCI + 0x08;
const SCTDR: u32 = SCI + 0x0c;
const SCSSR: u32 = SCI + 0x10;
const SCRDR: u32 = SCI + 0x14;
/// SCSCR: transmitter and receiver on.
const TE_RE: u8 = 0x30;
/// SCSSR: SCTDR is empty.
const TDRE: u8 = 0x80;
/// SCSSR: SCRDR is full.
const RDRF: u8 = 0x40;

/// A serial port of the SH7751R.
#[derive(Clone, Copy)]
pub enum R2dSerial {
    /// Port 0.
    Sci,
    /// Port 1.
    Scif(Scif),
}

impl R2dSerial {
    /// Port 0 or 1.
    pub fn new(port: u8, pclk_khz: u32) -> Option<Self> {
        match port {
            0 => Some(Self::Sci),
            1 => Some(Self::Scif(Scif::new(SCIF, pclk_khz))),
            _ => None,
        }
    }

    /// Switches the port on.
    pub fn init(&self) {
        match self {
            Self::Sci => write8(SCSCR, TE_RE),
            Self::Scif(scif) => scif.init(),
        }
    }

    /// Sends what goes out without waiting.
    pub fn write(&self, bytes: &[u8]) -> usize {
        match self {
            Self::Sci => {
                let room = bytes.len().min(16);
                bytes.iter().take(room).take_while(|&&byte| sci_send(byte)).count()
            }
            Self::Scif(scif) => scif.write(bytes),
        }
    }

    /// The next received byte.
    pub fn read(&self) -> Option<u8> {
        match self {
            Self::Sci if read8(SCSSR) & RDRF != 0 => {
                let byte = read8(SCRDR);
                write8(SCSSR, !RDRF & 0xf8);
                Some(byte)
            }
            Self::Sci => None,
            Self::Scif(scif) => scif.read(),
        }
    }
}

/// Sends one byte if the port is free. Stock QEMU's SCI has no status, SCSSR reads as 0 and every byte goes out at once: 0
/// counts as free. A real SCI shows 0 while SCTDR is full, and would lose bytes here (docs/caveats.md).
fn sci_send(byte: u8) -> bool {
    let status = read8(SCSSR);
    if status != 0 && status & TDRE == 0 {
        return false;
    }
    write8(SCTDR, byte);
    if status != 0 {
        write8(SCSSR, status & !TDRE);
    }
    true
}
