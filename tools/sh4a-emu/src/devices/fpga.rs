//! The r2d board's FPGA at 0x04000000: interrupt mask, power-off, version, LEDs (Linux `mach/r2d.h`).

use crate::bus::{CoreId, Width};
use crate::device::{Device, Instant, Request, Unanswered};

const IRLMSK: u32 = 0x00;
const POWOFF: u32 = 0x30;
const VERREG: u32 = 0x32;
const OUTPORT: u32 = 0x36;
const LEN: u32 = 0x40;

/// An R2D-PLUS board, revision 0: what stock QEMU shows.
const VERSION: u16 = 0x10;

/// The FPGA. No board device raises an interrupt yet, so IRLMSK only remembers.
#[derive(Clone, Debug, Default)]
pub struct Fpga {
    irlmsk: u16,
    outport: u16,
    power_off: bool,
}

impl Device for Fpga {
    fn read(&mut self, _core: CoreId, _now: Instant, offset: u32, width: Width) -> Result<u32, Unanswered> {
        if width != Width::Half || offset >= LEN {
            return Err(Unanswered);
        }
        Ok(u32::from(match offset {
            IRLMSK => self.irlmsk,
            VERREG => VERSION,
            OUTPORT => self.outport,
            _ => 0,
        }))
    }

    fn write(&mut self, _core: CoreId, _now: Instant, offset: u32, width: Width, value: u32) -> Result<(), Unanswered> {
        if width == Width::Long || offset >= LEN {
            return Err(Unanswered);
        }
        match offset {
            IRLMSK => self.irlmsk = value as u16,
            OUTPORT => self.outport = value as u16,
            POWOFF => self.power_off |= value & 1 != 0,
            _ => {}
        }
        Ok(())
    }

    fn take_request(&mut self) -> Option<Request> {
        std::mem::take(&mut self.power_off).then_some(Request::PowerOff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bit_zero_of_powoff_switches_off() {
        let mut fpga = Fpga::default();
        fpga.write(0, 0, POWOFF, Width::Half, 2).expect("POWOFF");
        assert_eq!(fpga.take_request(), None);
        fpga.write(0, 0, POWOFF, Width::Half, 1).expect("POWOFF");
        assert_eq!(fpga.take_request(), Some(Request::PowerOff));
    }

    #[test]
    fn shows_an_r2d_plus() {
        // irq.c of mach-r2d: PA_VERREG & 0xf0 == 0x10 selects R2D-PLUS.
        assert_eq!(Fpga::default().read(0, 0, VERREG, Width::Half).map(|value| value & 0xf0), Ok(0x10));
    }
}
