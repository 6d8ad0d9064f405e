//! What a monitor answers.

/// What a monitor found, and what it asks its host to do. Ordered: the later asks for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Nothing wrong.
    Fine,
    /// Something to tell people; the guest goes on.
    Report,
    /// Stop the guest where it is.
    Pause,
    /// Repair what the monitor can name, then let the guest go on.
    Restore,
    /// Start the guest afresh.
    Restart,
}

impl Verdict {
    /// The verdict that asks for more: what a host does when several monitors answer.
    pub fn stricter(self, other: Self) -> Self {
        self.max(other)
    }
}
