//! Classic manipulations of a Linux kernel, done from inside by a module (`guests/linux/attacks`), and whether a monitor finds them.
//!
//! The table serves every host: what it takes to do one is a word written to `/proc/attack` of a guest with `-modules`.

use anyhow::{Context, Result, ensure};
use monitor_api::Host;

use super::attacks::Detection;
use super::guests::{Prepared, texts};
use super::techniques::Inside;
use crate::emulator::Emulator;
use crate::registry::all;
use crate::runner::{Watch, watch_until};
use crate::target::Target;

/// Cycles within which the guest's shell does a command.
const COMMAND: u64 = 3_000_000_000;
/// Guest time within which a finding must come, in nanoseconds.
const IN_TIME: u64 = 1_000_000_000;

/// Loads the modules in a guest at its shell.
///
/// # Errors
/// When they do not load.
pub fn load_modules(prepared: &Prepared, guest: &mut Emulator) -> Result<()> {
    guest.enter(prepared.console(), "sh /lib/attacks/load");
    guest.until("attack: loaded", COMMAND)
}

/// Performs a manipulation in a guest at its shell, in which the modules and a process `sleep` are, and waits for its monitor to find it; then
/// takes it back.
///
/// # Errors
/// When it is not found within a second of guest time, or something is found before.
pub fn detect_inside(attack: &Inside, prepared: &Prepared, guest: &mut Emulator) -> Result<Detection> {
    if let Some(before) = attack.before {
        order(prepared, guest, before)?;
        order(prepared, guest, &format!("-{before}"))?;
    }
    let mut ordered = Ordered { guest, prepared, word: attack.word, done: None };
    let says = attack.says;
    // As many scans as fit into the time, at ten milliseconds each, and what the manipulation itself takes.
    let how = Watch { scans: 120, ..Watch::default() };
    let mut monitors = all();
    let summary = watch_until(&mut ordered, prepared.profile()?, &mut monitors, how, &mut |_| (), &|summary| {
        summary.raised.iter().any(|raised| (raised.monitor, raised.finding.what) == says)
    });
    let at = ordered.done;
    let undone = order(prepared, guest, &format!("-{}", attack.word));
    let (raised, at) = (summary?.raised, at.with_context(|| format!("{} was not done", attack.word))?);
    undone?;
    let early: Vec<_> = raised.iter().filter(|raised| raised.at < at).cloned().collect();
    ensure!(early.is_empty(), "raised before it was done: {}", texts(&early));
    let found = raised.iter().find(|raised| (raised.monitor, raised.finding.what) == says);
    let found = found.with_context(|| format!("not found by {}; raised: {}", says.0, texts(&raised)))?;
    ensure!(found.at - at <= IN_TIME, "found only after {} ms", (found.at - at) / 1_000_000);
    Ok(Detection {
        name: attack.technique,
        reference: attack.reference,
        monitor: found.monitor,
        said: found.finding.to_string(),
        after: found.at - at,
    })
}

/// Writes a word to `/proc/attack` and waits until the module has done it.
fn order(prepared: &Prepared, guest: &mut Emulator, word: &str) -> Result<()> {
    guest.enter(prepared.console(), &format!("echo {word} > /proc/attack"));
    guest.until(&format!("attack: {word} done"), COMMAND).with_context(|| format!("the guest did not do {word}"))
}

/// A guest that is told to do it before it runs on for the first time.
struct Ordered<'g> {
    guest: &'g mut Emulator,
    prepared: &'g Prepared,
    word: &'static str,
    /// When it was done.
    done: Option<u64>,
}

impl Target for Ordered<'_> {
    fn host(&self) -> &dyn Host {
        self.guest.host()
    }

    fn pass(&mut self) -> Result<bool> {
        if self.done.is_none() {
            self.guest.enter(self.prepared.console(), &format!("echo {} > /proc/attack", self.word));
            self.guest.until(&format!("attack: {} done", self.word), COMMAND)?;
            self.done = Some(self.guest.host().now());
        }
        self.guest.pass()
    }
}
