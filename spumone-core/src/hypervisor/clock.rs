//! What happens as time passes.

use super::entry::Hypervisor;
use super::state::{CoreState, FIRST_CORE};
use crate::arch::Arch;
use crate::cluster::{CoreId, Op, Request, Set, Shared};
use crate::governor::{Moves, View};
use crate::system::MAX_CORES;
use crate::vcpu::{MAX_VCPUS, State, VcpuId};
use heapless::Vec;

/// Ticks that a vCPU is kept waiting by a more urgent guest before it looks for another core.
const BOUND: u8 = 2;

impl Hypervisor {
    /// The timer that the instances share came, on the one core that gets it: tell the others, and govern.
    pub(super) fn clock_tick(&mut self, arch: &mut impl Arch) {
        let mut others = self.inhabited(arch);
        others.remove(self.state.me.0);
        arch.relay_tick(others);
        self.tick(arch);
        if let Some(moves) = self.govern(arch).filter(|_| !self.is_busy()) {
            for (vcpu, to) in moves {
                // Who cannot be asked now is asked again at the next tick.
                let _ = self.run(arch, Op::request(Request::Move { vcpu, to }));
            }
        }
    }

    /// Cores on which some vCPU is; the others sleep undisturbed.
    fn inhabited(&self, arch: &impl Arch) -> Set {
        let mut shared = arch.shared();
        let mut cores = Set::EMPTY;
        (0..self.state.vcpus.len() as u8).for_each(|vcpu| cores.add(shared.location(VcpuId(vcpu)).0));
        cores
    }

    fn govern(&mut self, arch: &mut impl Arch) -> Option<Moves> {
        let state = &mut self.state;
        let guest = state.guests.iter().find(|guest| guest.has_messages()).copied()?;
        let mut shared = arch.shared();
        let mut places: Vec<_, MAX_VCPUS> = Vec::new();
        for vcpu in guest.vcpus().map(VcpuId) {
            // There are no more vCPUs than places.
            let _ = places.push((vcpu, shared.location(vcpu)));
        }
        let mut loads = [Default::default(); MAX_CORES];
        for (load, core) in loads.iter_mut().zip((0u8..).map(CoreId)) {
            *load = arch.published(core);
            // What a core said before its last vCPU left holds no more.
            if !places.iter().any(|(_, place)| *place == core) {
                load.demand = 0;
            }
        }
        let mut cores: Vec<_, MAX_CORES> = Vec::new();
        for core in state.cores_by_quiet() {
            // Nor more cores.
            let _ = cores.push(core);
        }
        Some(state.governor.tick(&View { loads, places: &places, cores: &cores }))
    }

    /// A tick, on each core: equals take turns, and who has waited too long for a more urgent guest goes elsewhere.
    pub(super) fn tick(&mut self, arch: &mut impl Arch) {
        let state = &mut self.state;
        state.guard_vectors(arch);
        if state.sched.is_shared() {
            state.sched.slice_over();
        }
        state.ring_alarms();
        // Often enough for a counter that goes round.
        state.time.now(arch.counter());
        state.count_load(arch);
        if let Some((vcpu, to)) = state.kept_waiting(arch).filter(|_| !self.is_busy()) {
            // Its home changes too: it stays where it finds room.
            let _ = self.run(arch, Op::request(Request::Move { vcpu, to }));
        }
    }

    /// The core that gets the timer's interrupt: one without an urgent guest, if there is one.
    pub fn clock_core(&self) -> CoreId {
        self.state.cores_by_quiet().next().unwrap_or(FIRST_CORE)
    }
}

impl CoreState {
    /// Cores on which no urgent guest is placed, then those where one is. Those to which no vCPU goes are not among them.
    pub(super) fn cores_by_quiet(&self) -> impl Iterator<Item = CoreId> + use<> {
        let mut loud = Set::EMPTY;
        for (vcpu, id) in self.vcpus.iter().zip(0u8..) {
            if self.sched.is_urgent(VcpuId(id)) {
                loud.add(vcpu.home.0);
            }
        }
        let mut here = Set::EMPTY;
        let cores = self.cores.without(self.guarded());
        cores.filter(|&core| loud.has(core)).for_each(|core| here.add(core));
        cores.without(loud).chain(here).map(CoreId)
    }

    /// Guests can write VBR. Vectors that go on at SPUMONE's would see all interrupts of the core first: VBR is taken back, and who watches
    /// one of the guests on this core is told what it was.
    fn guard_vectors(&mut self, arch: &mut impl Arch) {
        let Some(found) = arch.take_vectors() else { return };
        let known = self.residents.map(VcpuId).any(|vcpu| arch.vector_base(vcpu) == found);
        self.residents.map(VcpuId).for_each(|vcpu| arch.tell_vector_base(vcpu, found));
        // Who writes it again and again shall not fill the log.
        if !known {
            self.console.log(format_args!("core {}: VBR was {found:#010x}, taken back", self.me.0));
        }
    }

    /// vCPUs of the guest that is governed, on this core, that could run.
    fn runnable(&self) -> impl Iterator<Item = VcpuId> + '_ {
        let governed = |vcpu: &VcpuId| self.guest_of(*vcpu).is_some_and(|guest| guest.has_messages());
        let could = |vcpu: &VcpuId| matches!(self.sched.state(*vcpu), State::Running | State::Ready);
        self.residents.map(VcpuId).filter(governed).filter(could)
    }

    fn count_load(&mut self, arch: &mut impl Arch) {
        self.load.demand = self.runnable().count() as u32;
        self.load.samples = self.load.samples.wrapping_add(self.load.demand);
        let urgent = self.sched.current().is_some_and(|vcpu| self.sched.is_urgent(vcpu));
        self.load.urgent = self.load.urgent.wrapping_add(urgent.into());
        arch.publish(self.load);
    }

    /// Who has been ready and not running for [`BOUND`] ticks because of a more urgent guest, and the core with the least to do.
    fn kept_waiting(&mut self, arch: &impl Arch) -> Option<(VcpuId, CoreId)> {
        let urgent = self.sched.current().is_some_and(|vcpu| self.sched.is_urgent(vcpu));
        let waiting = self.runnable().next().filter(|_| urgent);
        self.kept_ticks = if waiting.is_some() { self.kept_ticks.saturating_add(1) } else { 0 };
        let vcpu = waiting.filter(|_| self.kept_ticks >= BOUND)?;
        self.kept_ticks = 0;
        let me = self.me;
        let others = self.cores_by_quiet().filter(|&core| core != me);
        others.min_by_key(|&core| arch.published(core).demand).map(|core| (vcpu, core))
    }
}
