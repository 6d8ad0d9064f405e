//! Work between guests: operations between the cores, in steps. Between two steps urgent guests get
//! their interrupts, so that what Linux's vCPUs cost when they move does not hold these up.

use super::entry::{Hypervisor, Outcome};
use super::local::Here;
use crate::arch::Arch;
use crate::cluster::{CoreId, Op, Sound, Step};
use crate::image::Reload;
use crate::sched::Next;
use crate::vcpu::VcpuId;

/// What there is to do.
pub(super) struct Work {
    /// The operation in progress.
    pub(super) op: Option<Op>,
    /// The vCPU that its last step made come or go.
    pub(super) moved: Option<VcpuId>,
    /// The other cores may have left lines for the log.
    pub(super) log: bool,
    /// The core has been given to the work.
    pub(super) under_way: bool,
    /// How far the memory of a guest that begins anew has been loaded.
    pub(super) reload: Option<Reload<'static>>,
}

impl Work {
    pub(super) const NONE: Self = Self { op: None, moved: None, log: false, under_way: false, reload: None };
}

/// What a core without a guest does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// It sleeps until an interrupt comes.
    Sleep,
    /// There is more for the log; interrupts that are pending come first.
    Log,
    /// There is more to do; only interrupts of more urgent guests come first.
    Work,
    /// This comes next.
    Leave(Next),
    /// The system has finished.
    Finished,
}

impl Hypervisor {
    /// An operation between the cores is in progress.
    pub(super) fn is_busy(&self) -> bool {
        self.work.op.is_some() || self.work.moved.is_some()
    }

    pub(super) fn has_work(&self) -> bool {
        self.is_busy() || self.node.has_mail() || self.node.attends() || self.work.log || !self.state.bound.is_empty()
    }

    /// `op` is carried out after the current vCPU, whose registers are saved, has left the core.
    pub(super) fn begin(&mut self, arch: &mut impl Arch, op: Op) {
        if self.work.op.replace(op).is_some() {
            arch.mistake("a guest ran while an operation between cores was in progress");
        }
    }

    /// Begins the next operation that is due.
    fn next_op(&mut self) -> Option<Op> {
        if self.node.has_mail() {
            return Some(Op::mail());
        }
        if self.node.attends() && self.node.to_load().is_none() {
            return Some(Op::direct());
        }
        let vcpu = self.state.bound.pop().map(VcpuId)?;
        let home = self.state.vcpu(vcpu)?.home;
        Some(Op::depart(vcpu, home))
    }

    /// What the core without a guest does, everything masked, again and again.
    pub fn rest(&mut self, arch: &mut impl Arch) -> Rest {
        if !self.work.under_way {
            return if self.state.drain(arch) { Rest::Sleep } else { Rest::Log };
        }
        if self.advance(arch) {
            return Rest::Work;
        }
        match self.leave(arch) {
            Outcome::Leave(next) => Rest::Leave(next),
            Outcome::Return(_) | Outcome::Finished => Rest::Finished,
        }
    }

    /// Does a step of the work that there is; false if there is none.
    fn advance(&mut self, arch: &mut impl Arch) -> bool {
        if !self.is_busy() {
            self.work.op = self.next_op();
        }
        if self.is_busy() {
            self.step(arch);
        } else if let Some(guest) = self.node.to_load() {
            self.load(arch, guest);
        } else if self.work.log {
            self.work.log = false;
            self.state.cores.for_each(|core| self.state.take_log(arch, CoreId(core)));
        } else {
            return false;
        }
        true
    }

    /// Does all the work that there is at once, where nobody is urgent: going to the sleeping core for it would only take time.
    pub(super) fn catch_up(&mut self, arch: &mut impl Arch) {
        // What takes long is done in steps all the same.
        let long = self.node.to_load().is_some();
        if self.has_work() && !long && !self.state.residents.map(VcpuId).any(|vcpu| self.state.sched.is_urgent(vcpu)) {
            self.finish(arch);
            while let Some(op) = self.next_op() {
                let _ = self.run(arch, op);
            }
            while self.node.to_load().is_none() && self.advance(arch) {}
        }
    }

    /// Carries the operation in progress through, unless that waits for the end of the call that is under way.
    pub(super) fn finish(&mut self, arch: &mut impl Arch) {
        while self.is_busy() && self.step(arch) {}
    }

    /// The next step, false if it can be taken after the call that is under way only; what a move brings with it on its own core is a step of its own.
    fn step(&mut self, arch: &mut impl Arch) -> bool {
        let Self { node, state, work } = self;
        let mut shared = arch.shared();
        let mut here = Here::new(state, arch);
        if let Some(vcpu) = work.moved.take() {
            here.settle(vcpu);
            return true;
        }
        let Some(op) = &mut work.op else { return true };
        // What is refused is refused to nobody who waits: a vCPU that has ended stays.
        if let Step::Done(_) = node.step::<Sound>(op, &mut here, &mut shared) {
            work.op = None;
        }
        work.moved = here.moved;
        !here.later
    }
}
