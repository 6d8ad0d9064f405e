//! vCPUs that stand, go on and begin anew on this core.

use super::local::Here;
use crate::arch::{Arch, Entry, Luggage};
use crate::cluster::CoreId;
use crate::governor::Governor;
use crate::guest::{Life, Stood};
use crate::irq::Codes;
use crate::trace::Event;
use crate::vcpu::{Resume, State, VcpuId};

impl<A: Arch> Here<'_, A> {
    /// `vcpu` stands; false while it is inside a call.
    pub(super) fn stand(&mut self, vcpu: VcpuId) -> bool {
        let state = &mut *self.state;
        if matches!(state.sched.state(vcpu), State::Ended | State::Parked) {
            return true;
        }
        if state.in_call && state.sched.current() == Some(vcpu) {
            self.later = true;
            return false;
        }
        let bound = state.bound.remove(vcpu.0);
        state.take_units(self.arch, vcpu, true);
        let (did, resume) = state.sched.depart(vcpu);
        state.silent.add(vcpu.0);
        let unmasked = self.mask_all(vcpu);
        if let Some(known) = self.state.vcpu_mut(vcpu) {
            known.stood = Some(Stood { state: did, resume, unmasked, bound });
            let (has_vectors, home, syscall_core) = (known.has_vectors, known.home, known.syscall_core);
            self.arch.pack(vcpu, &Luggage { state: did, resume, has_vectors, home, syscall_core, unmasked });
        }
        self.decide_anew(vcpu);
        true
    }

    /// `vcpu` goes on.
    pub(super) fn go_on(&mut self, vcpu: VcpuId) {
        let Some(stood) = self.state.vcpu_mut(vcpu).and_then(|known| known.stood.take()) else { return };
        let state = &mut *self.state;
        state.sched.arrive(vcpu, stood.state, stood.resume, false);
        if stood.state != State::Stopped {
            state.silent.remove(vcpu.0);
        }
        if stood.bound {
            state.bound.add(vcpu.0);
        }
        if let Some(known) = state.vcpu_mut(vcpu) {
            known.unmasked = stood.unmasked;
        }
        self.decide_anew(vcpu);
        self.set_syscall_path(vcpu);
        self.arch.irq_unmask_all(stood.unmasked);
        self.state.make_room |= self.state.sched.is_ready_beside_current(vcpu);
    }

    /// `vcpu` stands as at the beginning; true if it is stopped then.
    pub(super) fn begin_anew(&mut self, vcpu: VcpuId) -> bool {
        let state = &mut *self.state;
        let me = state.me;
        let Some(guest) = state.guest_of(vcpu).copied() else { return true };
        state.bound.remove(vcpu.0);
        state.units.remember(vcpu);
        state.take_units(self.arch, vcpu, false);
        state.sched.retire(vcpu, State::Away);
        state.silent.add(vcpu.0);
        let Some(known) = state.vcpu_mut(vcpu) else { return true };
        let number = known.number;
        let home = guest.config.placement.get(usize::from(number)).copied().flatten().map_or(me, CoreId);
        *known = crate::guest::Vcpu::new(known.guest, number, home);
        let first = number == 0;
        let did = if first { State::Ready } else { State::Stopped };
        known.stood = Some(Stood { state: did, resume: Resume::Frame, unmasked: Codes::NONE, bound: home != me });
        let sources = state.owners.of(vcpu);
        self.arch.irq_mask_all(sources);
        for code in sources {
            let level = state.owners.source(code).map_or(0, |source| source.level);
            self.arch.irq_level(code, level);
            self.arch.quiet(code);
        }
        if first {
            let config = &guest.config;
            let entry = Entry { pc: config.entry, stack: config.stack_top, r4: None, r5: config.id.into() };
            self.arch.prepare(vcpu, entry);
            state.sched.renew(vcpu);
            self.arch.trace(Event::Start(config.id.into()));
        }
        self.arch.forget_instructions();
        // What its interrupts do is decided when it goes on: until then they are masked.
        state.told_go_on = None;
        !first
    }

    /// What each core knows of the guest as a whole.
    pub(super) fn guest_begins_anew(&mut self, guest: u8) {
        let Some(known) = self.state.guests.get_mut(usize::from(guest)) else { return };
        known.life = Life::Alive;
        let config = known.config;
        self.state.console.flush_line(config.id, config.name.as_str());
        // One core says so.
        if known.vcpus().next().is_some_and(|first| self.state.residents.has(first)) {
            self.state.console.log(format_args!("guest {} starts again at {:#010x}", config.name, config.entry));
        }
        self.state.finished = self.state.nobody_left();
        if let Some(bounds) = config.governor {
            self.state.governor = Governor::new();
            self.state.governor.set_bounds(bounds);
        }
    }

    fn decide_anew(&mut self, vcpu: VcpuId) {
        self.state.decide_about(self.arch, vcpu);
        // Somebody's `idle` may lead to it.
        self.state.told_go_on = None;
    }
}
