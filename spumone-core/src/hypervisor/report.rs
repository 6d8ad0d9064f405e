//! What a person needs to know about a parked guest.

use core::fmt;

/// The guest's registers at the fault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FaultReport {
    /// EXPEVT.
    pub expevt: u32,
    /// PC of the fault.
    pub pc: u32,
    /// SR before it.
    pub sr: u32,
    /// PR.
    pub pr: u32,
    /// TEA, the address of the access where there is one.
    pub tea: u32,
    /// R0..R15.
    pub r: [u32; 16],
}

impl fmt::Display for FaultReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  PC {:08x} SR {:08x} PR {:08x} TEA {:08x}", self.pc, self.sr, self.pr, self.tea)?;
        for (number, value) in self.r.iter().enumerate() {
            let separator = if number % 8 == 0 { "\n  " } else { " " };
            write!(f, "{separator}R{number} {value:08x}")?;
        }
        Ok(())
    }
}
