//! Fixed-priority scheduling of the vCPUs of one core. It owns no lock and no clock; equal priorities go round robin.

use crate::cluster::Set;
use crate::vcpu::{Departures, MAX_VCPUS, Resume, State, VcpuId};
use core::cmp::Reverse;

#[derive(Clone, Copy)]
struct Entry {
    priority: u8,
    state: State,
    resume: Resume,
    /// Round-robin order among equals: the smaller has waited longer.
    turn: u32,
    /// How often the interrupt path had taken the core from it when this was last looked at.
    preempted: u32,
    /// How often its `idle` had given the core away without asking when this was last looked at.
    idled: u32,
}

impl Entry {
    /// A place that no vCPU has taken looks like a stopped one.
    const NONE: Self =
        Self { priority: 0, state: State::Stopped, resume: Resume::Frame, turn: 0, preempted: 0, idled: 0 };
}

/// Who runs next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// This vCPU, resumed this way.
    Run(VcpuId, Resume),
    /// Nobody: the core sleeps until an interrupt comes.
    Idle,
}

/// The run queue of one core.
pub struct Scheduler {
    entries: [Entry; MAX_VCPUS],
    current: Option<VcpuId>,
    turns: u32,
    switches: u32,
    /// Places of `entries` that may be taken; the hot paths look at no more.
    count: usize,
    /// Whoever has a greater priority is urgent.
    common: u8,
    /// Who lost the core when nobody got it, and may find that an equal gets it next.
    displaced: Option<VcpuId>,
}

impl Default for Scheduler {
    fn default() -> Self {
        Self::new()
    }
}

impl Scheduler {
    /// An empty queue.
    pub const fn new() -> Self {
        Self {
            entries: [Entry::NONE; MAX_VCPUS],
            current: None,
            turns: 0,
            switches: 0,
            count: 0,
            common: u8::MAX,
            displaced: None,
        }
    }

    /// Adds a vCPU that is stopped or away. The greater `priority`, the more urgent.
    pub fn add(&mut self, id: VcpuId, priority: u8, state: State) {
        if let Some(slot) = self.entries.get_mut(id.index()) {
            self.count = self.count.max(id.index() + 1);
            self.common = self.common.min(priority);
            *slot = Entry { priority, state, ..Entry::NONE };
        }
    }

    fn entry(&mut self, id: VcpuId) -> Option<&mut Entry> {
        self.entries.get_mut(id.index())
    }

    /// What `id` does; a vCPU that does not exist is stopped.
    pub fn state(&self, id: VcpuId) -> State {
        self.entries.get(id.index()).map_or(State::Stopped, |entry| entry.state)
    }

    /// The priority of `id`.
    pub fn priority(&self, id: VcpuId) -> u8 {
        self.entries.get(id.index()).map_or(0, |entry| entry.priority)
    }

    /// Nobody is urgent who is not more urgent than this. Without it, that is whoever is more urgent than another one.
    pub fn set_common(&mut self, priority: u8) {
        self.common = self.common.max(priority);
    }

    /// True if `id` comes before vCPUs that move and what SPUMONE does about them.
    pub fn is_urgent(&self, id: VcpuId) -> bool {
        self.priority(id) > self.common
    }

    /// The vCPU that has the core.
    pub fn current(&self) -> Option<VcpuId> {
        self.current
    }

    /// vCPU switches since boot, those that [`Scheduler::observe`] learnt excluded.
    pub fn switches(&self) -> u32 {
        self.switches
    }

    /// Learns what the assembly did since the last time. The interrupt path hands the core from the current vCPU to a waiting
    /// one of higher priority without calling anybody, perhaps several times in a row (sleeping core to Linux, Linux to the
    /// RTOS), and `idle` hands it back. `now` has the core; of the others, the last way in which each lost it counts: a count
    /// that has not grown means that nothing happened to it. It can happen to those `here` only. Every entry into the portable code
    /// starts here.
    pub fn observe(&mut self, now: Option<VcpuId>, here: Set, departures: impl Fn(VcpuId) -> Departures) {
        for id in here {
            let Some(entry) = self.entries.get_mut(usize::from(id)) else { continue };
            let Departures { preempted, idled, idled_last } = departures(VcpuId(id));
            if now == Some(VcpuId(id)) {
                entry.state = State::Running;
            } else if idled != entry.idled && idled_last {
                entry.state = State::Waiting;
                entry.resume = Resume::Call;
            } else if preempted != entry.preempted {
                entry.state = State::Ready;
                entry.resume = Resume::Frame;
            }
            entry.preempted = preempted;
            entry.idled = idled;
        }
        self.current = now;
    }

    /// Who goes on when `id`, which runs or is ready, gives the core up, if nothing else happens: the most urgent ready vCPU
    /// that comes after it.
    pub fn successor(&self, id: VcpuId) -> Option<VcpuId> {
        let rank = |entry: &Entry, id: u8| (Reverse(entry.priority), entry.turn, id);
        let own = self.entries.get(id.index())?;
        let ready = self.entries.iter().take(self.count).zip(0u8..).filter(|(entry, _)| entry.state == State::Ready);
        let after = ready.map(|(entry, id)| rank(entry, id));
        let after = after.filter(|&other| own.state != State::Ready || other > rank(own, id.0));
        after.min().map(|(.., id)| VcpuId(id))
    }

    /// True if `id` goes on from its frame when it gets the core next, be it interrupted before that or not.
    pub fn goes_on_from_frame(&self, id: VcpuId) -> bool {
        self.entries.get(id.index()).is_some_and(|entry| entry.state != State::Ready || entry.resume == Resume::Frame)
    }

    /// A stopped vCPU may run, from its start. False if it was not stopped.
    pub fn start(&mut self, id: VcpuId) -> bool {
        let turn = self.next_turn();
        match self.entry(id) {
            Some(entry) if entry.state == State::Stopped => {
                // Its context begins with counts of 0: what it did in an earlier life is no news.
                let (preempted, idled) = (0, 0);
                *entry = Entry { state: State::Ready, resume: Resume::Frame, turn, preempted, idled, ..*entry };
                true
            }
            _ => false,
        }
    }

    /// The current vCPU waits for an interrupt, inside a call.
    pub fn idle(&mut self) {
        self.leave(State::Waiting, Resume::Call);
    }

    /// The current vCPU was interrupted and could go on.
    pub fn interrupted(&mut self) {
        self.leave(State::Ready, Resume::Frame);
    }

    /// The current vCPU stops until somebody starts it.
    pub fn stop(&mut self) {
        self.leave(State::Stopped, Resume::Frame);
    }

    fn leave(&mut self, state: State, resume: Resume) {
        if let Some(entry) = self.current.take().and_then(|id| self.entry(id)) {
            entry.state = state;
            entry.resume = resume;
        }
    }

    /// A waiting vCPU may go on, before its equals: somebody may be waiting for its answer. False if it was not waiting.
    pub fn wake(&mut self, id: VcpuId) -> bool {
        match self.entry(id) {
            Some(entry) if entry.state == State::Waiting => {
                *entry = Entry { state: State::Ready, turn: 0, ..*entry };
                true
            }
            _ => false,
        }
    }

    /// `id` goes to another core: what it did, and how it goes on. One that has the core was interrupted.
    pub fn depart(&mut self, id: VcpuId) -> (State, Resume) {
        if self.current == Some(id) {
            self.interrupted();
        }
        let Some(entry) = self.entry(id) else { return (State::Away, Resume::Frame) };
        let state = entry.state;
        entry.state = State::Away;
        (state, entry.resume)
    }

    /// `id` came from another core. With `first` it goes before its equals.
    pub fn arrive(&mut self, id: VcpuId, state: State, resume: Resume, first: bool) {
        let turn = if first { 0 } else { self.next_turn() };
        if let Some(entry) = self.entry(id) {
            *entry = Entry { state, resume, turn, ..*entry };
        }
    }

    /// The current vCPU could go on, in this way: it is inside a call, or stands before its own exception handler.
    pub fn paused(&mut self, resume: Resume) {
        self.leave(State::Ready, resume);
    }

    /// `id`, if it is ready, goes before its equals. True if the current vCPU is not more urgent, so that it should make room.
    pub fn advance(&mut self, id: VcpuId) -> bool {
        if let Some(entry) = self.entry(id).filter(|entry| entry.state == State::Ready) {
            entry.turn = 0;
        }
        self.is_ready_beside_current(id)
    }

    /// True if `id` is ready and the current vCPU not more urgent.
    pub fn is_ready_beside_current(&self, id: VcpuId) -> bool {
        let current = self.current.filter(|&current| current != id && self.priority(current) <= self.priority(id));
        current.is_some() && self.state(id) == State::Ready
    }

    /// True if a ready vCPU is as urgent as the current one, which would share the core with it.
    pub fn is_shared(&self) -> bool {
        let Some(current) = self.current else { return false };
        let priority = self.priority(current);
        self.entries.iter().take(self.count).any(|entry| entry.state == State::Ready && entry.priority == priority)
    }

    /// `id`, whose context was made anew, is at its beginning, and away until [`Scheduler::arrive`].
    pub fn renew(&mut self, id: VcpuId) {
        self.retire(id, State::Away);
        if let Some(entry) = self.entry(id) {
            (entry.preempted, entry.idled) = (0, 0);
        }
    }

    /// `id` never runs again: its guest ended or was parked.
    pub fn retire(&mut self, id: VcpuId, state: State) {
        if self.current == Some(id) {
            self.current = None;
        }
        if let Some(entry) = self.entry(id) {
            entry.state = state;
        }
    }

    /// The current vCPU's slice is over: its equals go first. It must be asked for by a timer of SPUMONE's own.
    pub fn slice_over(&mut self) {
        let turn = self.next_turn();
        if let Some(entry) = self.current.and_then(|id| self.entry(id)) {
            entry.turn = turn;
        }
        self.interrupted();
    }

    /// Chooses among the ready vCPUs, with `urgent` among the urgent ones, and gives the winner the core. Who loses it to an equal goes behind its equals: it would
    /// otherwise have the next turn too, and one that is often put first would share the core with it alone.
    pub fn choose(&mut self, urgent: bool) -> Next {
        let (before, common) = (self.current, self.common);
        if before.is_some() {
            self.interrupted();
        }
        let mut best: Option<(&mut Entry, u8)> = None;
        for (entry, id) in self.entries.iter_mut().take(self.count).zip(0u8..) {
            let better = best.as_ref().is_none_or(|(than, _)| {
                entry.priority > than.priority || entry.priority == than.priority && entry.turn < than.turn
            });
            if entry.state == State::Ready && better && !(urgent && entry.priority <= common) {
                best = Some((entry, id));
            }
        }
        let before = before.or(self.displaced);
        let Some((found, id)) = best else {
            self.displaced = before;
            return Next::Idle;
        };
        found.state = State::Running;
        let (resume, id, priority) = (found.resume, VcpuId(id), found.priority);
        self.current = Some(id);
        let turn = self.next_turn();
        self.displaced = before.filter(|&loser| loser != id && self.priority(loser) < priority);
        if let Some(loser) = before.filter(|&loser| loser != id).and_then(|loser| self.entry(loser)) {
            loser.turn = if loser.priority == priority { turn } else { loser.turn };
        }
        self.switches = self.switches.wrapping_add(1);
        Next::Run(id, resume)
    }

    fn next_turn(&mut self) -> u32 {
        self.turns = self.turns.wrapping_add(1);
        self.turns
    }
}
