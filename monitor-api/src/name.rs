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
    ///
    /// ```
    /// use monitor_api::{Finding, Name, VirtAddr};
    ///
    /// // A finding about nothing that has a name.
    /// let finding = Finding::new("the guest stands still", VirtAddr::new(0));
    /// assert_eq!(finding.subject, Name::EMPTY);
    /// assert_eq!(Name::EMPTY.as_str(), "");
    /// ```
    pub const EMPTY: Self = Self { bytes: [0; LENGTH], length: 0 };

    /// The first 32 bytes of `text`.
    ///
    /// ```
    /// use monitor_api::{AccessError, Name};
    ///
    /// let error = AccessError::NoSymbol { name: Name::new("jiffy") };
    /// assert_eq!(error.to_string(), "the profile has no symbol jiffy");
    /// ```
    pub fn new(text: &str) -> Self {
        Self::from_bytes(text.as_bytes())
    }

    /// The first 32 bytes up to a zero byte; what is not printable ASCII becomes `?`.
    ///
    /// ```
    /// use monitor_api::Name;
    ///
    /// // `task_struct.comm` is 16 bytes, filled up with zeros.
    /// assert_eq!(Name::from_bytes(b"sh\0\0\0\0\0\0\0\0\0\0\0\0\0\0").as_str(), "sh");
    /// // Nothing that a guest says reaches a terminal as a command.
    /// assert_eq!(Name::from_bytes(b"\x1b[2Jsh").as_str(), "?[2Jsh");
    /// ```
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
    ///
    /// ```
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let name = view.global("init_task")?.name("comm")?;
    /// assert!(name.as_str().starts_with("swapper"));
    /// # Ok(()) });
    /// ```
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
