//! Why a monitor did not get what it asked for. Each error carries the values that failed.

use crate::address::{PhysAddr, VirtAddr};
use core::fmt;

/// Why an access failed. A monitor must expect every one of them at every access: it watches a kernel that may be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccessError {
    /// The guest maps nothing there.
    Unmapped {
        /// First address without a mapping.
        address: VirtAddr,
    },
    /// The range is not in the guest's memory.
    OutOfRange {
        /// First address of the range.
        address: PhysAddr,
        /// Its length in bytes.
        length: u64,
    },
    /// The address is not a multiple of the access's size.
    Misaligned {
        /// The address.
        address: VirtAddr,
        /// Size of the access in bytes.
        size: u8,
    },
    /// The monitor has used up what it may do in one step.
    BudgetExceeded {
        /// Bytes read in this step, with this access.
        used: u64,
        /// Bytes allowed.
        limit: u64,
    },
}

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unmapped { address } => write!(f, "nothing is mapped at {address}"),
            Self::OutOfRange { address, length } => {
                write!(f, "{length} bytes at {address} are not in the guest's memory")
            }
            Self::Misaligned { address, size } => write!(f, "{address} is no multiple of {size}"),
            Self::BudgetExceeded { used, limit } => write!(f, "{used} bytes read in one step, {limit} are allowed"),
        }
    }
}

impl core::error::Error for AccessError {}
