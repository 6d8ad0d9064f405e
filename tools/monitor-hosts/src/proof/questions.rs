//! The questions of `conformance`, put to SPUMONE by a guest of it (`guests/monitor-host`, program `questions`) while Linux stands still: its answers
//! must be those of the emulator and of a dump on the same memory, and the registers those with which Linux goes on.

use std::fmt::Write;

use anyhow::{Context, Result, bail, ensure};
use monitor_api::{AccessError, Clock, Memory, PhysAddr, Processors, Registers};
use sh4a_emu::machine::Stop;

use super::conformance::{answers, same};
use super::guests::Prepared;
use crate::dump::{Dump, write_core};
use crate::emulator::Emulator;

/// What the guest writes before each answer, and when it has them all.
const ANSWER: &str = "answer: ";
const ALL: &str = "CPUs were asked";
/// Cycles within which it does each of its parts.
const PATIENCE: u64 = 12_000_000_000;
/// Cycles within which all of Linux goes on: 500 ms, of which the guest that asks waits 100.
const SOON: u64 = 300_000_000;
/// Linux's vectors.
const VECTORS: &str = "vbr_base";
/// From the base of vectors to those of exceptions, TLB misses and interrupts (SH-4A software manual, exception handling).
const ENTRIES: [u32; 3] = [0x100, 0x400, 0x600];

/// A system on the emulator in which such a guest watches a Linux.
pub struct Questioned {
    /// The machine, Linux at its shell.
    pub emulator: Emulator,
    /// Linux's memory: first address and bytes.
    pub memory: (u64, u64),
    /// Its virtual CPUs.
    pub cpus: usize,
    /// The serial ports of Linux's console and of SPUMONE's log.
    pub ports: (usize, usize),
}

impl Questioned {
    /// Lets it ask, and compares; gives the number of answers.
    ///
    /// # Errors
    /// With the first answer that differs.
    pub fn agree(&mut self, prepared: &Prepared) -> Result<usize> {
        let (linux, log) = self.ports;
        self.wait_for_prompt()?;
        // CPUs in user mode, in the kernel, and idle ones that do not sleep for long.
        for work in ["while :; do :; done &", "while :; do usleep 3000; done &", "while :; do usleep 2000; done &"] {
            self.emulator.enter(linux, work);
        }
        // The word to begin.
        self.emulator.enter(linux, "sleep 100000 &");
        self.emulator.until("it stands still", PATIENCE)?;
        let stood = self.region()?;
        self.emulator.until(ALL, PATIENCE)?;
        ensure!(self.region()? == stood, "Linux's memory changed while it stood still");

        let text = self.emulator.console(log);
        let (mut said, mut registers, mut general) = (String::new(), String::new(), true);
        for answer in text.lines().filter_map(|line| Some(line.trim_end().split_once(ANSWER)?.1)) {
            writeln!(if general { &mut said } else { &mut registers }, "{answer}")?;
            general &= !answer.starts_with("charged");
        }
        ensure!(said.lines().count() > 40, "too few answers to compare:\n{text}");
        let profile = prepared.profile()?;
        same("SPUMONE", &answers(&Within(self), profile, false)?, &said)?;

        let file = tempfile::NamedTempFile::new()?;
        write_core(file.reopen()?, u32::try_from(self.memory.0)?, &stood, &[])?;
        same("SPUMONE, beside a dump,", &answers(&Dump::read_core(file.path())?, profile, false)?, &said)?;

        let vbr = profile.symbol(VECTORS).with_context(|| format!("no {VECTORS}"))?.address.get() as u32;
        let goes_on = Dump::raw(0, Vec::new()).with_cpus(self.goes_on(&registers, vbr)?);
        let mut expected = String::new();
        conformance::ask_registers(&goes_on, &mut |answer| expected += &format!("{answer}\n"));
        same("SPUMONE", &expected, &registers)?;
        Ok(said.lines().count() + registers.lines().count())
    }

    /// What is typed before the shell asks for it gets lost.
    fn wait_for_prompt(&mut self) -> Result<()> {
        let limit = self.emulator.machine().time() + PATIENCE;
        while !self.emulator.console(self.ports.0).trim_end_matches(' ').ends_with('#') {
            ensure!(self.emulator.machine().time() < limit, "no prompt:\n{}", self.emulator.tail());
            self.emulator.run(1_000_000)?;
        }
        Ok(())
    }

    fn region(&self) -> Result<Vec<u8>> {
        let (start, size) = self.memory;
        let bytes = self.emulator.machine().read_memory(0, u32::try_from(start)?, usize::try_from(size)?);
        bytes.context("Linux's memory has gaps")
    }

    /// Runs until each virtual CPU goes on, on whatever core, where `said` says that it stood; gives the registers with which it does.
    fn goes_on(&mut self, said: &str, vbr: u32) -> Result<Vec<Registers>> {
        let stood: Vec<Stood> = (0..self.cpus).map(|vcpu| Stood::of(said, vcpu)).collect::<Result<_>>()?;
        let machine = self.emulator.machine_mut();
        let entries = ENTRIES.map(|entry| vbr.wrapping_add(entry));
        let places: Vec<u32> = stood.iter().map(|stood| stood.pc).chain(entries).collect();
        for core in 0..machine.cores() {
            places.iter().for_each(|at| machine.cpu_mut(core).add_breakpoint(*at));
        }
        let mut found = vec![None; stood.len()];
        let limit = machine.time() + SOON;
        while let Some(missing) = found.iter().position(Option::is_none) {
            let Stop::Breakpoint { core, .. } = self.emulator.machine_mut().run(limit) else {
                bail!("CPU {missing} does not go on where it stood:\n{said}");
            };
            // The core's own vectors are SPUMONE's.
            let all = Registers { vbr, ..self.emulator.registers(core).context("no such core")? };
            for (place, stood) in found.iter_mut().zip(&stood).filter(|(place, _)| place.is_none()) {
                *place = at(all, stood.pc).filter(|all| all.r[15] == stood.stack).map(|all| as_kept(all, stood.called));
            }
        }
        let machine = self.emulator.machine_mut();
        for core in 0..machine.cores() {
            places.iter().for_each(|at| machine.cpu_mut(core).remove_breakpoint(*at));
        }
        Ok(found.into_iter().flatten().collect())
    }
}

/// Where a virtual CPU stood.
struct Stood {
    pc: u32,
    stack: u32,
    /// It called SPUMONE, and expects nothing of R0 to R7.
    called: bool,
}

impl Stood {
    /// What the answers say.
    fn of(said: &str, vcpu: usize) -> Result<Self> {
        let numbers = |what: &str| -> Result<Vec<u32>> {
            let begin = format!("cpu {vcpu} {what} ");
            let line = said.lines().find_map(|line| line.strip_prefix(&begin));
            let words = line.with_context(|| format!("no answer {begin}"))?.split(['[', ']', ',', ' ']);
            Ok(words.filter_map(|word| u32::from_str_radix(word, 16).ok()).collect())
        };
        let first = |numbers: Vec<u32>| numbers.first().copied().context("an answer without a number");
        let stack = *numbers("r8..15")?.last().context("an answer without a stack pointer")?;
        Ok(Self { pc: first(numbers("pc")?)?, stack, called: numbers("r0..7")?.iter().all(|number| *number == 0) })
    }
}

/// The registers with which a guest is at `pc`, if it is: there, or at the entry of what came at once (an interrupt, a page that the TLB lacks).
fn at(mut all: Registers, pc: u32) -> Option<Registers> {
    if all.pc == pc {
        return Some(all);
    }
    if all.spc != pc || !ENTRIES.contains(&all.pc.wrapping_sub(all.vbr)) {
        return None;
    }
    (all.pc, all.sr) = (all.spc, all.ssr);
    all.r.iter_mut().zip(all.bank0).for_each(|(place, of_bank0)| *place = of_bank0);
    Some(all)
}

/// As much as SPUMONE keeps of them (docs/guest-abi.md): not all of bank 1, nothing that only an exception's entry has; of who `called` it, R8 to R15.
fn as_kept(mut all: Registers, called: bool) -> Registers {
    for number in [0, 1, 3, 4] {
        all.bank1[number] = 0;
    }
    if called {
        all.r[..8].fill(0);
    }
    all.bank0.copy_from_slice(&all.r[..8]);
    Registers { ssr: 0, spc: 0, ..all }
}

/// The emulator, as far as the guest's memory goes.
struct Within<'q>(&'q Questioned);

impl Memory for Within<'_> {
    fn read(&self, address: PhysAddr, into: &mut [u8]) -> Result<(), AccessError> {
        let (length, (start, size)) = (into.len() as u64, self.0.memory);
        let end = address.get().checked_add(length);
        if address.get() < start || end.is_none_or(|end| end > start + size) {
            return Err(AccessError::OutOfRange { address, length });
        }
        Memory::read(&self.0.emulator, address, into)
    }
}

impl Processors for Within<'_> {
    fn count(&self) -> usize {
        0
    }

    fn registers(&self, _number: usize) -> Option<Registers> {
        None
    }
}

impl Clock for Within<'_> {
    fn now(&self) -> u64 {
        self.0.emulator.now()
    }
}
