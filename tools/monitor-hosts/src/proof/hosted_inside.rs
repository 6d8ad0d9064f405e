//! Manipulations from inside a Linux that monitors on SPUMONE watch, and Linux left alone for long.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use monitor_api::Clock;
use provision::progress::Step;

use super::attacks::Detection;
use super::spumone::{Hosted, Written};
use super::techniques::Inside;

/// Linux's console.
const LINUX: usize = 0;
/// Cycles within which its shell does a command.
const COMMAND: u64 = 3_000_000_000;

impl Hosted {
    /// Loads the modules of `guests/linux/attacks` in a Linux at its shell.
    ///
    /// # Errors
    /// When they do not load.
    pub fn load_modules(&mut self) -> Result<()> {
        self.emulator.enter(LINUX, "sh /lib/attacks/load");
        self.emulator.until("attack: loaded", COMMAND)
    }

    /// Lets Linux at its shell, in which the modules and a process `sleep` are, manipulate itself, and waits for the monitor to find it; then
    /// Linux takes it back. The time counts from the module's word that it is done.
    ///
    /// # Errors
    /// When it is not found within [`super::spumone::PROMISED`].
    pub fn detect_inside(&mut self, attack: &Inside) -> Result<Detection> {
        if let Some(before) = attack.before {
            self.order(before)?;
            self.order(&format!("-{before}"))?;
        }
        let known = self.known()?;
        self.order(attack.word)?;
        let found = self.wait_for(attack.says, known);
        self.order(&format!("-{}", attack.word))?;
        let (entry, after) = found.with_context(|| attack.technique)?;
        // What is taken back must be seen to be gone, or the next one would not be new.
        self.scans(1)?;
        let (name, reference, monitor) = (attack.technique, attack.reference, attack.says.0);
        Ok(Detection { name, reference, monitor, said: entry.to_string(), after })
    }

    /// Writes a word to `/proc/attack` and waits until the module has done it.
    fn order(&mut self, word: &str) -> Result<()> {
        self.emulator.enter(LINUX, &format!("echo {word} > /proc/attack"));
        let done = self.emulator.until(&format!("attack: {word} done"), COMMAND);
        done.with_context(|| format!("the guest did not do {word}"))
    }

    /// Lets Linux work hard for a length of guest time, in which nothing may be raised and few scans break off.
    ///
    /// # Errors
    /// When a monitor raises something, breaks off more often than one time in twenty (lists change while they are read, on slow cores the more),
    /// or does not complete `scans` scans.
    pub fn clean_for(&mut self, length: Duration, scans: u32) -> Result<Written> {
        self.emulator.enter(LINUX, "cd /tmp; /lib/spumone/load &");
        self.emulator.until("load: running", COMMAND)?;
        let step = Step::new("a clean Linux under load on SPUMONE");
        let second = self.emulator.machine().config().cycles_per_second();
        let end = self.emulator.now() + length.as_nanos() as u64;
        let mut written = self.written()?;
        while self.emulator.now() < end {
            self.emulator.run(second)?;
            written = self.written()?;
            ensure!(written.entries.is_empty(), "a clean guest raised {:?}", written.entries);
            step.note(&format!("{} s of guest time", self.emulator.now() / 1_000_000_000));
        }
        for row in written.rows.iter().filter(|row| row.work == spumone_core::findings::Work::Active) {
            ensure!(row.scans >= scans && row.broken * 20 <= row.scans, "scans are few or broke off: {row:?}");
        }
        step.done();
        Ok(written)
    }
}
