//! What is decided ahead: what each interrupt does, and where `idle` leads.

use super::state::CoreState;
use crate::arch::Arch;
use crate::cluster::Set;
use crate::irq::{Action, Codes, Situation};
use crate::vcpu::{State, VcpuId};

/// Who may be current: vCPUs, then the sleeping core.
fn currents(vcpus: Set) -> impl Iterator<Item = Option<VcpuId>> {
    vcpus.map(|vcpu| Some(VcpuId(vcpu))).chain([None])
}

impl CoreState {
    /// Who on this core may get messages while it runs or waits.
    fn hearers(&self) -> Set {
        self.residents.and(self.hearing).without(self.silent)
    }

    fn hears(&self, vcpu: VcpuId) -> bool {
        self.hearing.has(vcpu.0)
    }

    /// One of its sources is masked until it has the core.
    fn holds(&self, vcpu: VcpuId) -> bool {
        self.vcpu(vcpu).is_some_and(|vcpu| vcpu.held != Codes::NONE)
    }

    fn has_vectors(&self, vcpu: VcpuId) -> bool {
        self.vcpu(vcpu).is_some_and(|vcpu| vcpu.has_vectors)
    }

    /// What an interrupt of `owner` does.
    fn action(&self, current: Option<VcpuId>, owner: VcpuId, alone: bool) -> Action {
        Action::choose(&Situation {
            current: current.map(|vcpu| (vcpu, self.sched.priority(vcpu), self.has_vectors(vcpu))),
            owner,
            priority: self.sched.priority(owner),
            state: self.sched.state(owner),
            alone,
        })
    }

    fn decide_owner(&self, arch: &mut impl Arch, owner: VcpuId, currents: impl Iterator<Item = Option<VcpuId>>) {
        let codes = self.owners.of(owner);
        if codes == Codes::NONE {
            return;
        }
        // Who shares a core changes with every move, and deciding about all sources anew would take too long then.
        let alone = self.is_alone_everywhere(owner);
        for current in currents {
            let action = self.action(current, owner, alone);
            codes.for_each(|code| arch.set_action(current, code, action));
        }
    }

    /// Whoever hears the bell asks for its messages, and SPUMONE learns then whom else it was for.
    fn decide_bell(&self, arch: &mut impl Arch, currents: impl Iterator<Item = Option<VcpuId>>) {
        let Some(bell) = arch.own_codes().map(|codes| codes.bell) else { return };
        let hearers = self.hearers();
        let only = hearers.first().map(VcpuId).filter(|_| !hearers.is_many());
        for current in currents {
            let action = match current.filter(|&vcpu| self.hears(vcpu)) {
                Some(vcpu) if self.has_vectors(vcpu) => Action::Forward,
                Some(_) => Action::Ask,
                None => only.map_or(Action::Ask, |owner| self.action(current, owner, self.is_alone(owner))),
            };
            arch.set_action(current, bell, action);
        }
    }

    /// Makes the whole table of `current`.
    pub(super) fn make_table(&mut self, arch: &mut impl Arch, current: Option<VcpuId>) {
        arch.reset_actions(current);
        for owner in (0..self.vcpus.len() as u8).map(VcpuId) {
            self.decide_owner(arch, owner, [current].into_iter());
        }
        self.decide_bell(arch, [current].into_iter());
        let epoch = self.epoch;
        if let Some(vcpu) = current.and_then(|vcpu| self.vcpu_mut(vcpu)) {
            vcpu.table = epoch;
        }
    }

    /// `vcpu` began or ended here: its interrupts do something else everywhere.
    pub(super) fn decide_about(&mut self, arch: &mut impl Arch, vcpu: VcpuId) {
        if !self.decide_presence(arch, vcpu) {
            self.decide_owner(arch, vcpu, currents(self.residents));
        }
    }

    /// `vcpu` came or went. What its own interrupts do elsewhere is decided when it comes for the first time, and stays: while it
    /// is away they are masked here. True if that was decided now.
    pub(super) fn decide_presence(&mut self, arch: &mut impl Arch, vcpu: VcpuId) -> bool {
        self.settle_units(arch);
        let table = self.vcpu(vcpu).map_or(0, |known| known.table);
        let mut decided = false;
        if self.residents.has(vcpu.0) && table != self.epoch {
            if table == 0 && self.owners.of(vcpu) != Codes::NONE {
                decided = true;
                self.decide_owner(arch, vcpu, currents(self.residents));
                self.epoch = self.epoch.wrapping_add(1);
            }
            self.make_table(arch, Some(vcpu));
        }
        self.decide_bell(arch, [None].into_iter());
        decided
    }

    /// Decides everything anew.
    pub(super) fn decide_all(&mut self, arch: &mut impl Arch) {
        self.settle_units(arch);
        for current in currents(self.residents) {
            self.make_table(arch, current);
        }
    }

    /// Decides anew what `idle` does for each vCPU, if it may `go_on` without asking; to who is in `owed` it never leads by itself. What the assembly does later keeps
    /// it true: a preemption puts the vCPU that gets the core in front of the one that loses it, which was the most urgent ready
    /// one, and `idle` undoes that.
    pub(super) fn decide_idle(&mut self, arch: &mut impl Arch, owed: Set, go_on: bool) {
        self.told_go_on = Some(go_on);
        let mut direct = Set::EMPTY;
        if go_on {
            let ahead = self.residents.without(owed).without(self.units.shared());
            let ahead = ahead.map(VcpuId).filter(|&vcpu| self.sched.goes_on_from_frame(vcpu) && !self.holds(vcpu));
            ahead.for_each(|vcpu| direct.add(vcpu.0));
        }
        // To whom no path leads, nobody's path is to be found; asking finds them as well.
        let leads = direct.map(VcpuId).any(|vcpu| self.sched.state(vcpu) == State::Ready);
        for vcpu in self.residents.map(VcpuId) {
            let next = if leads { self.sched.successor(vcpu) } else { None };
            arch.set_idle_path(vcpu, next, direct.has(vcpu.0));
        }
    }
}
