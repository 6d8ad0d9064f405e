//! x3proto's board latches: interrupt selectors, keys and LEDs, around 0x18100000 (Linux `mach-x3proto`).

use super::registers::Registers;
use crate::bus::{CoreId, Width};
use crate::device::{Device, Instant, Unanswered};

/// ILSEL0..3: which board source drives which interrupt level; nothing drives any, so they only remember.
pub fn ilsel() -> Registers {
    Registers::new(0x10, &[])
}

/// The heartbeat LEDs, a byte for each.
pub fn leds() -> Registers {
    Registers::new(0x40, &[])
}

/// Base board keys: KEYCTLR at +0, KEYDETR at +4. No key is ever pressed and the keys are active low.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keys {
    keyctlr: u16,
}

impl Device for Keys {
    fn read(&mut self, _core: CoreId, _now: Instant, offset: u32, width: Width) -> Result<u32, Unanswered> {
        match (offset, width) {
            (0, Width::Half) => Ok(self.keyctlr.into()),
            (4, Width::Half) => Ok(0),
            _ => Err(Unanswered),
        }
    }

    fn write(&mut self, _core: CoreId, _now: Instant, offset: u32, width: Width, value: u32) -> Result<(), Unanswered> {
        match (offset, width) {
            (0, Width::Half) => self.keyctlr = value as u16,
            (4, Width::Half) => {}
            _ => return Err(Unanswered),
        }
        Ok(())
    }
}
