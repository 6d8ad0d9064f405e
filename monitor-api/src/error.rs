//! Why a monitor did not get what it asked for. Each error carries the values that failed.

use crate::address::{PhysAddr, VirtAddr};
use crate::name::Name;
use core::fmt;

/// Why an access failed. A monitor must expect every one of them at every access: it watches a kernel that may be broken.
///
/// ```
/// use monitor_api::{AccessError, VirtAddr};
///
/// let error = AccessError::Unmapped { address: VirtAddr::new(0xc000_0000) };
/// assert_eq!(error.to_string(), "nothing is mapped at 0xc0000000");
/// ```
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
    /// The monitor has used up what it may read in one step.
    BudgetExceeded {
        /// Bytes read in this step, with this access.
        used: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// The monitor has used up its time for one step.
    TimeExceeded {
        /// The host's clock in nanoseconds.
        now: u64,
        /// When the step had to end.
        deadline: u64,
    },
    /// The connection to the guest failed: a debugger's line, a file.
    Host {
        /// What the host tried, in a few words.
        what: &'static str,
        /// Where it was going to read.
        address: PhysAddr,
    },
    /// The profile has no such symbol.
    NoSymbol {
        /// What was asked for.
        name: Name,
    },
    /// The profile has no such type.
    NoType {
        /// What was asked for.
        name: Name,
    },
    /// The type has no such field.
    NoField {
        /// The type.
        of: Name,
        /// The part of the path that is not there.
        field: Name,
    },
    /// What is there is of another kind: a number was asked for where a structure is, an element where there is no array.
    WrongKind {
        /// The type that is there.
        of: Name,
        /// What was asked for.
        wanted: &'static str,
    },
    /// The index lies behind the end of the array.
    NoElement {
        /// What was asked for.
        index: u64,
        /// Elements that there are.
        count: u64,
    },
    /// A list, tree or table leads back into itself without passing its head.
    Cyclic {
        /// Where the walk began.
        head: VirtAddr,
        /// An element on the circle.
        at: VirtAddr,
    },
    /// A list, tree or table has more elements than the walk takes.
    TooLong {
        /// Where the walk began.
        head: VirtAddr,
        /// Elements that were taken.
        limit: u32,
    },
    /// The guest kept changing what was being read.
    Unstable {
        /// Attempts that were made.
        attempts: u32,
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
            Self::TimeExceeded { now, deadline } => {
                write!(f, "the step runs {} ns longer than allowed", now.saturating_sub(*deadline))
            }
            Self::Host { what, address } => write!(f, "the host cannot read {address}: {what}"),
            Self::NoSymbol { name } => write!(f, "the profile has no symbol {name}"),
            Self::NoType { name } => write!(f, "the profile has no type {name}"),
            Self::NoField { of, field } => write!(f, "{of} has no field {field}"),
            Self::WrongKind { of, wanted } => write!(f, "a {of} is no {wanted}"),
            Self::NoElement { index, count } => write!(f, "there is no element {index}: the array has {count}"),
            Self::Cyclic { head, at } => write!(f, "the list at {head} never comes back to it: a circle through {at}"),
            Self::TooLong { head, limit } => write!(f, "the list at {head} has more than {limit} elements"),
            Self::Unstable { attempts } => write!(f, "it changed during each of {attempts} attempts to read it"),
        }
    }
}

impl core::error::Error for AccessError {}
