//! The shared memory, with a count of accesses.

use super::Memory;
use spumone_core::cluster::{CoreId, Message, Shared};
use spumone_core::vcpu::VcpuId;

/// What a step sees of the shared memory.
pub(super) struct View<'a> {
    pub(super) me: usize,
    pub(super) memory: &'a mut Memory,
    pub(super) accesses: u8,
}

impl View<'_> {
    fn access(&mut self) -> &mut Memory {
        self.accesses = self.accesses.saturating_add(1);
        self.memory
    }
}

impl Shared for View<'_> {
    fn location(&mut self, vcpu: VcpuId) -> CoreId {
        self.access().location[vcpu.index()]
    }

    fn set_location(&mut self, vcpu: VcpuId, core: CoreId) {
        self.access().location[vcpu.index()] = core;
        self.memory.hops[vcpu.index()].1 += u8::from(self.memory.claimed.has(vcpu.0));
    }

    fn post(&mut self, vcpu: VcpuId, bits: u8) {
        self.access().pending[vcpu.index()] |= bits;
    }

    fn pending(&mut self, vcpu: VcpuId) -> u8 {
        self.access().pending[vcpu.index()]
    }

    fn take(&mut self, vcpu: VcpuId) -> u8 {
        std::mem::take(&mut self.access().pending[vcpu.index()])
    }

    fn claim(&mut self, vcpu: VcpuId) -> bool {
        let free = !self.access().claimed.has(vcpu.0);
        self.memory.claimed.add(vcpu.0);
        free
    }

    fn release(&mut self, vcpu: VcpuId) {
        self.access().claimed.remove(vcpu.0);
        self.memory.hops[vcpu.index()] = (0, 0);
    }

    fn stopped(&mut self, vcpu: VcpuId) -> bool {
        self.access().stopped.has(vcpu.0)
    }

    fn set_stopped(&mut self, vcpu: VcpuId, stopped: bool) {
        let all = &mut self.access().stopped;
        if stopped {
            all.add(vcpu.0);
        } else {
            all.remove(vcpu.0);
        }
    }

    fn standing(&mut self, vcpu: VcpuId) -> bool {
        self.access().standing.has(vcpu.0)
    }

    fn set_standing(&mut self, vcpu: VcpuId, standing: bool) {
        let all = &mut self.access().standing;
        if standing {
            all.add(vcpu.0);
        } else {
            all.remove(vcpu.0);
        }
    }

    fn done(&mut self, core: CoreId) -> u32 {
        self.access().done[usize::from(core.0)]
    }

    fn set_done(&mut self, number: u32) {
        let me = self.me;
        self.access().done[me] = number;
    }

    fn wish(&mut self, bits: u32) -> u32 {
        let wishes = &mut self.access().wishes;
        std::mem::replace(wishes, *wishes | bits)
    }

    fn unwish(&mut self, bits: u32) -> u32 {
        let wishes = &mut self.access().wishes;
        std::mem::replace(wishes, *wishes & !bits)
    }

    fn push(&mut self, to: CoreId, message: Message) -> bool {
        let me = self.me;
        let memory = self.access();
        let (entries, reserved) = memory.room;
        let limit = if message.must_fit() { entries } else { entries - reserved };
        let ring = &mut memory.rings[me][usize::from(to.0)];
        if ring.len() >= limit {
            return false;
        }
        ring.push(message);
        if let Message::Request(request) = message {
            memory.hops[request.vcpu().index()].0 += 1;
        }
        true
    }

    fn pop(&mut self, from: CoreId) -> Option<(Message, bool)> {
        let me = self.me;
        let ring = &mut self.access().rings[usize::from(from.0)][me];
        (!ring.is_empty()).then(|| (ring.remove(0), !ring.is_empty()))
    }

    fn mail(&mut self, core: CoreId) {
        self.access().mail.add(core.0);
    }

    fn clear_mail(&mut self) {
        let me = self.me as u8;
        self.access().mail.remove(me);
    }

    fn ring(&mut self, core: CoreId) {
        self.access().bell.add(core.0);
    }

    fn clear_bell(&mut self) {
        let me = self.me as u8;
        self.access().bell.remove(me);
    }
}
