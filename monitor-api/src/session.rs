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
    pub const fn bytes(bytes: u64) -> Self {
        Self { bytes, nanoseconds: None }
    }

    /// The same within so many nanoseconds.
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
pub struct Session<'m> {
    monitor: &'m mut dyn Monitor,
    applies: Applies,
}

impl<'m> Session<'m> {
    /// Nothing is asked of the monitor before [`Session::init`].
    pub fn new(monitor: &'m mut dyn Monitor) -> Self {
        Self { monitor, applies: Applies::No("it was not initialised") }
    }

    /// The monitor.
    pub fn monitor(&self) -> &dyn Monitor {
        self.monitor
    }

    /// Whether the monitor has anything to watch, as it said last.
    pub const fn applies(&self) -> Applies {
        self.applies
    }

    /// Lets the monitor look up what it needs.
    ///
    /// # Errors
    /// [`SessionError`].
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
