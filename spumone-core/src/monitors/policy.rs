//! What a verdict leads to.

use crate::format::Name;
use monitor_api::Verdict;

/// What is done about the watched guest when a monitor raised something. Reported is everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Nothing more.
    Report = 0,
    /// It stands still until somebody lets it go on.
    Pause = 1,
    /// It stands still until somebody has fetched its memory ([`crate::dump`]), and goes on; is started afresh if the verdict was that.
    Dump = 2,
    /// It is started afresh.
    Restart = 3,
}

impl Action {
    /// All, the mildest first.
    pub const ALL: [Self; 4] = [Self::Report, Self::Pause, Self::Dump, Self::Restart];

    /// Its name in a system file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Pause => "pause",
            Self::Dump => "dump",
            Self::Restart => "restart",
        }
    }

    pub(super) fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|action| *action as u8 == byte)
    }
}

/// A line of the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Whose verdict; `*` for any monitor's.
    pub monitor: Name,
    /// Which verdict.
    pub verdict: Verdict,
    /// What it leads to.
    pub action: Action,
}

/// What `verdict` of `monitor` leads to: what the first rule for this monitor says, else the first one for any; without a rule it is
/// reported and nothing more.
pub fn decide(rules: &[Rule], monitor: &str, verdict: Verdict) -> Action {
    let of = |name: &str| rules.iter().find(|rule| rule.monitor.as_str() == name && rule.verdict == verdict);
    of(monitor).or_else(|| of("*")).map_or(Action::Report, |rule| rule.action)
}
