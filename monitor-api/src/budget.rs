//! What a monitor may spend in one step.

use core::cell::Cell;

use crate::error::AccessError;

/// What an access costs however short it is, in bytes: translation, the host's own work.
const ACCESS: u64 = 16;

/// Charged bytes between two looks at the host's clock: some 25 words.
const LOOK: u64 = 512;

/// How much a step may read, and until when it may run. Every access of a [`View`](crate::View) is charged here, so no monitor can
/// run away, whatever the guest's memory says.
///
/// ```
/// use monitor_api::{AccessError, Budget};
///
/// let budget = Budget::bytes(100);
/// budget.charge(84).unwrap(); // an access costs 16 on top of its length
/// assert_eq!((budget.used(), budget.left()), (100, 0));
/// assert_eq!(budget.charge(1), Err(AccessError::BudgetExceeded { used: 117, limit: 100 }));
/// ```
#[derive(Clone, Debug)]
pub struct Budget {
    used: Cell<u64>,
    limit: u64,
    deadline: Option<u64>,
    /// What was used when the clock was looked at last.
    looked: Cell<Option<u64>>,
}

impl Budget {
    /// Up to `limit` bytes, without a time limit.
    ///
    /// ```
    /// use monitor_api::{AccessError, Budget, VirtAddr};
    ///
    /// # kernel_profile::Sample::linux().attached(|guest, _| {
    /// // A word costs 4 bytes and 16 for the access: five of them fit.
    /// let budget = Budget::bytes(100);
    /// let view = guest.view(&budget);
    /// for at in 0..5 {
    ///     view.u32(VirtAddr::new(0x8c00_2000 + 4 * at))?;
    /// }
    /// assert_eq!(view.u32(VirtAddr::new(0x8c00_2000)), Err(AccessError::BudgetExceeded { used: 120, limit: 100 }));
    /// # Ok(()) });
    /// ```
    pub const fn bytes(limit: u64) -> Self {
        Self { used: Cell::new(0), limit, deadline: None, looked: Cell::new(None) }
    }

    /// The same, until the host's clock reaches `deadline` (nanoseconds).
    ///
    /// ```
    /// use monitor_api::{AccessError, Budget};
    ///
    /// let budget = Budget::bytes(1000).until(500);
    /// assert_eq!(budget.check_time(501), Err(AccessError::TimeExceeded { now: 501, deadline: 500 }));
    /// ```
    #[must_use]
    pub const fn until(mut self, deadline: u64) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Pays for an access of `bytes` bytes.
    ///
    /// # Errors
    /// [`AccessError::BudgetExceeded`]; the access must not be made then.
    ///
    /// ```
    /// use monitor_api::{AccessError, Budget};
    ///
    /// let budget = Budget::bytes(20);
    /// assert_eq!(budget.charge(4), Ok(())); // 4, and 16 for the access
    /// assert_eq!(budget.charge(4), Err(AccessError::BudgetExceeded { used: 40, limit: 20 }));
    /// ```
    pub fn charge(&self, bytes: u64) -> Result<(), AccessError> {
        let used = self.used.get().saturating_add(bytes).saturating_add(ACCESS);
        self.used.set(used);
        if used > self.limit { Err(AccessError::BudgetExceeded { used, limit: self.limit }) } else { Ok(()) }
    }

    /// Fails once the deadline is over.
    ///
    /// # Errors
    /// [`AccessError::TimeExceeded`].
    ///
    /// ```
    /// use monitor_api::{AccessError, Budget};
    ///
    /// let budget = Budget::bytes(1000).until(500);
    /// assert_eq!(budget.check_time(500), Ok(()));
    /// assert_eq!(budget.check_time(600), Err(AccessError::TimeExceeded { now: 600, deadline: 500 }));
    /// assert_eq!(Budget::bytes(1000).check_time(u64::MAX), Ok(())); // no deadline
    /// ```
    pub fn check_time(&self, now: u64) -> Result<(), AccessError> {
        match self.deadline {
            Some(deadline) if now > deadline => Err(AccessError::TimeExceeded { now, deadline }),
            _ => Ok(()),
        }
    }

    /// True if it is time to ask the clock: there is a deadline, and this is the first time or some accesses were made since. On a
    /// host whose clock is a call away, asking at each access would cost more than the accesses.
    ///
    /// ```
    /// use monitor_api::Budget;
    ///
    /// let budget = Budget::bytes(10_000).until(500);
    /// let asked = (0..60).filter(|_| budget.charge(4).is_ok() && budget.wants_time()).count();
    /// assert_eq!(asked, 3); // 60 accesses of 20 bytes
    /// assert!(!Budget::bytes(10_000).wants_time());
    /// ```
    pub fn wants_time(&self) -> bool {
        let used = self.used.get();
        let wants = self.deadline.is_some() && self.looked.get().is_none_or(|looked| used - looked >= LOOK);
        if wants {
            self.looked.set(Some(used));
        }
        wants
    }

    /// Bytes charged so far.
    ///
    /// ```
    /// # kernel_profile::Sample::linux().attached(|guest, _| {
    /// use monitor_api::{Budget, VirtAddr};
    ///
    /// let budget = Budget::bytes(1000);
    /// guest.view(&budget).u64(VirtAddr::new(0x8c00_0100))?;
    /// assert_eq!(budget.used(), 24); // 8 bytes, and 16 for the access
    /// # Ok(()) });
    /// ```
    pub fn used(&self) -> u64 {
        self.used.get()
    }

    /// Bytes that are left. A monitor with much to read asks this, and goes on in its next step.
    ///
    /// ```
    /// use monitor_api::{AccessError, Scan, View, VirtAddr};
    ///
    /// /// Reads words of the text until there is not enough left for one more.
    /// fn step(view: &View<'_>, next: &mut VirtAddr, end: VirtAddr) -> Result<Scan, AccessError> {
    ///     while *next < end {
    ///         if view.budget().left() < 20 {
    ///             return Ok(Scan::Partial);
    ///         }
    ///         view.u32(*next)?;
    ///         *next = VirtAddr::new(next.get() + 4);
    ///     }
    ///     Ok(Scan::Complete)
    /// }
    /// # kernel_profile::Sample::linux().attached(|guest, _| {
    /// # let (mut next, end) = (VirtAddr::new(0x8c00_2000), VirtAddr::new(0x8c00_2040));
    /// # let mut step = || step(&guest.view(&monitor_api::Budget::bytes(200)), &mut next, end);
    /// // 16 words of text, a budget of 200 bytes, 20 for each word: 10 words in the first step.
    /// assert_eq!((step()?, step()?), (Scan::Partial, Scan::Complete));
    /// # Ok(()) });
    /// ```
    pub fn left(&self) -> u64 {
        self.limit.saturating_sub(self.used.get())
    }
}
