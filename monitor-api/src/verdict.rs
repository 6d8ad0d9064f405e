//! What a monitor answers.

/// What a monitor found, and what it asks its host to do. Ordered: the later asks for more.
///
/// ```
/// use monitor_api::Verdict;
///
/// // The later asks for more.
/// assert!(Verdict::Fine < Verdict::Report && Verdict::Restore < Verdict::Restart);
/// ```
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
    ///
    /// ```
    /// use monitor_api::Verdict;
    ///
    /// let answers = [Verdict::Report, Verdict::Restart, Verdict::Fine];
    /// assert_eq!(answers.into_iter().fold(Verdict::Fine, Verdict::stricter), Verdict::Restart);
    /// ```
    pub fn stricter(self, other: Self) -> Self {
        self.max(other)
    }
}
