//! What a monitor found.

use core::fmt;

use crate::address::VirtAddr;
use crate::name::Name;
use crate::verdict::Verdict;

/// One thing that is wrong. Of fixed size, so that a host can put it into a ring.
///
/// ```
/// use monitor_api::{Finding, Name, Verdict, VirtAddr};
///
/// let finding = Finding::new("system call table entry changed", VirtAddr::new(0x8c01_0000))
///     .subject(Name::new("sys_call_table[4]"))
///     .values(0x8c00_2000, 0xc000_1000);
/// assert_eq!(finding.verdict, Verdict::Report);
/// assert_eq!(
///     finding.to_string(),
///     "system call table entry changed: sys_call_table[4] at 0x8c010000, expected 0x8c002000, found 0xc0001000",
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong, always in the same words.
    pub what: &'static str,
    /// Where in the guest.
    pub at: VirtAddr,
    /// Which one: a task's or a symbol's name. May be empty.
    pub subject: Name,
    /// What should be there and what is, if it is a number.
    pub values: Option<(u64, u64)>,
    /// What the monitor asks for.
    pub verdict: Verdict,
}

impl Finding {
    /// Something to report.
    ///
    /// ```
    /// use monitor_api::{Finding, Verdict, VirtAddr};
    ///
    /// let finding = Finding::new("hidden task", VirtAddr::new(0x8c00_1200));
    /// assert_eq!(finding.to_string(), "hidden task: at 0x8c001200");
    /// assert_eq!(finding.verdict, Verdict::Report);
    /// ```
    pub const fn new(what: &'static str, at: VirtAddr) -> Self {
        Self { what, at, subject: Name::EMPTY, values: None, verdict: Verdict::Report }
    }

    /// Says which one it is.
    ///
    /// ```
    /// use monitor_api::Finding;
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let task = view.global("init_task")?;
    /// let finding = Finding::new("hidden task", task.address()).subject(task.name("comm")?);
    /// assert_eq!(finding.to_string(), "hidden task: swapper at 0x8c001000");
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub const fn subject(self, subject: Name) -> Self {
        Self { subject, ..self }
    }

    /// Says what was expected and what was found.
    ///
    /// ```
    /// use monitor_api::{Finding, VirtAddr};
    ///
    /// let finding = Finding::new("user id changed", VirtAddr::new(0x8c00_180c)).values(1000, 0);
    /// assert_eq!(finding.values, Some((1000, 0)));
    /// assert!(finding.to_string().ends_with("expected 0x3e8, found 0x0")); // 1000 is 0x3e8
    /// ```
    #[must_use]
    pub const fn values(self, expected: u64, found: u64) -> Self {
        Self { values: Some((expected, found)), ..self }
    }

    /// Asks for something else than a report.
    ///
    /// ```
    /// use monitor_api::{Finding, Verdict, VirtAddr};
    ///
    /// let finding = Finding::new("kernel text changed", VirtAddr::new(0x8c00_2000)).verdict(Verdict::Pause);
    /// assert_eq!(finding.verdict, Verdict::Pause);
    /// ```
    #[must_use]
    pub const fn verdict(self, verdict: Verdict) -> Self {
        Self { verdict, ..self }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.what)?;
        if !self.subject.as_str().is_empty() {
            write!(f, " {}", self.subject)?;
        }
        write!(f, " at {}", self.at)?;
        self.values.map_or(Ok(()), |(expected, found)| write!(f, ", expected {expected:#x}, found {found:#x}"))
    }
}

/// Where a monitor's findings go, and the verdict that they add up to.
///
/// ```
/// use monitor_api::{Alarm, Finding, Verdict, VirtAddr};
///
/// let mut log = Vec::new();
/// let mut sink = |finding: &Finding| log.push(*finding);
/// let mut alarm = Alarm::new(&mut sink);
/// assert_eq!(alarm.verdict(), Verdict::Fine);
/// alarm.raise(Finding::new("the guest stands still", VirtAddr::new(0)).verdict(Verdict::Restart));
/// assert_eq!(alarm.verdict(), Verdict::Restart);
/// assert_eq!(log.len(), 1);
/// ```
pub struct Alarm<'s> {
    sink: &'s mut dyn FnMut(&Finding),
    verdict: Verdict,
    count: u32,
}

impl<'s> Alarm<'s> {
    /// Findings go to `sink`.
    ///
    /// ```
    /// use monitor_api::{Alarm, Finding, VirtAddr};
    ///
    /// let mut log = String::new();
    /// let mut sink = |finding: &Finding| log += finding.what;
    /// Alarm::new(&mut sink).raise(Finding::new("hidden task", VirtAddr::new(0x8c00_1200)));
    /// assert_eq!(log, "hidden task");
    /// ```
    pub fn new(sink: &'s mut dyn FnMut(&Finding)) -> Self {
        Self { sink, verdict: Verdict::Fine, count: 0 }
    }

    /// Tells the host.
    ///
    /// ```
    /// use monitor_api::{Alarm, Finding, VirtAddr};
    ///
    /// let mut places = Vec::new();
    /// let mut sink = |finding: &Finding| places.push(finding.at.get());
    /// let mut alarm = Alarm::new(&mut sink);
    /// alarm.raise(Finding::new("hidden task", VirtAddr::new(0x8c00_1200)));
    /// alarm.raise(Finding::new("hidden module", VirtAddr::new(0x8c00_9700)));
    /// assert_eq!(places, [0x8c00_1200, 0x8c00_9700]);
    /// ```
    pub fn raise(&mut self, finding: Finding) {
        self.verdict = self.verdict.stricter(finding.verdict);
        self.count = self.count.saturating_add(1);
        (self.sink)(&finding);
    }

    /// The strictest verdict of all findings so far.
    ///
    /// ```
    /// use monitor_api::{Alarm, Finding, Verdict, VirtAddr};
    ///
    /// let mut sink = |_: &Finding| ();
    /// let mut alarm = Alarm::new(&mut sink);
    /// alarm.raise(Finding::new("kernel text changed", VirtAddr::new(0x8c00_2000)).verdict(Verdict::Restore));
    /// alarm.raise(Finding::new("hidden task", VirtAddr::new(0x8c00_1200)));
    /// assert_eq!(alarm.verdict(), Verdict::Restore); // the report asks for less
    /// ```
    pub const fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// How many findings there were.
    ///
    /// ```
    /// use monitor_api::{Alarm, Finding, VirtAddr};
    ///
    /// let mut sink = |_: &Finding| ();
    /// let mut alarm = Alarm::new(&mut sink);
    /// alarm.raise(Finding::new("hidden task", VirtAddr::new(0x8c00_1200)));
    /// alarm.raise(Finding::new("hidden task", VirtAddr::new(0x8c00_1200)));
    /// assert_eq!(alarm.count(), 2); // also if they are the same
    /// ```
    pub const fn count(&self) -> u32 {
        self.count
    }
}

impl fmt::Debug for Alarm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alarm").field("verdict", &self.verdict).field("count", &self.count).finish_non_exhaustive()
    }
}
