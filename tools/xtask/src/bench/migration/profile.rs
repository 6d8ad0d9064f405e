//! Where a move's instructions go: counted for each address that SPUMONE executes for it, and told by function and by line.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use sh4a_emu::cpu::Watchpoint;
use sh4a_emu::machine::{Machine, Stop};

use super::{MAIL, PATIENCE, Places, location};
use crate::bench::code::{Code, Line};
use crate::bench::rig::Rig;
use crate::workspace;

/// Moves that are counted.
const MOVES: u64 = 50;
/// Where SPUMONE's code lies, in every core's local memory.
const CODE: std::ops::Range<u32> = 0xe500_0000..0xe600_0000;
/// The register that raises inter-core interrupts, a word a core.
const INTICI: u32 = 0xfe41_0070;
/// Lines that are told of each part.
const LINES: usize = 40;

/// Parts of a move, in their order. What a core does once its message is sent does not delay the move, but its guest.
const PARTS: [&str; 5] = [
    "request, until the mail interrupt is raised",
    "request, from there to the guest that asked",
    "source, from its interrupt until Arrive is sent",
    "source, from there to what runs next",
    "destination, from its interrupt to the first guest instruction",
];

/// Instructions by their address, those in delay slots under the branch's; of routines of the compiler's, such as memcpy, also by
/// the address that they return to.
type Addresses = BTreeMap<(u32, Option<u32>), u64>;

#[derive(Default)]
struct Counts {
    parts: [Addresses; PARTS.len()],
    moves: u64,
}

/// Watches the moves and tells where their instructions went.
pub(super) fn profile(rig: &mut Rig, places: &Places, program: &Path) -> Result<String> {
    let code = Code::load(program)?;
    let counts = count(&mut rig.machine, places, &code)?;
    let mut text = String::new();
    for (part, addresses) in PARTS.iter().zip(&counts.parts) {
        tell(&mut text, part, addresses, counts.moves, &code)?;
    }
    Ok(text)
}

/// A move that was asked for: the core that the vCPU is on, and where it goes.
struct Asked {
    from: usize,
    to: usize,
}

fn count(machine: &mut Machine, places: &Places, code: &Code) -> Result<Counts> {
    for core in 0..machine.cores() {
        let cpu = machine.cpu_mut(core);
        [places.request, places.interrupt].iter().for_each(|&pc| cpu.add_breakpoint(pc));
    }
    let (mut counts, mut current) = (Counts::default(), None);
    let limit = machine.time() + PATIENCE;
    while counts.moves < MOVES {
        let (core, pc) = match machine.run(limit) {
            Stop::Breakpoint { core, pc } => (core, pc),
            stop => bail!("the run ended after {} moves ({stop:?})\n{}", counts.moves, machine.report()),
        };
        if pc == places.request {
            let to = machine.cpu(core).r(5) as usize;
            let from = location(machine)?;
            current = Some(Asked { from, to });
            walk(machine, core, &mut counts.parts[0..2], Some(from), code)?;
            continue;
        }
        let Some(Asked { from, to }) = &current else { continue };
        if machine.cpu(core).intevt() != MAIL {
            continue;
        }
        if core == *from {
            walk(machine, core, &mut counts.parts[2..4], Some(*to), code)?;
        } else if core == *to {
            walk(machine, core, &mut counts.parts[4..5], None, code)?;
            counts.moves += 1;
            current = None;
        }
    }
    Ok(counts)
}

/// Lets `core` alone go on until it leaves SPUMONE, or sleeps, and counts what it executes: under the first of `parts` until it raises an
/// interrupt of core `to`, under the second from there.
fn walk(machine: &mut Machine, core: usize, parts: &mut [Addresses], to: Option<usize>, code: &Code) -> Result<()> {
    let raise = to.map(|to| Watchpoint { addr: INTICI + 4 * to as u32, len: 4, load: false, store: true });
    raise.iter().for_each(|&raise| machine.cpu_mut(core).add_watchpoint(raise));
    let mut part = 0;
    loop {
        let (pc, before) = (machine.cpu(core).pc(), machine.cpu(core).retired());
        if !CODE.contains(&pc) || machine.cpu(core).asleep() {
            break;
        }
        match machine.step(core) {
            None | Some(Stop::Breakpoint { .. }) => {}
            Some(Stop::Watchpoint { .. }) => part = parts.len() - 1,
            Some(stop) => bail!("a move ended at {pc:#x} ({stop:?})\n{}", machine.report()),
        }
        let executed = machine.cpu(core).retired() - before;
        let caller = is_routine(code.function(pc)).then(|| machine.cpu(core).pr());
        *parts[part].entry((pc, caller)).or_default() += executed;
    }
    raise.iter().for_each(|&raise| machine.cpu_mut(core).remove_watchpoint(raise));
    Ok(())
}

/// True of what the compiler calls by itself: leaves, so that PR tells who called.
fn is_routine(function: &str) -> bool {
    function.starts_with("mem") || function.starts_with("__")
}

/// Adds a part of a move: instructions by function as compiled, by function as written, and the lines with the most.
fn tell(text: &mut String, part: &str, addresses: &Addresses, moves: u64, code: &Code) -> Result<()> {
    let (mut compiled, mut written, mut lines) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut sources = Sources::default();
    for (&(pc, caller), &count) in addresses {
        let line = caller.map_or_else(|| code.line(pc), |caller| code.line(caller));
        let (function, label) = (code.function(pc), |name: String| match caller {
            Some(_) => format!("{} for {name}", code.function(pc)),
            None => name,
        });
        *compiled.entry(function.to_owned()).or_insert(0) += count;
        let name = line.map_or_else(|| function.to_owned(), |line| sources.function(line));
        *written.entry(label(name)).or_insert(0) += count;
        let place = line.map_or_else(|| "assembly".to_owned(), |line| sources.place(line));
        *lines.entry(label(place)).or_insert(0) += count;
    }
    let each = |count: u64| count as f64 / moves as f64;
    writeln!(text, "\n{part}: {:.0} instructions", each(addresses.values().sum()))?;
    let tables = [
        ("by function as compiled", compiled, usize::MAX),
        ("by function as written, inlined or not", written, usize::MAX),
        ("by line", lines, LINES),
    ];
    for (title, counts, limit) in tables {
        writeln!(text, "  {title}:")?;
        for (name, count) in most(counts).into_iter().take(limit) {
            writeln!(text, "  {:8.1}  {name}", each(count))?;
        }
    }
    Ok(())
}

fn most(counts: BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let mut list: Vec<_> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
    list.sort_by_key(|(_, count)| Reverse(*count));
    list
}

/// Sources that were read.
#[derive(Default)]
struct Sources(BTreeMap<PathBuf, Vec<String>>);

impl Sources {
    fn lines(&mut self, path: &Path) -> &[String] {
        let read = || std::fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned).collect();
        self.0.entry(path.to_owned()).or_insert_with(read)
    }

    /// File and name of the function that a line stands in: the last one that begins before it.
    fn function(&mut self, (path, number): &Line) -> String {
        let begins = |line: &String| Some(line.split_once("fn ")?.1.split(['(', '<']).next()?.to_owned());
        let name = self.lines(path).iter().take(*number as usize).rev().find_map(begins);
        format!("{} {}", short(path), name.as_deref().unwrap_or("(no function)"))
    }

    /// File, number and text of a line.
    fn place(&mut self, (path, number): &Line) -> String {
        let text = self.lines(path).get((*number as usize).saturating_sub(1));
        format!("{}:{number}: {}", short(path), text.map_or("", |text| text.trim()))
    }
}

/// A path below the workspace, below rustc's own library or below a crate's version.
fn short(path: &Path) -> String {
    let text = path.strip_prefix(workspace::root()).unwrap_or(path).display().to_string();
    let below = ["/library/", "/registry/src/"].iter().find_map(|folder| Some(text.split_once(folder)?.1.to_owned()));
    below.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_told_with_its_function_and_its_text() {
        let line = (workspace::root().join("tools/xtask/src/bench/migration/profile.rs"), line!().into());
        let mut sources = Sources::default();
        let file = "tools/xtask/src/bench/migration/profile.rs";
        assert_eq!(sources.function(&line), format!("{file} a_line_is_told_with_its_function_and_its_text"));
        assert!(sources.place(&line).contains("let line ="), "{}", sources.place(&line));
        assert_eq!(sources.function(&(PathBuf::from("/no/such/file.c"), 7)), "/no/such/file.c (no function)");
    }

    #[test]
    fn the_most_comes_first() {
        let counts = [("a", 1), ("b", 3), ("c", 0)].map(|(name, count)| (name.to_owned(), count));
        assert_eq!(most(counts.into()), [("b".to_owned(), 3), ("a".to_owned(), 1)]);
    }
}
