//! Until when a watched guest stands still.

use monitor_api::Verdict;

use super::policy::Action;
use crate::dump::Order;

/// Nanoseconds in which a guest that is asked to stands still.
pub const STANDS: u64 = 1_000_000_000;

/// What becomes of a guest that stood still for its dump; the later, the stronger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum After {
    /// It goes on.
    Resume,
    /// It goes on standing still.
    Stand,
    /// It is started afresh.
    Restart,
}

/// What is done about the guest at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Nothing.
    Nothing,
    /// It is paused; then [`Standstill::paused`].
    Pause,
    /// It is paused for its dump; then [`Standstill::asked`].
    Dump(After),
    /// It is started afresh.
    Restart,
}

/// What comes next for a guest that stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing yet.
    Wait,
    /// Its dump can be announced; then [`Standstill::announced`].
    Announce,
    /// Its standstill [ends](Standstill::end).
    End(End),
}

/// Why a standstill ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Somebody outside wants it.
    Ordered(Order),
    /// The dump was fetched.
    Fetched,
    /// The dump was not fetched in time.
    Late,
    /// The dump cannot be made.
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Idle,
    /// The guest was asked to stand still, then; and what comes after its dump.
    Asked(u64, After),
    /// The dump can be fetched, since then.
    Ready(u64, After),
}

/// Whether a watched guest stands still, and what for. One round of findings may lead to several actions, in any order: none of
/// them takes back what another one asks for.
///
/// ```
/// use monitor_api::Verdict;
/// use spumone_core::monitors::{Action, After, End, Measure, Next, Standstill};
///
/// let mut guest = Standstill::new(60_000_000_000); // somebody has a minute to fetch a dump
/// assert_eq!(guest.follow(Action::Dump, Verdict::Report), Measure::Dump(After::Resume));
/// guest.asked(After::Resume, 0);
/// assert_eq!(guest.next(1000, None, true, false), Next::Announce);
/// guest.announced(1000);
/// assert_eq!(guest.next(2000, None, true, true), Next::End(End::Fetched));
/// assert_eq!(guest.end(End::Fetched), After::Resume);
/// ```
#[derive(Clone, Debug)]
pub struct Standstill {
    progress: Progress,
    /// It stands until somebody orders something else.
    paused: bool,
    patience: u64,
}

impl Standstill {
    /// Of a guest that runs; `patience` is how many nanoseconds somebody has to fetch a dump, 0: for ever.
    pub const fn new(patience: u64) -> Self {
        Self { progress: Progress::Idle, paused: false, patience }
    }

    /// What an action of the policy leads to at once. What would take the evidence away waits until the dump that is being made has been fetched.
    pub fn follow(&mut self, action: Action, verdict: Verdict) -> Measure {
        let (measure, then) = match action {
            Action::Report => return Measure::Nothing,
            Action::Pause => (Measure::Pause, After::Stand),
            Action::Dump if verdict == Verdict::Restart => (Measure::Dump(After::Restart), After::Restart),
            Action::Dump => (Measure::Dump(After::Resume), After::Resume),
            Action::Restart => (Measure::Restart, After::Restart),
        };
        match &mut self.progress {
            Progress::Idle => measure,
            Progress::Asked(_, after) | Progress::Ready(_, after) => {
                *after = then.max(*after);
                Measure::Nothing
            }
        }
    }

    /// The guest was paused.
    pub fn paused(&mut self) {
        self.paused = true;
    }

    /// The guest was paused for its dump at `now`, and `after` comes then.
    pub fn asked(&mut self, after: After, now: u64) {
        // Another finding of the same round may have paused it.
        let after = if self.paused { after.max(After::Stand) } else { after };
        self.progress = Progress::Asked(now, after);
    }

    /// The dump can be fetched from `now` on.
    pub fn announced(&mut self, now: u64) {
        if let Progress::Asked(_, after) = self.progress {
            self.progress = Progress::Ready(now, after);
        }
    }

    /// What comes next at `now`: `standing` if all of the guest's CPUs stand still, `taken` if somebody says that the dump was fetched.
    pub fn next(&self, now: u64, order: Option<Order>, standing: bool, taken: bool) -> Next {
        if let Some(order) = order {
            return Next::End(End::Ordered(order));
        }
        match self.progress {
            Progress::Asked(since, _) if standing || now.saturating_sub(since) > STANDS => Next::Announce,
            Progress::Ready(..) if taken => Next::End(End::Fetched),
            Progress::Ready(since, _) if self.patience != 0 && now.saturating_sub(since) > self.patience => {
                Next::End(End::Late)
            }
            Progress::Idle | Progress::Asked(..) | Progress::Ready(..) => Next::Wait,
        }
    }

    /// A standstill ends; what becomes of the guest. An order counts more than anything that was asked for before.
    pub fn end(&mut self, why: End) -> After {
        let after = match (why, self.progress) {
            (End::Ordered(Order::Restart), _) => After::Restart,
            (End::Ordered(Order::Resume), _) | (_, Progress::Idle) => After::Resume,
            (_, Progress::Asked(_, after) | Progress::Ready(_, after)) => after,
        };
        (self.progress, self.paused) = (Progress::Idle, after == After::Stand);
        after
    }
}
