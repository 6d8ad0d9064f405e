//! What the protocol between the cores asks of this one.

use super::state::CoreState;
use crate::arch::{Arch, Entry, Luggage};
use crate::cluster::{CoreId, Ending, Local, Notice, Set};
use crate::governor::Bounds;
use crate::guest::{Guest, Life};
use crate::irq::{Code, Codes};
use crate::vcpu::{Resume, State, VcpuId};

/// One core's state and machine.
pub(super) struct Here<'a, A> {
    pub(super) state: &'a mut CoreState,
    pub(super) arch: &'a mut A,
    /// Who came or went: what depends on who is here is to be decided anew ([`Here::settle`]).
    pub(super) moved: Option<VcpuId>,
    /// It is decided at once.
    pub(super) at_once: bool,
    /// A vCPU shall stand and is inside a call.
    pub(super) later: bool,
}

impl<'a, A: Arch> Here<'a, A> {
    pub(super) fn new(state: &'a mut CoreState, arch: &'a mut A) -> Self {
        Self { state, arch, moved: None, at_once: false, later: false }
    }
}

impl<A: Arch> Here<'_, A> {
    pub(super) fn mask_all(&mut self, vcpu: VcpuId) -> Codes {
        let Some(known) = self.state.vcpu_mut(vcpu) else { return Codes::NONE };
        let unmasked = core::mem::replace(&mut known.unmasked, Codes::NONE);
        known.held = Codes::NONE;
        self.arch.irq_mask_all(unmasked);
        unmasked
    }

    /// Whether `vcpu`'s system calls leave this core, and whether it goes back to another one after them.
    pub(super) fn set_syscall_path(&mut self, vcpu: VcpuId) {
        let me = self.state.me;
        if let Some(known) = self.state.vcpu(vcpu) {
            let leaves = known.home == me && known.syscall_core.is_some_and(|core| core != me);
            self.arch.set_syscall_path(vcpu, leaves, known.home != me);
        }
    }

    /// `vcpu` came or went: what depends on who is here is decided anew. Long, as steps go.
    pub(super) fn settle(&mut self, vcpu: VcpuId) {
        self.state.decide_presence(self.arch, vcpu);
        if self.state.residents.has(vcpu.0) {
            self.set_syscall_path(vcpu);
            let unmasked = self.state.vcpu(vcpu).map_or(Codes::NONE, |vcpu| vcpu.unmasked);
            self.arch.irq_unmask_all(unmasked);
        }
    }

    fn moves(&mut self, vcpu: VcpuId) {
        if self.at_once {
            self.settle(vcpu);
        } else {
            self.moved = Some(vcpu);
        }
    }

    pub(super) fn bind(&mut self, vcpu: VcpuId) {
        self.state.bound.add(vcpu.0);
    }
}

impl<A: Arch> Local for Here<'_, A> {
    fn state(&self, vcpu: VcpuId) -> State {
        self.state.sched.state(vcpu)
    }

    fn guest(&self, vcpu: VcpuId) -> u8 {
        self.state.vcpu(vcpu).map_or(0, |vcpu| vcpu.guest)
    }

    fn wake(&mut self, vcpu: VcpuId) {
        self.state.sched.wake(vcpu);
        self.state.make_room |= self.state.sched.advance(vcpu);
    }

    fn urge(&mut self, vcpu: VcpuId) {
        self.state.make_room |= self.state.sched.advance(vcpu);
    }

    fn start(&mut self, vcpu: VcpuId, entry: u32, arg: u32) {
        let Some(known) = self.state.vcpu_mut(vcpu) else { return };
        (known.has_vectors, known.table) = (false, 0);
        let r5 = known.guest.into();
        self.arch.prepare(vcpu, Entry { pc: entry, stack: 0, r4: Some(arg), r5 });
        self.state.take_units(self.arch, vcpu, false);
        self.state.silent.remove(vcpu.0);
        self.state.sched.start(vcpu);
        self.state.decide_about(self.arch, vcpu);
        self.set_syscall_path(vcpu);
        self.state.make_room |= self.state.sched.advance(vcpu);
    }

    fn stop(&mut self, vcpu: VcpuId) {
        self.state.sched.stop();
        self.state.silent.add(vcpu.0);
        self.mask_all(vcpu);
        self.state.take_units(self.arch, vcpu, false);
        self.state.decide_about(self.arch, vcpu);
    }

    fn depart(&mut self, vcpu: VcpuId) {
        self.state.bound.remove(vcpu.0);
        self.state.take_units(self.arch, vcpu, true);
        self.state.residents.remove(vcpu.0);
        let (state, resume) = self.state.sched.depart(vcpu);
        let unmasked = self.mask_all(vcpu);
        if let Some(&known) = self.state.vcpu(vcpu) {
            let (has_vectors, home, syscall_core) = (known.has_vectors, known.home, known.syscall_core);
            self.arch.pack(vcpu, &Luggage { state, resume, has_vectors, home, syscall_core, unmasked });
        }
        self.moves(vcpu);
    }

    fn arrive(&mut self, vcpu: VcpuId) {
        self.state.residents.add(vcpu.0);
        let (luggage, changed) = self.arch.unpack(vcpu);
        if luggage.state == State::Stopped {
            self.state.silent.add(vcpu.0);
        } else {
            self.state.silent.remove(vcpu.0);
        }
        let me = self.state.me;
        // A system call is under way in it: it has the core at once.
        let first = luggage.resume == Resume::Trap || luggage.home == me && luggage.syscall_core.is_some();
        self.state.sched.arrive(vcpu, luggage.state, luggage.resume, first);
        self.state.make_room |= first && self.state.sched.advance(vcpu);
        self.state.arrivals = self.state.arrivals.wrapping_add(1);
        if let Some(known) = self.state.vcpu_mut(vcpu) {
            known.home = luggage.home;
            if changed || known.has_vectors != luggage.has_vectors {
                known.table = 0;
            }
            known.has_vectors = luggage.has_vectors;
            known.syscall_core = luggage.syscall_core;
            known.unmasked = luggage.unmasked;
        }
        self.moves(vcpu);
    }

    fn end(&mut self, vcpu: VcpuId) {
        self.state.bound.remove(vcpu.0);
        if let Some(known) = self.state.vcpu_mut(vcpu) {
            known.stood = None;
        }
        self.state.sched.retire(vcpu, State::Ended);
        self.state.silent.add(vcpu.0);
        self.state.units.forget(vcpu);
        self.state.take_units(self.arch, vcpu, false);
        self.mask_all(vcpu);
        self.arch.irq_mask_all(self.state.owners.of(vcpu));
        self.state.decide_about(self.arch, vcpu);
    }

    fn ended(&mut self, guest: u8, ending: Ending) {
        let life = match ending {
            Ending::Exited(status) => Life::Ended(status),
            Ending::Parked(_) => Life::Parked(None),
        };
        if let Some(guest) = self.state.guests.get_mut(usize::from(guest)) {
            guest.life = life;
            let guest = *guest;
            self.state.console.flush_line(guest.config.id, guest.config.name.as_str());
        }
        self.state.finished = self.state.nobody_left();
    }

    fn vcpus_of(&self, guest: u8) -> Set {
        self.state.guest(guest).map_or(Set::EMPTY, Guest::vcpus)
    }

    fn pause(&mut self, vcpu: VcpuId) -> bool {
        self.stand(vcpu)
    }

    fn resume(&mut self, vcpu: VcpuId) {
        self.go_on(vcpu);
    }

    fn renew(&mut self, vcpu: VcpuId) -> bool {
        self.begin_anew(vcpu)
    }

    fn renewed(&mut self, guest: u8) {
        self.guest_begins_anew(guest);
    }

    fn irq(&mut self, vcpu: VcpuId, code: Code, level: u8, on: bool) {
        if self.state.owners.source(code).is_none_or(|source| source.vcpu != vcpu) {
            return;
        }
        if on {
            self.arch.irq_unmask(code, level);
        } else {
            self.arch.irq_mask(code);
        }
        if let Some(vcpu) = self.state.vcpu_mut(vcpu) {
            vcpu.unmasked.set(code, on);
            vcpu.held.set(code, false);
        }
    }

    fn set_home(&mut self, vcpu: VcpuId, core: CoreId) -> bool {
        let me = self.state.me;
        let current = self.state.sched.current() == Some(vcpu);
        let Some(known) = self.state.vcpu_mut(vcpu) else { return false };
        // While the kernel part of a system call runs elsewhere, it goes home when that is over.
        let away = known.home != me && known.syscall_core.is_some();
        known.home = core;
        self.set_syscall_path(vcpu);
        if current && self.state.in_call && core != me && !away {
            self.bind(vcpu);
            return false;
        }
        !away
    }

    fn set_syscall_core(&mut self, vcpu: VcpuId, core: Option<CoreId>) {
        let me = self.state.me;
        let Some(known) = self.state.vcpu_mut(vcpu) else { return };
        known.syscall_core = core;
        // Nobody will tell any more when its system call is over.
        let stranded = core.is_none() && known.home != me;
        self.set_syscall_path(vcpu);
        if stranded {
            self.bind(vcpu);
        }
    }

    fn notice(&mut self, _from: CoreId, notice: Notice) {
        let Notice::Bounds { low, high, .. } = notice;
        self.state.governor.set_bounds(Bounds { low, high });
    }

    fn mistake(&mut self, what: &'static str) {
        self.arch.mistake(what);
    }
}
