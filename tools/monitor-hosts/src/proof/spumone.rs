//! Monitors that run on SPUMONE, in a guest of their own: what they write down, read out of the memory of their core.

use anyhow::{Context, Result, bail, ensure};
use monitor_api::Clock;
use spumone_core::findings::{BYTES, Entry, Findings, Row, State, Work};

use super::attacks::{Attack, Detection, plan, write};
use super::guests::Prepared;
use crate::emulator::Emulator;

/// Where the monitor guest keeps its findings, in its core's URAM (guests/monitor-host).
pub const FINDINGS: u32 = 0xe560_8000;
/// Core cycles between two looks: 1 ms of a core of 600 MHz.
const SLICE: u64 = 600_000;
/// Within so much guest time a manipulation must be found, in nanoseconds.
pub const PROMISED: u64 = 1_000_000_000;
/// Guest time in which every monitor must have come to the end of a scan, in nanoseconds.
const PATIENCE: u64 = 5_000_000_000;

/// A system in which monitors run on core `core`.
pub struct Hosted {
    /// The machine.
    pub emulator: Emulator,
    /// The core.
    pub core: usize,
}

/// What the monitors have written down.
#[derive(Clone, Debug)]
pub struct Written {
    /// How far they are.
    pub state: State,
    /// The monitors.
    pub rows: Vec<Row>,
    /// What they found.
    pub entries: Vec<Entry>,
}

impl Hosted {
    /// What they have written down by now. Runs on for a moment when it is being written just now.
    ///
    /// # Errors
    /// When there is nothing, or the machine ends.
    pub fn written(&mut self) -> Result<Written> {
        let mut last = None;
        for _ in 0..20 {
            let bytes = self.emulator.machine().read_memory(self.core, FINDINGS, BYTES).context("no such memory")?;
            match Findings::read(&bytes) {
                Ok(findings) => {
                    let rows: Vec<Row> = findings.monitors().map(|(_, row)| row).collect();
                    if rows.len() == findings.status().monitors as usize {
                        return Ok(Written {
                            state: findings.status().state,
                            rows,
                            entries: findings.entries().collect(),
                        });
                    }
                }
                Err(error) => last = Some(error),
            }
            self.emulator.run(1000)?;
        }
        Err(last.map_or_else(|| anyhow::anyhow!("the table of monitors is never whole"), Into::into))
    }

    /// Runs until every monitor that has something to watch has come to the end of `scans` more scans.
    ///
    /// # Errors
    /// When one does not, or none watches.
    pub fn scans(&mut self, scans: u32) -> Result<Written> {
        self.until(scans, |row| row.scans)
    }

    /// The same for scans that came to their end or broke off: what a guest at work changes meanwhile breaks some.
    ///
    /// # Errors
    /// When one does neither, or none watches.
    pub fn tries(&mut self, scans: u32) -> Result<Written> {
        self.until(scans, |row| row.scans.wrapping_add(row.broken))
    }

    /// Runs until the monitors have just ended a round: what is done now, the same round of theirs comes by.
    ///
    /// # Errors
    /// When they do not go on.
    pub fn round(&mut self) -> Result<()> {
        let steps = |written: Written| written.rows.iter().rfind(|row| row.work == Work::Active).map(|row| row.steps);
        let before = steps(self.written()?).context("no monitor watches")?;
        let limit = self.emulator.now() + PATIENCE;
        while steps(self.written()?).is_none_or(|steps| steps == before) {
            ensure!(self.emulator.now() < limit, "the monitors do not come to the end of a round");
            self.emulator.run(SLICE)?;
        }
        Ok(())
    }

    fn until(&mut self, scans: u32, count: fn(&Row) -> u32) -> Result<Written> {
        let from = self.written()?.rows;
        let limit = self.emulator.now() + PATIENCE * u64::from(scans);
        loop {
            let written = self.written()?;
            let active = |row: &&Row| row.work == Work::Active;
            let done = |row: &Row| {
                let before = from.iter().find(|from| from.name == row.name).map_or(0, count);
                count(row).wrapping_sub(before) >= scans
            };
            if written.rows.iter().filter(active).count() > 3 && written.rows.iter().filter(active).all(done) {
                return Ok(written);
            }
            ensure!(self.emulator.now() < limit, "a monitor did not complete {scans} scans: {written:?}");
            self.emulator.run(SLICE)?;
        }
    }

    /// Performs an attack on the guest at its shell, in which `sleep` runs.
    ///
    /// # Errors
    /// When the guest has not what it is done to.
    pub fn spoil(&mut self, attack: &Attack, prepared: &Prepared) -> Result<()> {
        for writes in [attack.before, attack.spoil] {
            let writes = plan(&self.emulator, prepared, writes)?;
            write(&mut self.emulator, &writes)?;
        }
        Ok(())
    }

    /// Performs an attack on the guest at its shell, in which `sleep` runs, and waits for its monitor to find it; then undoes it.
    ///
    /// # Errors
    /// When it is not found within [`PROMISED`].
    pub fn detect(&mut self, attack: &Attack, prepared: &Prepared) -> Result<Detection> {
        let before = plan(&self.emulator, prepared, attack.before)?;
        let undo_before = write(&mut self.emulator, &before)?;
        let known = self.known()?;
        let writes = plan(&self.emulator, prepared, attack.spoil)?;
        let undo = write(&mut self.emulator, &writes)?;
        let found = self.wait_for(attack.says, known).with_context(|| attack.name);
        write(&mut self.emulator, &undo)?;
        write(&mut self.emulator, &undo_before)?;
        let (entry, after) = found?;
        // What is undone must be seen to be gone, or the next one would not be new.
        self.scans(1)?;
        let (name, reference, monitor) = (attack.name, attack.reference, attack.says.0);
        Ok(Detection { name, reference, monitor, said: entry.to_string(), after })
    }
    /// The number that the next finding will have, when two more scans have found nothing.
    pub(super) fn known(&mut self) -> Result<u32> {
        Ok(self.scans(2)?.entries.last().map_or(0, |entry| entry.number + 1))
    }

    /// Runs until a monitor has said what it must, in a finding from number `known` on; gives it, and the guest time that went by.
    pub(super) fn wait_for(&mut self, says: (&str, &str), known: u32) -> Result<(Entry, u64)> {
        let began = self.emulator.now();
        loop {
            self.emulator.run(SLICE)?;
            let new: Vec<Entry> = self.written()?.entries.into_iter().filter(|entry| entry.number >= known).collect();
            let after = self.emulator.now() - began;
            if let Some(entry) = new.iter().find(|entry| (entry.monitor.as_str(), entry.what.as_str()) == says) {
                return Ok((entry.clone(), after));
            }
            if after > PROMISED {
                let raised: String = new.iter().map(|entry| format!("\n    {entry}")).collect();
                bail!("not found within 1 s; raised:{raised}");
            }
        }
    }
}
