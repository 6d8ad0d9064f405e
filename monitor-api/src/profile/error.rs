//! Why bytes are no usable profile.

use core::fmt;

use super::format::VERSION;

/// Why bytes are no usable profile.
///
/// ```
/// use monitor_api::profile::{Profile, ProfileError};
///
/// assert_eq!(Profile::open(b"SPM").unwrap_err(), ProfileError::TooShort { length: 3 });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProfileError {
    /// Not even a header.
    TooShort {
        /// Bytes that there are.
        length: usize,
    },
    /// Not a profile.
    Magic {
        /// The first eight bytes.
        found: [u8; 8],
    },
    /// A format that this reader does not know.
    Version {
        /// Its major version.
        major: u16,
        /// Its minor version.
        minor: u16,
    },
    /// Cut off, or with something behind it.
    Length {
        /// What the header says.
        says: u32,
        /// Bytes that there are.
        has: usize,
    },
    /// Damaged.
    Checksum {
        /// What the header says.
        says: u32,
        /// What the bytes give.
        gives: u32,
    },
    /// A section does not lie in the profile.
    Section {
        /// Which.
        name: &'static str,
        /// Where it should begin.
        offset: u32,
        /// How many records it should have.
        count: u32,
    },
    /// A way of paging that this reader does not know.
    Paging {
        /// Its number.
        number: u8,
    },
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort { length } => write!(f, "{length} bytes are too short for a profile"),
            Self::Magic { found } => write!(f, "no profile: it begins with {found:02x?}"),
            Self::Version { major, minor } => write!(
                f,
                "the profile has format {major}.{minor}, this reader knows {}.0 to {}.{}: make the profile again",
                VERSION.0, VERSION.0, VERSION.1
            ),
            Self::Length { says, has } => write!(f, "the profile should have {says} bytes and has {has}"),
            Self::Checksum { says, gives } => {
                write!(f, "the profile is damaged: its checksum is {gives:#010x}, not {says:#010x}")
            }
            Self::Section { name, offset, count } => {
                write!(f, "the profile's {name} ({count} records at {offset}) do not lie in it")
            }
            Self::Paging { number } => write!(f, "the profile has an unknown way of paging, {number}"),
        }
    }
}

impl core::error::Error for ProfileError {}
