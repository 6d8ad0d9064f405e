//! A core as the protocol asks things of it.

use super::{Run, Site, VCPUS, Vcpu};
use spumone_core::cluster::{CoreId, Ending, Local, Notice, Set};
use spumone_core::irq::Code;
use spumone_core::vcpu::{State, VcpuId};

/// What a step sees of its own core.
pub(super) struct Here<'a> {
    pub(super) site: &'a mut Site,
    pub(super) blocks: [Option<Vcpu>; VCPUS],
}

impl Local for Here<'_> {
    fn state(&self, vcpu: VcpuId) -> State {
        match self.site.vcpus[vcpu.index()].expect("the vCPU is here").run {
            Run::Stopped => State::Stopped,
            Run::Ready => State::Ready,
            Run::Running => State::Running,
            Run::Waiting => State::Waiting,
            Run::Stands => State::Away,
            Run::Ended => State::Ended,
        }
    }

    fn guest(&self, vcpu: VcpuId) -> u8 {
        self.site.guests[vcpu.index()]
    }

    fn wake(&mut self, vcpu: VcpuId) {
        self.site.vcpu(vcpu).run = Run::Ready;
    }

    fn urge(&mut self, _: VcpuId) {}

    fn start(&mut self, vcpu: VcpuId, life: u32, _: u32) {
        if life != u32::from(self.site.life) {
            self.mistake("a start of an earlier life");
        }
        // A guest that has begun unmasks its source, which the model makes part of the start.
        self.irq(vcpu, Code::new(0).expect("a code"), 0, vcpu.0 == 0);
        self.site.vcpu(vcpu).run = Run::Ready;
    }

    fn stop(&mut self, vcpu: VcpuId) {
        self.site.open.remove(vcpu.0);
        self.site.vcpu(vcpu).run = Run::Stopped;
    }

    fn depart(&mut self, vcpu: VcpuId) {
        let mut saved = *self.site.vcpu(vcpu);
        if saved.run == Run::Running {
            saved.run = Run::Ready;
        }
        saved.open = self.site.open.has(vcpu.0);
        if !self.site.forgets_masks {
            self.site.open.remove(vcpu.0);
        }
        if self.blocks[vcpu.index()].replace(saved).is_some() {
            self.mistake("it moves already");
        }
        self.site.vcpus[vcpu.index()] = None;
    }

    fn arrive(&mut self, vcpu: VcpuId) {
        match self.blocks[vcpu.index()].take() {
            Some(saved) => {
                self.site.vcpus[vcpu.index()] = Some(Vcpu { open: false, ..saved });
                self.irq(vcpu, Code::new(0).expect("a code"), 0, saved.open);
            }
            None => self.mistake("it does not move"),
        }
    }

    fn end(&mut self, vcpu: VcpuId) {
        self.site.open.remove(vcpu.0);
        self.site.vcpu(vcpu).run = Run::Ended;
    }

    fn ended(&mut self, guest: u8, ending: Ending) {
        if matches!(ending, Ending::Exited(life) if life != u32::from(self.site.life)) {
            self.mistake("an end of an earlier life");
        }
        if self.site.ended.has(guest) {
            self.mistake("it has ended already");
        }
        self.site.ended.add(guest);
    }

    fn vcpus_of(&self, guest: u8) -> Set {
        let mut vcpus = Set::EMPTY;
        (0..self.site.there).filter(|&vcpu| self.guest(VcpuId(vcpu)) == guest).for_each(|vcpu| vcpus.add(vcpu));
        vcpus
    }

    fn pause(&mut self, vcpu: VcpuId) -> bool {
        let open = self.site.open.remove(vcpu.0);
        let known = self.site.vcpu(vcpu);
        if known.run != Run::Ended {
            known.stood = if known.run == Run::Running { Run::Ready } else { known.run };
            (known.run, known.open) = (Run::Stands, open);
        }
        true
    }

    fn resume(&mut self, vcpu: VcpuId) {
        let known = self.site.vcpu(vcpu);
        if known.run == Run::Stands {
            known.run = known.stood;
            let open = std::mem::take(&mut known.open);
            self.irq(vcpu, Code::new(0).expect("a code"), 0, open);
        }
    }

    fn renew(&mut self, vcpu: VcpuId) -> bool {
        let life = self.site.life;
        let known = self.site.vcpu(vcpu);
        let first = vcpu.0 == 0;
        let stood = if first { Run::Ready } else { Run::Stopped };
        // As in `start`: it unmasks its source as soon as it goes on.
        *known = Vcpu { run: Run::Stands, open: first, told: None, stood, life };
        !first
    }

    fn renewed(&mut self, guest: u8) {
        self.site.life += 1;
        self.site.ended.remove(guest);
    }

    fn irq(&mut self, vcpu: VcpuId, _: Code, _: u8, on: bool) {
        if on {
            self.site.open.add(vcpu.0);
        } else {
            self.site.open.remove(vcpu.0);
        }
    }

    fn set_home(&mut self, vcpu: VcpuId, core: CoreId) -> bool {
        self.site.vcpu(vcpu).told = Some(core);
        true
    }

    fn set_syscall_core(&mut self, vcpu: VcpuId, core: Option<CoreId>) {
        self.site.vcpu(vcpu).told = core;
    }

    fn notice(&mut self, _: CoreId, _: Notice) {
        self.site.notices += 1;
    }

    fn mistake(&mut self, _: &'static str) {
        self.site.mistakes += 1;
    }
}
