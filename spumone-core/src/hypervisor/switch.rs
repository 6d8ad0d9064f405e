//! Who has the core next.

use super::entry::{Hypervisor, Outcome};
use super::state::FIRST_CORE;
use crate::arch::Arch;
use crate::cluster::{Op, Set};
use crate::sched::Next;
use crate::trace::{Event, IDLE};
use crate::vcpu::VcpuId;

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
        for vcpu in core::mem::replace(&mut self.state.bound, Set::EMPTY).map(VcpuId) {
            let core = self.state.vcpu(vcpu).map(|vcpu| vcpu.home);
            // Who has ended meanwhile stays.
            let _ = core.map(|core| self.run(arch, Op::depart(vcpu, core)));
        }
        let next = self.state.sched.choose();
        match next {
            Next::Run(vcpu, _) => {
                self.state.give_units(arch, vcpu);
                if self.node.owed().has(vcpu.0) {
                    // Nothing can refuse it.
                    let _ = self.run(arch, Op::switch(vcpu));
                }
                arch.trace(Event::Switch(vcpu.0.into()));
            }
            Next::Idle => arch.trace(Event::Switch(IDLE)),
        }
        self.state.decide_idle(arch, self.node.owed());
        Outcome::Leave(next)
    }

    /// The way back into the guest from a call, with the result: if somebody should have the core rather than the caller, or the
    /// caller shall go elsewhere, an interrupt of SPUMONE's own comes right after the call and takes it.
    pub(super) fn go_back(&mut self, arch: &mut impl Arch, result: i32) -> Outcome {
        self.state.in_call = false;
        if core::mem::take(&mut self.state.make_room) || !self.state.bound.is_empty() {
            crate::cluster::Shared::mail(&mut arch.shared(), self.state.me);
        }
        let may_go_on = self.state.may_go_on();
        if may_go_on != self.state.told_go_on {
            self.state.decide_idle(arch, self.node.owed());
        }
        Outcome::Return(result)
    }
}
