//! Three kinds of trouble, with three different ends.

use crate::format::FormatError;
use core::fmt;
use spumone_abi::{
    SPUMONE_E_AGAIN, SPUMONE_E_FAULT, SPUMONE_E_INVAL, SPUMONE_E_NOSYS, SPUMONE_E_PERM, SPUMONE_E_STATE,
};

/// A hypercall is refused: the guest gets a code and goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No such call.
    NoSys,
    /// A number that cannot be.
    Invalid,
    /// Somebody else's, or outside the level partition.
    Permission,
    /// Not in this state.
    State,
    /// A pointer outside the guest's memory.
    Fault,
    /// Nothing there yet.
    Again,
}

impl Refusal {
    /// The code that the guest sees.
    pub fn code(self) -> i32 {
        match self {
            Self::NoSys => SPUMONE_E_NOSYS,
            Self::Invalid => SPUMONE_E_INVAL,
            Self::Permission => SPUMONE_E_PERM,
            Self::State => SPUMONE_E_STATE,
            Self::Fault => SPUMONE_E_FAULT,
            Self::Again => SPUMONE_E_AGAIN,
        }
    }
}

/// A guest did what it cannot go on from: it is parked, the others go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuestFault {
    /// An exception while the guest had no vectors yet; EXPEVT.
    Exception(u32),
    /// An interrupt of the guest's own while it had no vectors yet; INTEVT.
    Interrupt(u32),
    /// `set_vbr` with a base from which vectors cannot be read.
    VectorBase(u32),
    /// It asked for a restart, and this board keeps no image.
    Restart,
    /// Its image, from which it shall begin anew, is damaged.
    Image(FormatError),
}

impl fmt::Display for GuestFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Exception(expevt) => {
                write!(f, "{} (EXPEVT {expevt:#x}) before it set its vectors", exception_name(expevt))
            }
            Self::Interrupt(intevt) => write!(f, "interrupt (INTEVT {intevt:#x}) before it set its vectors"),
            Self::VectorBase(base) => {
                write!(
                    f,
                    "set_vbr({base:#010x}): not a multiple of 4 with 0x700 bytes of the guest's memory in P1 or P2"
                )
            }
            Self::Restart => f.write_str("it asked for a restart, for which the board keeps no image"),
            Self::Image(error) => write!(f, "it cannot begin anew: {error}"),
        }
    }
}

/// What an EXPEVT code means (SH-4A software manual, section 5, exception handling).
pub fn exception_name(expevt: u32) -> &'static str {
    match expevt {
        0x000 => "power-on reset",
        0x020 => "manual reset, or an exception while SR.BL was 1",
        0x040 => "TLB miss on read or fetch",
        0x060 => "TLB miss on write",
        0x080 => "initial page write",
        0x0a0 => "TLB protection violation on read or fetch",
        0x0c0 => "TLB protection violation on write",
        0x0e0 => "address error on read or fetch",
        0x100 => "address error on write",
        0x120 => "FPU exception",
        0x140 => "TLB multiple hit",
        0x160 => "trap instruction",
        0x180 => "illegal instruction",
        0x1a0 => "illegal slot instruction",
        0x1e0 => "user break",
        0x800 => "FPU disabled",
        0x820 => "FPU disabled in a delay slot",
        _ => "unknown exception",
    }
}
