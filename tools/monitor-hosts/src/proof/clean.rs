//! A guest that nobody manipulates: however hard it works, no monitor raises anything.

use std::cell::Cell;
use std::time::Duration;

use anyhow::{Result, ensure};
use monitor_api::Host;
use provision::progress::Step;

use super::guests::{Prepared, texts};
use crate::emulator::Emulator;
use crate::registry::all;
use crate::runner::{Summary, Watch, watch, watch_until};
use crate::target::Target;

/// What the monitors saw of a clean guest.
#[derive(Clone, Copy, Debug)]
pub struct Clean {
    /// Guest time, in nanoseconds.
    pub time: u64,
    /// Complete scans of the monitor that made the fewest.
    pub scans: u32,
    /// Scans of all monitors that broke off, because the guest changed under them.
    pub broken: usize,
}

/// Lets the guest work hard: system calls, page faults, forks, file I/O; and with modules, one that comes and goes.
fn load(prepared: &Prepared, guest: &mut Emulator) -> Result<()> {
    if prepared.variant.modules {
        let come_and_go = "while :; do module remove bystander; usleep 70000; module insert /lib/attacks/bystander.ko; usleep 70000; done &";
        guest.enter(prepared.console(), come_and_go);
    }
    guest.enter(prepared.console(), "cd /tmp; /lib/spumone/load &");
    guest.until("load: running", 2_000_000_000)
}

/// Lets the guest work hard and runs all monitors over it: none may raise anything, and every one that applies completes its scans.
///
/// # Errors
/// When a monitor raises something, or breaks off.
pub fn clean_while_loaded(prepared: &Prepared, guest: &mut Emulator, scans: u32) -> Result<()> {
    load(prepared, guest)?;
    let summary = watch(guest, prepared.profile()?, &mut all(), Watch { scans, ..Watch::default() }, &mut |_| ())?;
    judge(&summary)
}

/// The same for a length of guest time.
///
/// # Errors
/// The same.
pub fn clean_for(prepared: &Prepared, guest: &mut Emulator, length: Duration) -> Result<Clean> {
    load(prepared, guest)?;
    let (began, now) = (guest.host().now(), Cell::new(0));
    let end = began + length.as_nanos() as u64;
    let step = Step::new("a clean guest under load");
    let mut timed = Timed { guest, now: &now, step: &step };
    let how = Watch { scans: u32::MAX, ..Watch::default() };
    let stop = |summary: &Summary| now.get() >= end || !summary.raised.is_empty();
    let summary = watch_until(&mut timed, prepared.profile()?, &mut all(), how, &mut |_| (), &stop)?;
    step.done();
    judge(&summary)?;
    let scans = summary.cost.iter().map(|(_, cost)| cost.scans).min().unwrap_or(0);
    Ok(Clean { time: now.get() - began, scans, broken: summary.broken.len() })
}

fn judge(summary: &Summary) -> Result<()> {
    ensure!(summary.raised.is_empty(), "a clean guest raised: {}", texts(&summary.raised));
    // Between two instructions a list may be half linked, so a single scan may break off.
    for (name, cost) in &summary.cost {
        let broken: Vec<_> = summary.broken.iter().filter(|(broken, _)| broken == name).collect();
        ensure!(broken.len() * 20 <= cost.scans as usize, "scans broke off: {:?}", broken.get(..10).unwrap_or(&broken));
    }
    Ok(())
}

/// A guest that says how late it is.
struct Timed<'g> {
    guest: &'g mut Emulator,
    now: &'g Cell<u64>,
    step: &'g Step,
}

impl Target for Timed<'_> {
    fn host(&self) -> &dyn Host {
        self.guest.host()
    }

    fn pass(&mut self) -> Result<bool> {
        let goes_on = self.guest.pass()?;
        let now = self.guest.host().now();
        if now / 10_000_000_000 != self.now.get() / 10_000_000_000 {
            self.step.note(&format!("{} s of guest time", now / 1_000_000_000));
        }
        self.now.set(now);
        Ok(goes_on)
    }
}
