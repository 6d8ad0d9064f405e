//! Last branches, breakpoints, watchpoints and probes. Nothing here costs anything on pages that have none of them.

use super::Cpu;
use super::exception::{Fault, Raised};
use super::run::Exit;
use super::tlb::PAGE;
use crate::bus::Width;
use std::collections::BTreeSet;

/// Branches that are remembered.
pub const LAST_BRANCHES: usize = 32;

/// A ring of the last taken branches.
#[derive(Clone)]
pub(super) struct LastBranches {
    ring: [(u32, u32); LAST_BRANCHES],
    next: usize,
}

impl Default for LastBranches {
    fn default() -> Self {
        Self { ring: [(0, 0); LAST_BRANCHES], next: 0 }
    }
}

impl LastBranches {
    #[inline(always)]
    pub(super) fn record(&mut self, from: u32, to: u32) {
        self.ring[self.next % LAST_BRANCHES] = (from, to);
        self.next = self.next.wrapping_add(1);
    }

    /// Oldest first.
    pub(super) fn list(&self) -> Vec<(u32, u32)> {
        let known = self.next.min(LAST_BRANCHES);
        (self.next - known..self.next).map(|index| self.ring[index % LAST_BRANCHES]).collect()
    }
}

/// A range of addresses whose accesses end the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Watchpoint {
    /// First virtual address.
    pub addr: u32,
    /// Bytes, at least 1.
    pub len: u32,
    /// Loads count.
    pub load: bool,
    /// Stores count.
    pub store: bool,
}

/// What a debugger has set.
#[derive(Clone, Default)]
pub(super) struct Debug {
    breakpoints: BTreeSet<u32>,
    probes: BTreeSet<u32>,
    watchpoints: BTreeSet<Watchpoint>,
    // What was told already, with the count of retired instructions: an instruction that begins again, perhaps together with
    // the branch in front of it, is not told again but goes on.
    broken: Option<(u64, u32)>,
    watched: Option<u64>,
    probed: Option<(u64, u32)>,
}

impl Debug {
    pub(super) fn stops_in_page(&self, pc: u32) -> bool {
        if self.breakpoints.is_empty() && self.probes.is_empty() {
            return false;
        }
        let page = pc & PAGE;
        let has = |set: &BTreeSet<u32>| set.range(page..=page | !PAGE).next().is_some();
        has(&self.breakpoints) || has(&self.probes)
    }

    /// True if the run must end in front of `pc`: once, so that a continued run passes.
    pub(super) fn breaks_at(&mut self, pc: u32, retired: u64) -> bool {
        self.breakpoints.contains(&pc) && self.broken.replace((retired, pc)) != Some((retired, pc))
    }

    /// True once for each time that the core gets to `pc`, however often the instruction is begun.
    pub(super) fn probes_at(&mut self, pc: u32, retired: u64) -> bool {
        self.probes.contains(&pc) && self.probed.replace((retired, pc)) != Some((retired, pc))
    }

    pub(super) fn watches_page(&self, addr: u32) -> bool {
        self.watchpoints.iter().any(|watch| {
            let last = watch.addr.saturating_add(watch.len.saturating_sub(1));
            watch.addr & PAGE <= addr & PAGE && addr & PAGE <= last & PAGE
        })
    }

    fn watches(&mut self, addr: u32, width: Width, store: bool, retired: u64) -> bool {
        let hit = self.watchpoints.iter().any(|watch| {
            (if store { watch.store } else { watch.load })
                && u64::from(addr) < u64::from(watch.addr) + u64::from(watch.len)
                && u64::from(watch.addr) < u64::from(addr) + u64::from(width.bytes())
        });
        hit && self.watched.replace(retired) != Some(retired)
    }
}

impl Cpu {
    /// Ends runs with [`Exit::Breakpoint`] in front of the instruction at `pc` (virtual); the next run passes it.
    pub fn add_breakpoint(&mut self, pc: u32) {
        self.debug.breakpoints.insert(pc);
        self.fetch_page = super::fetch::NO_PAGE;
    }

    /// Removes a breakpoint.
    pub fn remove_breakpoint(&mut self, pc: u32) {
        self.debug.breakpoints.remove(&pc);
    }

    /// Tells [`crate::bus::Bus::event`] whenever the core reaches `pc` (virtual).
    pub fn add_probe(&mut self, pc: u32) {
        self.debug.probes.insert(pc);
        self.fetch_page = super::fetch::NO_PAGE;
    }

    /// Removes a probe.
    pub fn remove_probe(&mut self, pc: u32) {
        self.debug.probes.remove(&pc);
    }

    /// Ends runs with [`Exit::Watchpoint`] in front of the instruction that would access the range; the next run passes it.
    pub fn add_watchpoint(&mut self, watchpoint: Watchpoint) {
        self.debug.watchpoints.insert(watchpoint);
        self.flush_pages();
    }

    /// Removes a watchpoint.
    pub fn remove_watchpoint(&mut self, watchpoint: Watchpoint) {
        self.debug.watchpoints.remove(&watchpoint);
    }

    /// The last taken branches, exceptions and interrupts as (from, to), oldest first.
    pub fn last_branches(&self) -> Vec<(u32, u32)> {
        self.branches.list()
    }

    #[inline(always)]
    pub(super) fn check_watchpoints(&mut self, addr: u32, width: Width, store: bool) -> Result<(), Raised> {
        if !self.debug.watchpoints.is_empty() && self.debug.watches(addr, width, store, self.retired()) {
            self.fault = Fault::Stop(Exit::Watchpoint { pc: 0, addr, store });
            return Err(Raised);
        }
        Ok(())
    }
}
