//! What the cores of a test share.

use spumone_core::arch::Luggage;
use spumone_core::cluster::{CoreId, Message, Shared};
use spumone_core::governor::Load;
use spumone_core::vcpu::VcpuId;
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

/// Shared memory and inter-core interrupts.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) location: HashMap<u8, u8>,
    pub(crate) pending: HashMap<u8, u8>,
    claimed: HashMap<u8, bool>,
    pub(crate) standing: HashMap<u8, bool>,
    done: HashMap<u8, u32>,
    wishes: u32,
    stopped: HashMap<u8, bool>,
    rings: HashMap<(u8, u8), VecDeque<[u32; 4]>>,
    /// Cores whose interrupt is raised.
    pub(crate) mail: [bool; 4],
    pub(crate) bell: [bool; 4],
    pub(crate) luggage: HashMap<u8, Luggage>,
    pub(crate) log: Vec<u8>,
    pub(crate) loads: HashMap<u8, Load>,
    pub(crate) vector_bases: HashMap<u8, u32>,
    /// Time.
    pub(crate) counter: u32,
}

/// One core's view of it.
pub(crate) struct SharedFake {
    pub(crate) me: u8,
    pub(crate) world: Rc<RefCell<World>>,
}

impl Shared for SharedFake {
    fn location(&mut self, vcpu: VcpuId) -> CoreId {
        CoreId(self.world.borrow().location.get(&vcpu.0).copied().unwrap_or(0))
    }
    fn set_location(&mut self, vcpu: VcpuId, core: CoreId) {
        self.world.borrow_mut().location.insert(vcpu.0, core.0);
    }
    fn post(&mut self, vcpu: VcpuId, bits: u8) {
        *self.world.borrow_mut().pending.entry(vcpu.0).or_default() |= bits;
    }
    fn pending(&mut self, vcpu: VcpuId) -> u8 {
        self.world.borrow().pending.get(&vcpu.0).copied().unwrap_or(0)
    }
    fn take(&mut self, vcpu: VcpuId) -> u8 {
        self.world.borrow_mut().pending.insert(vcpu.0, 0).unwrap_or(0)
    }
    fn claim(&mut self, vcpu: VcpuId) -> bool {
        !self.world.borrow_mut().claimed.insert(vcpu.0, true).unwrap_or(false)
    }
    fn release(&mut self, vcpu: VcpuId) {
        self.world.borrow_mut().claimed.insert(vcpu.0, false);
    }
    fn stopped(&mut self, vcpu: VcpuId) -> bool {
        self.world.borrow().stopped.get(&vcpu.0).copied().unwrap_or(false)
    }
    fn set_stopped(&mut self, vcpu: VcpuId, stopped: bool) {
        self.world.borrow_mut().stopped.insert(vcpu.0, stopped);
    }
    fn standing(&mut self, vcpu: VcpuId) -> bool {
        self.world.borrow().standing.get(&vcpu.0).copied().unwrap_or(false)
    }
    fn set_standing(&mut self, vcpu: VcpuId, standing: bool) {
        self.world.borrow_mut().standing.insert(vcpu.0, standing);
    }
    fn done(&mut self, core: CoreId) -> u32 {
        self.world.borrow().done.get(&core.0).copied().unwrap_or(0)
    }
    fn set_done(&mut self, number: u32) {
        self.world.borrow_mut().done.insert(self.me, number);
    }
    fn wish(&mut self, bits: u32) -> u32 {
        let wishes = &mut self.world.borrow_mut().wishes;
        std::mem::replace(wishes, *wishes | bits)
    }
    fn unwish(&mut self, bits: u32) -> u32 {
        let wishes = &mut self.world.borrow_mut().wishes;
        std::mem::replace(wishes, *wishes & !bits)
    }
    fn push(&mut self, to: CoreId, message: Message) -> bool {
        self.world.borrow_mut().rings.entry((self.me, to.0)).or_default().push_back(message.encode());
        true
    }
    fn pop(&mut self, from: CoreId) -> Option<(Message, bool)> {
        let mut world = self.world.borrow_mut();
        let ring = world.rings.get_mut(&(from.0, self.me))?;
        let words = ring.pop_front()?;
        Some((Message::decode(words)?, !ring.is_empty()))
    }
    fn mail(&mut self, core: CoreId) {
        self.world.borrow_mut().mail[usize::from(core.0)] = true;
    }
    fn clear_mail(&mut self) {
        self.world.borrow_mut().mail[usize::from(self.me)] = false;
    }
    fn ring(&mut self, core: CoreId) {
        self.world.borrow_mut().bell[usize::from(core.0)] = true;
    }
    fn clear_bell(&mut self) {
        self.world.borrow_mut().bell[usize::from(self.me)] = false;
    }
}
