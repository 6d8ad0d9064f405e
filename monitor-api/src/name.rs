//! Short texts without an allocator.

use core::fmt;

/// Bytes that a [`Name`] keeps.
const LENGTH: usize = 32;

/// A name out of a profile or a guest, cut to 32 bytes: small enough for errors and findings to carry.
///
/// ```
/// use monitor_api::Name;
///
/// assert_eq!(Name::new("init_task").as_str(), "init_task");
/// // What a guest says may be anything: bytes that are no text become `?`, the rest after 32 bytes is cut.
/// assert_eq!(Name::from_bytes(b"sh\xff\0rest").as_str(), "sh?");
/// assert_eq!(Name::new(&"x".repeat(40)).as_str().len(), 32);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Name {
    bytes: [u8; LENGTH],
    length: u8,
}

impl Name {
    /// No text.
    pub const EMPTY: Self = Self { bytes: [0; LENGTH], length: 0 };

    /// The first 32 bytes of `text`.
    pub fn new(text: &str) -> Self {
        Self::from_bytes(text.as_bytes())
    }

    /// The first 32 bytes up to a zero byte; what is not printable ASCII becomes `?`.
    pub fn from_bytes(text: &[u8]) -> Self {
        let mut name = Self::EMPTY;
        let printable = |byte: u8| if byte.is_ascii_graphic() || byte == b' ' { byte } else { b'?' };
        for (place, &byte) in name.bytes.iter_mut().zip(text.iter().take_while(|byte| **byte != 0)) {
            *place = printable(byte);
            name.length += 1;
        }
        name
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        let text = self.bytes.get(..usize::from(self.length)).unwrap_or_default();
        // Only ASCII was put in.
        core::str::from_utf8(text).unwrap_or_default()
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
