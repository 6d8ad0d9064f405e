//! Which monitors a host can run.

/// A version of this API.
///
/// ```
/// use monitor_api::Version;
///
/// // Before 1.0 every minor version may change anything.
/// let (host, monitor) = (Version { major: 0, minor: 5 }, Version { major: 0, minor: 3 });
/// assert!(!host.runs(monitor));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Raised when something changes or goes away.
    pub major: u16,
    /// Raised when something is added.
    pub minor: u16,
}

/// The version of this crate. Major 0: it still grows, and every minor version may change anything.
///
/// ```
/// use monitor_api::{API_VERSION, Version};
///
/// /// What a monitor answers to `needs` that does not say otherwise.
/// const NEEDS: Version = API_VERSION;
/// assert!(API_VERSION.runs(NEEDS));
/// ```
pub const API_VERSION: Version = Version { major: 0, minor: 5 };

impl Version {
    /// True if a host with this version can run a monitor that was built for `needed`.
    ///
    /// ```
    /// use monitor_api::Version;
    ///
    /// let host = Version { major: 1, minor: 3 };
    /// assert!(host.runs(Version { major: 1, minor: 2 }));  // all that 1.2 has is in 1.3
    /// assert!(!host.runs(Version { major: 1, minor: 4 })); // what came with 1.4 is not
    /// assert!(!host.runs(Version { major: 2, minor: 0 }));
    /// ```
    pub const fn runs(self, needed: Self) -> bool {
        let settled = self.major > 0;
        self.major == needed.major && (self.minor == needed.minor || settled && self.minor > needed.minor)
    }
}
