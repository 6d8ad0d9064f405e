//! Who has the core next.

use super::entry::{Hypervisor, Outcome};
use super::state::FIRST_CORE;
use crate::arch::Arch;
use crate::cluster::Op;
use crate::sched::Next;
use crate::trace::{Event, IDLE};

impl Hypervisor {
    /// Somebody else runs from here on (or the same vCPU again). Of the one that had the core everything is saved.
    pub(super) fn leave(&mut self, arch: &mut impl Arch) -> Outcome {
        self.state.in_call = false;
        self.state.make_room = false;
        if !self.state.console.is_empty() {
            self.state.drain(arch);
        }
        if self.state.finished && self.state.me == FIRST_CORE {
            return Outcome::Finished;
        }
        self.catch_up(arch);
        let has_work = self.has_work();
        let next = self.state.sched.choose(has_work);
        self.work.under_way = has_work && next == Next::Idle;
        match next {
            Next::Run(vcpu, _) => {
                self.state.give_units(arch, vcpu);
                self.state.release(arch, vcpu);
                if self.node.owed().has(vcpu.0) {
                    // Nothing can refuse it.
                    let _ = self.run(arch, Op::switch(vcpu));
                }
                arch.trace(Event::Switch(vcpu.0.into()));
            }
            Next::Idle => arch.trace(Event::Switch(IDLE)),
        }
        if !self.work.under_way {
            // Else nobody comes to `idle` but who took the core from the sleeping one, where `idle` leads back to.
            self.decide_idle(arch);
        }
        Outcome::Leave(next)
    }

    /// The way back into the guest from a call, with the result: if somebody should have the core rather than the caller, or the
    /// caller shall go elsewhere, an interrupt of SPUMONE's own comes right after the call and takes it.
    pub(super) fn go_back(&mut self, arch: &mut impl Arch, result: i32) -> Outcome {
        self.state.in_call = false;
        if core::mem::take(&mut self.state.make_room) || !self.state.bound.is_empty() {
            crate::cluster::Shared::mail(&mut arch.shared(), self.state.me);
        }
        if Some(self.may_go_on()) != self.state.told_go_on {
            self.decide_idle(arch);
        }
        Outcome::Return(result)
    }

    /// May `idle` give the core away without asking? Not while the log has to be sent or work waits.
    fn may_go_on(&self) -> bool {
        self.state.console.is_empty() && !self.has_work()
    }

    fn decide_idle(&mut self, arch: &mut impl Arch) {
        let go_on = self.may_go_on();
        self.state.decide_idle(arch, self.node.owed(), go_on);
    }
}
