//! Runs monitors on a target.

use anyhow::{Result, anyhow};
use monitor_api::profile::Profile;
use monitor_api::{AccessError, Applies, Finding, Guest, Limits, Monitor, Scan, Session, Verdict};

use crate::banner::find_banners;
use crate::target::Target;

/// Steps that a scan takes at most: what needs more is reported as a fault of the monitor.
const STEPS: u32 = 10_000;

/// How often and at what cost.
#[derive(Clone, Copy, Debug)]
pub struct Watch {
    /// Complete scans of each monitor.
    pub scans: u32,
    /// What a step may cost.
    pub limits: Limits,
}

impl Default for Watch {
    /// Two scans, because some suspicions must be seen twice; half a megabyte a step.
    fn default() -> Self {
        Self { scans: 2, limits: Limits::bytes(512 << 10) }
    }
}

/// A finding and whose it is.
#[derive(Clone, Debug)]
pub struct Raised {
    /// The monitor.
    pub monitor: &'static str,
    /// The scan in which it came, from 1.
    pub scan: u32,
    /// The host's clock then.
    pub at: u64,
    /// What it says.
    pub finding: Finding,
}

/// What a scan of a monitor cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// Complete scans.
    pub scans: u32,
    /// Steps that they took.
    pub steps: u32,
    /// Bytes charged, an access counting 16 more than its length.
    pub bytes: u64,
}

/// What a watch came to.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// All findings.
    pub raised: Vec<Raised>,
    /// Monitors that have nothing to watch in this guest, and why.
    pub not_applicable: Vec<(&'static str, &'static str)>,
    /// Steps that broke off, and why.
    pub broken: Vec<(&'static str, AccessError)>,
    /// What each monitor cost.
    pub cost: Vec<(&'static str, Cost)>,
}

impl Summary {
    /// The strictest verdict.
    pub fn verdict(&self) -> Verdict {
        self.raised.iter().map(|raised| raised.finding.verdict).max().unwrap_or(Verdict::Fine)
    }
}

/// Runs `monitors` on `target`, round by round; in between the guest runs, if it can. `tell` hears of each finding at once.
///
/// # Errors
/// When the profile is not that of the guest's kernel, a monitor cannot begin or never completes a scan, or the target fails.
pub fn watch(
    target: &mut dyn Target,
    profile: Profile<'_>,
    monitors: &mut [Box<dyn Monitor>],
    watch: Watch,
    tell: &mut dyn FnMut(&Raised),
) -> Result<Summary> {
    watch_until(target, profile, monitors, watch, tell, &|_| false)
}

/// The same, but ends as soon as `done` says so after a round.
///
/// # Errors
/// Those of [`watch`].
pub fn watch_until(
    target: &mut dyn Target,
    profile: Profile<'_>,
    monitors: &mut [Box<dyn Monitor>],
    watch: Watch,
    tell: &mut dyn FnMut(&Raised),
    done: &dyn Fn(&Summary) -> bool,
) -> Result<Summary> {
    let mut summary = Summary::default();
    let mut runs: Vec<Run<'_>> = monitors.iter_mut().map(|monitor| Run::new(monitor.as_mut())).collect();
    {
        let guest = attach(target, profile)?;
        for run in &mut runs {
            let applies = run.session.init(&guest, watch.limits).map_err(|error| anyhow!("{}: {error}", run.name))?;
            if let Applies::No(why) = applies {
                summary.not_applicable.push((run.name, why));
            }
        }
    }
    let mut alive = true;
    while !done(&summary) && runs.iter().any(|run| run.cost.scans < watch.scans) {
        {
            let guest = attach(target, profile)?;
            for run in runs.iter_mut().filter(|run| run.cost.scans < watch.scans) {
                run.step(&guest, watch.limits, &mut summary, tell)?;
            }
        }
        // A dump does not run, and a guest may end; what is there can be looked at again.
        alive = alive && target.pass()?;
    }
    summary.cost = runs.iter().map(|run| (run.name, run.cost)).collect();
    Ok(summary)
}

/// The profile belongs to the guest, or an error that names both kernels.
fn attach<'t>(target: &'t dyn Target, profile: Profile<'t>) -> Result<Guest<'t>> {
    Guest::attach(target.host(), profile).map_err(|error| {
        // Boards' memory begins there, and kernels lie in its first part.
        let found = find_banners(target.host(), 0x0c00_0000, 16 << 20);
        let own = profile.banner().trim();
        if !own.is_empty() && found.iter().any(|text| text.starts_with(own)) {
            return anyhow!(
                "{error}\nThe guest runs another build of the same version: configuration or sources differ."
            );
        }
        match found.as_slice() {
            [] => anyhow!("{error}"),
            found => anyhow!("{error}\nIn the guest's memory there is\n    {}", found.join("\n    ")),
        }
    })
}

struct Run<'m> {
    name: &'static str,
    session: Session<'m>,
    cost: Cost,
    /// Steps of the scan that is not complete yet.
    open: u32,
}

impl<'m> Run<'m> {
    fn new(monitor: &'m mut dyn Monitor) -> Self {
        Self { name: monitor.name(), session: Session::new(monitor), cost: Cost::default(), open: 0 }
    }

    fn step(
        &mut self,
        guest: &Guest<'_>,
        limits: Limits,
        summary: &mut Summary,
        tell: &mut dyn FnMut(&Raised),
    ) -> Result<()> {
        let (monitor, scan, at) = (self.name, self.cost.scans + 1, guest.host().now());
        let raised = &mut summary.raised;
        let outcome = self.session.step(guest, limits, &mut |finding| {
            let new = Raised { monitor, scan, at, finding: *finding };
            tell(&new);
            raised.push(new);
        });
        self.cost.bytes += outcome.used;
        self.cost.steps += 1;
        self.open += 1;
        match outcome.scan {
            Ok(Scan::Partial) if self.open < STEPS => return Ok(()),
            Ok(Scan::Partial) => return Err(anyhow!("{monitor} did not complete a scan in {STEPS} steps")),
            Ok(Scan::Complete) => {}
            // A running guest may change under the monitor; the next scan is another chance.
            Err(error) => summary.broken.push((monitor, error)),
        }
        self.cost.scans += 1;
        self.open = 0;
        Ok(())
    }
}
