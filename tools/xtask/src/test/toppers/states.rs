//! `uitron_description` read from outside: what a machine's memory shows of each task is what the application `states` says of it.

use std::ffi::CStr;
use std::fmt::Write;

use anyhow::{Context, Result, ensure};
use sh4a_emu::machine::{Config, Machine};

use super::{Beside, app, system};
use crate::bench::rig::{Rig, Symbols};
use crate::{image, toppers};

const PATIENCE: u64 = 6_000_000_000;
/// "uITD" and "uITR", most significant byte first.
const DESCRIPTION: u32 = 0x7549_5444;
const TABLES: u32 = 0x7549_5452;
/// Bytes of a CRE_TSK descriptor (uitron_tables.h).
const DESCRIPTOR: u32 = 36;
/// Sleep and delay: what is waited for has no number.
const NO_OBJECT: u16 = 1;

/// On the bare machine, or on SPUMONE.
pub(super) fn run(spumone: bool) -> Result<()> {
    let program = toppers::build(&app("states"), "rp1")?;
    let description = Symbols::load(&program)?.address("uitron_description")?;
    let mut rig = Rig::new(Config::rp1(), "task states from outside");
    rig = match spumone {
        true => rig.flash(&image::build(&system("states", "rp1", &[], Beside::Nobody)?)?)?,
        false => rig.kernel(&program, None)?,
    };
    for round in 1..=2 {
        rig.until(&format!("states: look {round}\r\n"), PATIENCE)?;
        let said = rig.console(1).replace('\r', "");
        let begin = if round == 1 { 0 } else { said.find("look 1\n").context("no first round")? + 7 };
        let end = said.find(&format!("states: look {round}\n")).context("no such round")?;
        let said = &said[begin..end];
        let seen = Memory(&rig.machine).tasks(description)?;
        ensure!(said.ends_with(&seen) && seen.lines().count() > 10, "the guest said\n{said}its memory shows\n{seen}");
    }
    Ok(())
}

struct Memory<'a>(&'a Machine);

impl Memory<'_> {
    fn bytes(&self, address: u32, count: usize) -> Result<Vec<u8>> {
        self.0.read_memory(0, address & 0x1fff_ffff, count).with_context(|| format!("no memory at {address:#x}"))
    }

    fn word(&self, address: u32) -> Result<u32> {
        Ok(u32::from_le_bytes(self.bytes(address, 4)?.try_into().unwrap_or_default()))
    }

    fn half(&self, address: u32) -> Result<u16> {
        Ok(u16::from_le_bytes(self.bytes(address, 2)?.try_into().unwrap_or_default()))
    }

    fn byte(&self, address: u32) -> Result<u8> {
        Ok(self.bytes(address, 1)?[0])
    }

    /// Each task in the guest's own words; the layout is `guests/toppers/sh4a/src/describe.rs`.
    fn tasks(&self, description: u32) -> Result<String> {
        let field = |index: u32| self.word(description + 4 * index);
        ensure!(field(0)? == DESCRIPTION && field(1)? == 2, "no description at {description:#x}");
        let (tables, running) = (field(2)?, self.word(field(3)?)?);
        ensure!(self.word(tables)? == TABLES, "no tables at {tables:#x}");
        let (count, names, blocks) = (self.word(tables + 12)?, self.word(tables + 16)?, self.word(tables + 20)?);
        let mut text = String::new();
        for task in 0..count {
            let name = self.bytes(self.word(names + DESCRIPTOR * task)?, 32)?;
            let name = CStr::from_bytes_until_nul(&name).context("no name")?.to_string_lossy();
            let block = blocks + field(4)? * task;
            let life = self.half(block + field(5)?)?;
            write!(text, "states: {name}: life {life}")?;
            if life == 2 {
                let wait = self.half(block + field(6)?)?;
                write!(text, " wait {wait}")?;
                if wait > NO_OBJECT {
                    write!(text, " object {}", self.half(block + field(7)?)?)?;
                }
            }
            let byte = |index: u32| self.byte(block + field(index)?);
            let (suspended, priority, activation, wakeup) = (byte(8)?, byte(9)?, byte(10)?, byte(11)?);
            write!(text, " suspended {suspended} priority {priority} activation {activation} wakeup {wakeup}")?;
            writeln!(text, " exceptions {}", self.word(block + field(12)?)?)?;
        }
        writeln!(text, "states: running {running}")?;
        Ok(text)
    }
}
