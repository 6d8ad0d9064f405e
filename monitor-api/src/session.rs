//! Running a monitor: what every host does alike.

use core::fmt;

use crate::budget::Budget;
use crate::error::AccessError;
use crate::finding::{Alarm, Finding};
use crate::guest::Guest;
use crate::monitor::{Applies, Event, Monitor, Scan};
use crate::verdict::Verdict;
use crate::version::{API_VERSION, Version};

/// What a step may cost.
///
/// ```
/// use monitor_api::Limits;
///
/// let limits = Limits::bytes(65_536).nanoseconds(200_000);
/// assert_eq!(limits.bytes, 65_536);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes to read; see [`Budget`].
    pub bytes: u64,
    /// Nanoseconds of the host's clock.
    pub nanoseconds: Option<u64>,
}

impl Limits {
    /// So many bytes, and no limit on time.
    ///
    /// ```
    /// use monitor_api::Limits;
    ///
    /// assert_eq!(Limits::bytes(65_536).nanoseconds, None);
    /// ```
    pub const fn bytes(bytes: u64) -> Self {
        Self { bytes, nanoseconds: None }
    }

    /// The same within so many nanoseconds.
    ///
    /// ```
    /// use kernel_profile::IoWait;
    /// use monitor_api::{Limits, Session};
    ///
    /// # kernel_profile::Sample::linux().attached(|guest, _| {
    /// # let mut monitor = IoWait::default();
    /// # let mut session = Session::new(&mut monitor);
    /// let limits = Limits::bytes(65_536).nanoseconds(200_000);
    /// assert_eq!((limits.bytes, limits.nanoseconds), (65_536, Some(200_000)));
    /// session.init(guest, limits)?;
    /// // The host's clock stands still in this guest: no step ever takes too long.
    /// assert!(session.step(guest, limits, &mut |_| ()).scan.is_ok());
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub const fn nanoseconds(self, nanoseconds: u64) -> Self {
        Self { nanoseconds: Some(nanoseconds), ..self }
    }

    fn budget(&self, guest: &Guest<'_>) -> Budget {
        let budget = Budget::bytes(self.bytes);
        match self.nanoseconds {
            Some(time) => budget.until(guest.host().now().saturating_add(time)),
            None => budget,
        }
    }
}

/// What came of a step.
///
/// ```
/// use kernel_profile::IoWait;
/// use monitor_api::{AccessError, Limits, Scan, Session, Verdict};
///
/// # kernel_profile::Sample::linux().attached(|guest, _| {
/// # let mut monitor = IoWait::default();
/// # let mut session = Session::new(&mut monitor);
/// # session.init(guest, Limits::bytes(1000))?;
/// let outcome = session.step(guest, Limits::bytes(1000), &mut |_| ());
/// assert_eq!((outcome.verdict, outcome.findings, outcome.scan), (Verdict::Report, 1, Ok(Scan::Complete)));
///
/// // A step that breaks off found nothing, which does not mean that nothing is wrong.
/// let outcome = session.step(guest, Limits::bytes(30), &mut |_| ());
/// assert_eq!((outcome.verdict, outcome.findings), (Verdict::Fine, 0));
/// assert_eq!(outcome.scan, Err(AccessError::BudgetExceeded { used: outcome.used, limit: 30 }));
/// # Ok(()) });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The strictest verdict of the step's findings.
    pub verdict: Verdict,
    /// Findings of the step.
    pub findings: u32,
    /// How far the monitor is, or why the step broke off.
    pub scan: Result<Scan, AccessError>,
    /// Bytes that it was charged.
    pub used: u64,
}

/// Why a monitor does not run.
///
/// ```
/// use monitor_api::{AccessError, Name, SessionError, Version};
///
/// let error = SessionError::Version { needs: Version { major: 2, minor: 0 }, has: Version { major: 1, minor: 3 } };
/// assert_eq!(error.to_string(), "the monitor needs API 2.0, this host has 1.3");
/// let error = SessionError::Init(AccessError::NoType { name: Name::new("cred") });
/// assert_eq!(error.to_string(), "the monitor cannot begin: the profile has no type cred");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionError {
    /// It was written for another API.
    Version {
        /// What it needs.
        needs: Version,
        /// What this host has.
        has: Version,
    },
    /// It could not look up what it needs.
    Init(AccessError),
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version { needs, has } => write!(
                f,
                "the monitor needs API {}.{}, this host has {}.{}",
                needs.major, needs.minor, has.major, has.minor
            ),
            Self::Init(error) => write!(f, "the monitor cannot begin: {error}"),
        }
    }
}

impl core::error::Error for SessionError {}

/// A monitor at work on a guest. Every host drives its monitors through this, so that versions, budgets and verdicts are handled
/// alike. See [`Monitor`] for an example.
///
/// ```
/// use kernel_profile::IoWait;
/// use monitor_api::{Applies, Limits, Session};
///
/// # kernel_profile::Sample::linux().attached(|guest, _| {
/// let mut monitor = IoWait::default();
/// let mut session = Session::new(&mut monitor);
/// let limits = Limits::bytes(1000);
/// assert_eq!(session.init(guest, limits)?, Applies::Yes);
/// let mut log = Vec::new();
/// session.step(guest, limits, &mut |finding| log.push(finding.to_string()));
/// assert_eq!(log, ["waits for a disk: sh at 0x8c001200"]);
/// # Ok(()) });
/// ```
pub struct Session<'m> {
    monitor: &'m mut dyn Monitor,
    applies: Applies,
}

impl<'m> Session<'m> {
    /// Nothing is asked of the monitor before [`Session::init`].
    ///
    /// ```
    /// use kernel_profile::IoWait;
    /// use monitor_api::{Limits, Scan, Session};
    ///
    /// # kernel_profile::Sample::linux().attached(|guest, _| {
    /// let mut monitor = IoWait::default();
    /// let mut session = Session::new(&mut monitor);
    /// // Not yet begun: a step looks at nothing.
    /// let outcome = session.step(guest, Limits::bytes(1000), &mut |_| ());
    /// assert_eq!((outcome.used, outcome.scan), (0, Ok(Scan::Complete)));
    /// # Ok(()) });
    /// ```
    pub fn new(monitor: &'m mut dyn Monitor) -> Self {
        Self { monitor, applies: Applies::No("it was not initialised") }
    }

    /// The monitor.
    ///
    /// ```
    /// use kernel_profile::IoWait;
    /// use monitor_api::Session;
    ///
    /// let mut monitor = IoWait::default();
    /// assert_eq!(Session::new(&mut monitor).monitor().name(), "io-wait");
    /// ```
    pub fn monitor(&self) -> &dyn Monitor {
        self.monitor
    }

    /// Whether the monitor has anything to watch, as it said last.
    ///
    /// ```
    /// use kernel_profile::IoWait;
    /// use monitor_api::{Applies, Limits, Session};
    ///
    /// # kernel_profile::Sample::linux().attached(|guest, _| {
    /// let mut monitor = IoWait::default();
    /// let mut session = Session::new(&mut monitor);
    /// assert_eq!(session.applies(), Applies::No("it was not initialised"));
    /// session.init(guest, Limits::bytes(1000))?;
    /// assert_eq!(session.applies(), Applies::Yes);
    /// # Ok(()) });
    /// ```
    pub const fn applies(&self) -> Applies {
        self.applies
    }

    /// Lets the monitor look up what it needs.
    ///
    /// # Errors
    /// [`SessionError`].
    ///
    /// ```
    /// use kernel_profile::IoWait;
    /// use monitor_api::{AccessError, Limits, Name, Session, SessionError};
    ///
    /// # let empty = kernel_profile::Sample::default();
    /// # empty.attached(|guest, _| {
    /// // A guest without a kernel of Linux.
    /// let mut monitor = IoWait::default();
    /// let error = Session::new(&mut monitor).init(guest, Limits::bytes(1000));
    /// assert_eq!(error, Err(SessionError::Init(AccessError::NoSymbol { name: Name::new("init_task") })));
    /// # Ok(()) });
    /// ```
    pub fn init(&mut self, guest: &Guest<'_>, limits: Limits) -> Result<Applies, SessionError> {
        let needs = self.monitor.needs();
        if !API_VERSION.runs(needs) {
            return Err(SessionError::Version { needs, has: API_VERSION });
        }
        let budget = limits.budget(guest);
        self.applies = self.monitor.init(&guest.view(&budget)).map_err(SessionError::Init)?;
        Ok(self.applies)
    }

    /// One step. Does nothing (a complete scan without findings) if the monitor does not apply.
    ///
    /// ```
    /// use kernel_profile::IoWait;
    /// use monitor_api::{Limits, Session, Verdict};
    ///
    /// # kernel_profile::Sample::linux().attached(|guest, _| {
    /// # let mut monitor = IoWait::default();
    /// # let mut session = Session::new(&mut monitor);
    /// # session.init(guest, Limits::bytes(1000))?;
    /// let mut subjects = Vec::new();
    /// let outcome = session.step(guest, Limits::bytes(1000), &mut |finding| subjects.push(finding.subject.to_string()));
    /// assert_eq!((outcome.verdict, subjects), (Verdict::Report, vec!["sh".to_owned()]));
    /// # Ok(()) });
    /// ```
    pub fn step(&mut self, guest: &Guest<'_>, limits: Limits, sink: &mut dyn FnMut(&Finding)) -> Outcome {
        let budget = limits.budget(guest);
        let mut alarm = Alarm::new(sink);
        let scan = match self.applies {
            Applies::Yes => self.monitor.step(&guest.view(&budget), &mut alarm),
            Applies::No(_) => Ok(Scan::Complete),
        };
        Outcome { verdict: alarm.verdict(), findings: alarm.count(), scan, used: budget.used() }
    }

    /// Tells the monitor of an event; after a restart of the guest it is initialised anew.
    ///
    /// # Errors
    /// [`SessionError`], of the monitor's answer or of the new start.
    ///
    /// ```
    /// use kernel_profile::IoWait;
    /// use monitor_api::{Applies, Event, Limits, Session, Verdict};
    ///
    /// # kernel_profile::Sample::linux().attached(|guest, _| {
    /// # let mut monitor = IoWait::default();
    /// # let mut session = Session::new(&mut monitor);
    /// # let limits = Limits::bytes(1000);
    /// // A session that has not begun: its monitor is asked nothing.
    /// assert_eq!(session.event(guest, Event::Resumed, limits, &mut |_| ())?, Verdict::Fine);
    /// // After a restart it begins.
    /// session.event(guest, Event::Restarted, limits, &mut |_| ())?;
    /// assert_eq!(session.applies(), Applies::Yes);
    /// // It has something to say of a pause.
    /// assert_eq!(session.event(guest, Event::Resumed, limits, &mut |_| ())?, Verdict::Report);
    /// # Ok(()) });
    /// ```
    pub fn event(
        &mut self,
        guest: &Guest<'_>,
        event: Event,
        limits: Limits,
        sink: &mut dyn FnMut(&Finding),
    ) -> Result<Verdict, SessionError> {
        let budget = limits.budget(guest);
        let mut alarm = Alarm::new(sink);
        if self.applies == Applies::Yes {
            self.monitor.event(&guest.view(&budget), event, &mut alarm).map_err(SessionError::Init)?;
        }
        let verdict = alarm.verdict();
        if event == Event::Restarted {
            self.init(guest, limits)?;
        }
        Ok(verdict)
    }
}

impl fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("monitor", &self.monitor.name()).field("applies", &self.applies).finish()
    }
}
