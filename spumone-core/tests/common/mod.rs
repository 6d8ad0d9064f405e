//! A machine that records what it is asked to do, and a system table to run on it.
#![allow(dead_code, reason = "each test file uses its part")]

pub(crate) mod pair;
mod shared;

use shared::SharedFake;
pub(crate) use shared::World;
use spumone_core::addr::GuestRange;
use spumone_core::arch::{Arch, CoreInfo, Entry, Luggage, OwnCodes, Unit};
use spumone_core::cluster::{CoreId, Set};
use spumone_core::format::{Board, Name};
use spumone_core::governor::Load;
use spumone_core::hypervisor::Hypervisor;
use spumone_core::irq::{Action, Code, Codes};
use spumone_core::system::{self, GuestFlags, Irq, Region, System};
use spumone_core::trace::Event;
use spumone_core::vcpu::{Departures, VcpuId};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

pub(crate) const RT: VcpuId = VcpuId(0);
pub(crate) const LINUX: VcpuId = VcpuId(1);
pub(crate) const RT_TIMER: u32 = 0x460;
pub(crate) const LINUX_TIMER: u32 = 0x400;
pub(crate) const MAIL: u32 = 0xfe0;
pub(crate) const BELL: u32 = 0xfc0;
pub(crate) const TIMER: u32 = 0x4a0;
pub(crate) const TICK: u32 = 0xfa0;

#[derive(Default)]
pub(crate) struct Fake {
    pub(crate) actions: HashMap<(Option<u8>, u32), Action>,
    pub(crate) prepared: Vec<(u8, Entry)>,
    pub(crate) vectors: Vec<(u8, u32, u8)>,
    /// What a guest has written to VBR.
    pub(crate) foreign_vectors: Option<u32>,
    pub(crate) unmasked: Vec<(u32, u8)>,
    pub(crate) masked: Vec<u32>,
    pub(crate) quiet: Vec<u32>,
    /// Unmasked with the level that they had.
    pub(crate) opened: Vec<u32>,
    pub(crate) fpu: Vec<(Option<u8>, Option<u8>)>,
    pub(crate) syscall_paths: HashMap<u8, (bool, bool)>,
    pub(crate) core: u8,
    pub(crate) world: Rc<RefCell<World>>,
    pub(crate) serial: HashMap<u8, Vec<u8>>,
    /// How many more bytes the ports take.
    pub(crate) room: usize,
    pub(crate) typed: Vec<u8>,
    pub(crate) image: Option<&'static [u8]>,
    pub(crate) events: Vec<Event>,
    pub(crate) memory: HashMap<u32, u8>,
    pub(crate) departures: HashMap<u8, Departures>,
    /// Interrupts that the assembly forwarded, if it did.
    pub(crate) forwarded: HashMap<u8, u32>,
    /// Who shall have the core after a vCPU's `idle`, as the portable code or a preemption left it.
    pub(crate) after_idle: HashMap<u8, Option<VcpuId>>,
    /// May `idle` give the core to this vCPU directly?
    pub(crate) direct: HashMap<u8, bool>,
}

impl Fake {
    pub(crate) fn new() -> Self {
        Self { room: usize::MAX, ..Self::default() }
    }

    /// The machine of `core` in a world that others share.
    pub(crate) fn on(core: u8, world: &Rc<RefCell<World>>) -> Self {
        Self { core, world: Rc::clone(world), ..Self::new() }
    }

    pub(crate) fn action(&self, current: Option<VcpuId>, intevt: u32) -> Action {
        self.actions[&(current.map(|vcpu| vcpu.0), intevt)]
    }

    pub(crate) fn text(&self, port: u8) -> String {
        String::from_utf8(self.serial.get(&port).cloned().unwrap_or_default()).expect("UTF-8")
    }

    /// What the interrupt path in assembly does when it preempts `vcpu` for `owner`.
    pub(crate) fn preempt(&mut self, vcpu: Option<VcpuId>, owner: VcpuId) {
        self.after_idle.insert(owner.0, vcpu);
        if let Some(vcpu) = vcpu {
            let counted = self.departures.entry(vcpu.0).or_default();
            counted.preempted += 1;
            counted.idled_last = false;
        }
    }

    /// What `idle` in assembly does for `vcpu`: who has the core then, `None` if the portable code has to be asked.
    pub(crate) fn idle(&mut self, vcpu: VcpuId) -> Option<VcpuId> {
        let next = self.after_idle.get(&vcpu.0).copied().flatten()?;
        if !self.direct.get(&next.0).copied().unwrap_or(false) {
            return None;
        }
        let counted = self.departures.entry(vcpu.0).or_default();
        counted.idled += 1;
        counted.idled_last = true;
        Some(next)
    }
}

impl Arch for Fake {
    type Shared = SharedFake;
    fn shared(&self) -> SharedFake {
        SharedFake { me: self.core, world: Rc::clone(&self.world) }
    }
    fn own_codes(&self) -> Option<OwnCodes> {
        let code = |intevt| Code::new(intevt).expect("a code");
        Some(OwnCodes { mail: code(MAIL), bell: code(BELL), timer: code(TIMER), tick: code(TICK) })
    }
    fn core_info(&self) -> CoreInfo {
        CoreInfo { core: self.core, core_khz: 600_000, pclk_khz: 50_000 }
    }
    fn prepare(&mut self, vcpu: VcpuId, entry: Entry) {
        self.prepared.push((vcpu.0, entry));
        self.world.borrow_mut().vector_bases.remove(&vcpu.0);
        // All counts are 0, and so equal to each other.
        self.departures.insert(vcpu.0, Departures { idled_last: true, ..Departures::default() });
    }
    fn set_vector_base(&mut self, vcpu: VcpuId, base: u32, off: u8) {
        self.vectors.push((vcpu.0, base, off));
        self.tell_vector_base(vcpu, base);
    }
    fn tell_vector_base(&mut self, vcpu: VcpuId, base: u32) {
        self.world.borrow_mut().vector_bases.insert(vcpu.0, base);
    }
    fn take_vectors(&mut self) -> Option<u32> {
        self.foreign_vectors.take()
    }
    fn vector_base(&self, vcpu: VcpuId) -> u32 {
        self.world.borrow().vector_bases.get(&vcpu.0).copied().unwrap_or(0)
    }
    fn set_action(&mut self, current: Option<VcpuId>, code: Code, action: Action) {
        self.actions.insert((current.map(|vcpu| vcpu.0), code.intevt()), action);
    }
    fn switch_unit(&mut self, unit: Unit, from: Option<VcpuId>, to: Option<VcpuId>) {
        if unit == Unit::Fpu {
            self.fpu.push((from.map(|vcpu| vcpu.0), to.map(|vcpu| vcpu.0)));
        }
    }
    fn set_syscall_path(&mut self, vcpu: VcpuId, leaves: bool, returns: bool) {
        self.syscall_paths.insert(vcpu.0, (leaves, returns));
    }
    fn pack(&mut self, vcpu: VcpuId, luggage: &Luggage) {
        self.world.borrow_mut().luggage.insert(vcpu.0, *luggage);
    }
    fn unpack(&mut self, vcpu: VcpuId) -> (Luggage, bool) {
        (self.world.borrow().luggage[&vcpu.0], false)
    }
    fn knows_irq(&self, _code: Code) -> bool {
        true
    }
    fn irq_level(&mut self, _code: Code, _level: u8) {}
    fn relay_log(&mut self, bytes: &[u8]) -> usize {
        self.world.borrow_mut().log.extend(bytes);
        bytes.len()
    }
    fn relayed_log(&mut self, _core: CoreId, _to: &mut [u8]) -> usize {
        0
    }
    fn publish(&mut self, load: Load) {
        self.world.borrow_mut().loads.insert(self.core, load);
    }
    fn published(&self, core: CoreId) -> Load {
        self.world.borrow().loads.get(&core.0).copied().unwrap_or_default()
    }
    fn relay_tick(&mut self, _others: Set) {}
    fn clear_tick(&mut self) {}
    fn counter(&self) -> (u32, u32) {
        (self.world.borrow().counter, 80)
    }
    fn mistake(&mut self, what: &'static str) {
        panic!("{what}");
    }
    fn irq_unmask(&mut self, code: Code, level: u8) -> bool {
        self.unmasked.push((code.intevt(), level));
        true
    }
    fn irq_mask_all(&mut self, codes: Codes) {
        self.masked.extend(codes.map(Code::intevt));
    }
    fn quiet(&mut self, code: Code) {
        self.quiet.push(code.intevt());
    }
    fn irq_unmask_all(&mut self, codes: Codes) {
        self.opened.extend(codes.map(Code::intevt));
    }
    fn irq_mask(&mut self, code: Code) -> bool {
        self.masked.push(code.intevt());
        true
    }
    fn registers(&self, vcpu: VcpuId) -> [u32; 31] {
        [u32::from(vcpu.0); 31]
    }
    fn image(&self) -> Option<&'static [u8]> {
        self.image
    }
    fn load(&mut self, address: u32, piece: &[u8]) {
        self.memory.extend((address..).zip(piece.iter().copied()));
    }
    fn clear(&mut self, address: u32, length: u32) {
        self.memory.extend((address..address + length).map(|address| (address, 0)));
    }
    fn forget_instructions(&mut self) {}
    fn read_guest(&mut self, from: GuestRange, to: &mut [u8]) {
        for (address, byte) in (from.start()..).zip(to) {
            *byte = self.memory.get(&address).copied().unwrap_or(b'?');
        }
    }
    fn write_guest(&mut self, to: GuestRange, from: &[u8]) {
        assert_eq!(to.length() as usize, from.len());
        self.memory.extend((to.start()..).zip(from.iter().copied()));
    }
    fn serial_write(&mut self, port: u8, bytes: &[u8]) -> usize {
        let taken = bytes.len().min(self.room);
        self.room -= taken;
        self.serial.entry(port).or_default().extend(&bytes[..taken]);
        taken
    }
    fn serial_read(&mut self, _port: u8) -> Option<u8> {
        self.typed.pop()
    }
    fn trace(&mut self, event: Event) {
        self.events.push(event);
    }
    fn forwarded(&self, vcpu: VcpuId) -> u32 {
        self.forwarded.get(&vcpu.0).copied().unwrap_or(0)
    }
    fn departures(&self, vcpu: VcpuId) -> Departures {
        self.departures.get(&vcpu.0).copied().unwrap_or_default()
    }
    fn reset_actions(&mut self, current: Option<VcpuId>) {
        let current = current.map(|vcpu| vcpu.0);
        self.actions.extend(Code::all().map(|code| ((current, code.intevt()), Action::Ask)));
    }
    fn set_idle_path(&mut self, vcpu: VcpuId, next: Option<VcpuId>, direct: bool) {
        self.after_idle.insert(vcpu.0, next);
        self.direct.insert(vcpu.0, direct);
    }
}

pub(crate) fn guests() -> Vec<system::Guest> {
    let guest = |id, name, start, length, priority, levels: (u8, u8), irq_off, console| system::Guest {
        id,
        name: Name::new(name).expect("a name"),
        memory: Region { start, length },
        entry: 0x8000_0000 | (start + 0x1000),
        stack_top: if id == 0 { 0x8000_0000 | (start + length) } else { 0 },
        priority,
        vcpus: 1,
        placement: [Some(0), None, None, None],
        governor: None,
        level_low: levels.0,
        level_high: levels.1,
        irq_off,
        flags: GuestFlags::ESSENTIAL,
        console: Some(console),
        watches: None,
    };
    vec![
        guest(0, "rt", 0x0c00_0000, 0x40_0000, 20, (8, 15), 15, 3),
        guest(1, "linux", 0x0c40_0000, 0x40_0000, 10, (1, 7), 7, 0),
    ]
}

/// The hypervisor for `guests`, configured and not started; the log is on port 3.
pub(crate) fn configured(guests: &[system::Guest]) -> Hypervisor {
    configured_with(
        guests,
        &[Irq { intevt: RT_TIMER as u16, guest: 0, level: 12 }, Irq { intevt: LINUX_TIMER as u16, guest: 1, level: 2 }],
    )
}

/// The same with these interrupts.
pub(crate) fn configured_with(guests: &[system::Guest], irqs: &[Irq]) -> Hypervisor {
    configured_on(0, 1, guests, irqs)
}

/// The instance of `core` in a system of `cores`.
pub(crate) fn configured_on(core: u8, cores: u8, guests: &[system::Guest], irqs: &[Irq]) -> Hypervisor {
    let mut bytes = [0; system::MAX_BYTES];
    system::encode(&mut bytes, Board::Rp1, cores, 3, guests, irqs).expect("a good table");
    let table = System::parse(&bytes).expect("a good table");
    let mut hypervisor = Hypervisor::empty();
    hypervisor.configure(&table, Board::Rp1, 4, CoreId(core)).expect("a system for this instance");
    hypervisor
}
