//! Where instructions go: counted for each address that a core executes, and told by function and by line.

mod code;
mod sources;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use anyhow::Result;

pub(super) use code::Code;
use sources::Sources;

use super::rig::Rig;

/// Where SPUMONE's code lies, in every core's local memory.
pub(super) const SPUMONE: Range<u32> = 0xe500_0000..0xe600_0000;
/// Cycles between two samples: a prime, so that no period of the system's hides something.
pub(super) const SAMPLES: u64 = 997;
/// Stands for all user programs, whose addresses say nothing without the process: before any symbol.
const USER: u32 = 0;
/// Lines that are told.
const LINES: usize = 40;

/// Instructions by their address, those in delay slots under the branch's; of routines of the compiler's in SPUMONE, such as memcpy,
/// also by the address that they return to.
#[derive(Default)]
pub(super) struct Executed(BTreeMap<(u32, Option<u32>), u64>);

impl Executed {
    /// `count` instructions at `pc`, with what PR was then.
    pub(super) fn add(&mut self, code: &Code, pc: u32, pr: u32, count: u64) {
        let caller = (SPUMONE.contains(&pc) && is_routine(code.function(pc))).then_some(pr);
        *self.0.entry((pc, caller)).or_default() += count;
    }

    /// Looks every `cycles` cycles at what each core executes that does not sleep, until a console says `text`. User programs count as
    /// one.
    pub(super) fn sampled(rig: &mut Rig, code: &Code, text: &str, cycles: u64) -> Result<Self> {
        let mut executed = Self::default();
        while !rig.said(text) {
            rig.pass(cycles)?;
            for core in 0..rig.machine.cores() {
                let cpu = rig.machine.cpu(core);
                if !cpu.asleep() {
                    executed.add(code, if cpu.privileged() { cpu.pc() } else { USER }, cpu.pr(), 1);
                }
            }
        }
        Ok(executed)
    }

    /// Adds to `text`: instructions by function as compiled, by function as written, and the lines with the most; of `times` times the average.
    pub(super) fn tell(&self, text: &mut String, title: &str, times: u64, code: &Code) -> Result<()> {
        let (mut compiled, mut written, mut lines) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut sources = Sources::default();
        for (&(pc, caller), &count) in &self.0 {
            let function = if pc == USER { "user programs" } else { code.function(pc) };
            let line = if pc == USER { None } else { code.line(caller.unwrap_or(pc)) };
            let label = |name: String| if caller.is_some() { format!("{function} for {name}") } else { name };
            *compiled.entry(function.to_owned()).or_insert(0) += count;
            let name = line.map_or_else(|| function.to_owned(), |line| sources.function(line));
            *written.entry(label(name)).or_insert(0) += count;
            let place = line.map_or_else(|| format!("{function}, without lines"), |line| sources.place(line));
            *lines.entry(label(place)).or_insert(0) += count;
        }
        let each = |count: u64| count as f64 / times as f64;
        let spumone = self.0.iter().filter(|((pc, _), _)| SPUMONE.contains(pc)).map(|(_, count)| count).sum();
        let all = self.0.values().sum();
        writeln!(text, "\n{title}: {:.0} instructions, {:.0} of them in SPUMONE", each(all), each(spumone))?;
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
}

/// True of what the compiler calls by itself: leaves, so that PR tells who called.
pub(super) fn is_routine(function: &str) -> bool {
    ["memcpy", "memmove", "memset", "memcmp", "__ctz", "__clz", "__udiv", "__sdiv", "__ashl", "__lshr"]
        .iter()
        .any(|name| function.starts_with(name))
}

fn most(counts: BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let mut list: Vec<_> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
    list.sort_by_key(|(_, count)| Reverse(*count));
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_comes_first() {
        let counts = [("a", 1), ("b", 3), ("c", 0)].map(|(name, count)| (name.to_owned(), count));
        assert_eq!(most(counts.into()), [("b".to_owned(), 3), ("a".to_owned(), 1)]);
    }
}
