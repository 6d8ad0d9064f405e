//! Which monitors a host can run.

/// A version of this API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Raised when something changes or goes away.
    pub major: u16,
    /// Raised when something is added.
    pub minor: u16,
}

/// The version of this crate. Major 0: it still grows, and every minor version may change anything.
pub const API_VERSION: Version = Version { major: 0, minor: 4 };

impl Version {
    /// True if a host with this version can run a monitor that was built for `needed`.
    pub const fn runs(self, needed: Self) -> bool {
        let settled = self.major > 0;
        self.major == needed.major && (self.minor == needed.minor || settled && self.minor > needed.minor)
    }
}
