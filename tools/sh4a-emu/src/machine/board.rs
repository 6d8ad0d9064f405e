//! Everything outside the cores: memory, devices, interrupt controller, and what the run loop must know about them.

use super::map::{Map, Placement};
use super::observe::Observer;
use super::unmapped::{Unmapped, UnmappedLog};
use crate::bus::{Bus, BusError, CoreId, Event, Interrupt, Page, Width};
use crate::device::{Device, FlashChange, Instant, Request};
use crate::devices::intc::InterruptController;
use crate::devices::registers::bytes_of;
use crate::memory::Memory;

/// A device in its place.
struct Slot {
    device: Box<dyn Device>,
    /// INTEVT code of each of the device's outputs.
    intevts: &'static [u16],
    outputs: u32,
    next: Option<Instant>,
    /// Memory behind the device's window: its address, length and offset in the arena.
    memory: Option<(u32, u32, usize)>,
    memory_visible: bool,
    /// Number of the serial port that the device is.
    port: Option<usize>,
}

/// The world that the cores of one machine see.
pub struct Board {
    memory: Memory,
    map: Map,
    slots: Vec<Slot>,
    controller: Box<dyn InterruptController>,
    /// The latest time that any core has shown: devices never see time run backwards.
    time: Instant,
    /// Earliest of the slots' next events.
    deadline: Option<Instant>,
    attention: bool,
    pages_changed: bool,
    requests: Vec<Request>,
    unmapped: UnmappedLog,
    /// What each serial port transmitted since the run loop last looked.
    transmitted: Vec<Vec<u8>>,
    observer: Observer,
}

impl Board {
    pub(super) fn new(memory_len: usize, controller: Box<dyn InterruptController>) -> Self {
        Self {
            memory: Memory::new(memory_len),
            map: Map::new(),
            slots: Vec::new(),
            controller,
            time: 0,
            deadline: None,
            attention: false,
            pages_changed: false,
            requests: Vec::new(),
            unmapped: UnmappedLog::default(),
            transmitted: Vec::new(),
            observer: Observer::default(),
        }
    }

    pub(super) fn map_mut(&mut self) -> &mut Map {
        &mut self.map
    }

    /// Places a device; `intevts` are the codes of its outputs.
    pub(super) fn place(&mut self, start: u32, len: u32, device: Box<dyn Device>, intevts: &'static [u16]) -> usize {
        let index = self.slots.len();
        self.map.add_region(start, len, Placement::Device(index));
        self.slots.push(Slot {
            device,
            intevts,
            outputs: 0,
            next: None,
            memory: None,
            memory_visible: true,
            port: None,
        });
        index
    }

    /// Places a device that is serial port number `port`.
    pub(super) fn place_port(
        &mut self,
        start: u32,
        len: u32,
        device: Box<dyn Device>,
        intevts: &'static [u16],
        port: usize,
    ) {
        let index = self.place(start, len, device, intevts);
        self.slots[index].port = Some(port);
        if self.transmitted.len() <= port {
            self.transmitted.resize_with(port + 1, Vec::new);
        }
    }

    /// Places a device whose window shows `len` bytes of the arena from `offset` while the device lets it.
    pub(super) fn place_over_memory(&mut self, start: u32, len: u32, device: Box<dyn Device>, offset: usize) {
        let index = self.place(start, len, device, &[]);
        self.slots[index].memory = Some((start, len, offset));
        self.map.add_memory(start, len, offset, false);
    }

    /// The memory, for loaders and debuggers.
    pub fn memory_mut(&mut self) -> &mut Memory {
        &mut self.memory
    }

    /// The memory.
    pub fn memory_ref(&self) -> &Memory {
        &self.memory
    }

    /// Offset in the arena of bus address `addr` as `core` sees it, if that is memory.
    pub fn offset(&self, core: CoreId, addr: u32) -> Option<usize> {
        self.map.memory_page(core, addr).map(|page| page.offset + (addr & 0xfff) as usize)
    }

    /// Accesses that nothing answered.
    pub fn unmapped(&self) -> &UnmappedLog {
        &self.unmapped
    }

    /// Traces, probes and counters.
    pub fn observer(&self) -> &Observer {
        &self.observer
    }

    /// Traces, probes and counters.
    pub fn observer_mut(&mut self) -> &mut Observer {
        &mut self.observer
    }

    /// The latest time that any core has reached.
    pub fn time(&self) -> Instant {
        self.time
    }

    /// When a device must be looked at next.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    pub(super) fn clear_attention(&mut self) {
        self.attention = false;
    }

    pub(super) fn take_pages_changed(&mut self) -> bool {
        std::mem::take(&mut self.pages_changed)
    }

    pub(super) fn take_requests(&mut self) -> Vec<Request> {
        std::mem::take(&mut self.requests)
    }

    /// Number of serial ports.
    pub fn ports(&self) -> usize {
        self.transmitted.len()
    }

    /// Sees the events that SPUMONE writes to its trace ring at bus address `ring`.
    pub(super) fn watch_ring(&mut self, ring: u32) {
        let (start, len) = self.observer.watch_ring(ring);
        self.map.watch(start, len);
    }

    /// Takes what port `port` transmitted.
    pub(super) fn take_transmitted(&mut self, port: usize) -> Vec<u8> {
        self.transmitted.get_mut(port).map(std::mem::take).unwrap_or_default()
    }

    /// Offers a character to port `port`; false when its line is busy or its receiver off.
    pub(super) fn offer(&mut self, now: Instant, port: usize, byte: u8) -> bool {
        let Some(index) = self.slots.iter().position(|slot| slot.port == Some(port)) else { return false };
        let now = self.clock(now);
        let taken = self.slots[index].device.serial().is_some_and(|line| line.offer(now, byte));
        if taken {
            self.settle(index, now);
        }
        taken
    }

    /// True if a character that arrived at `port` could interrupt `core` whose mask is `imask`.
    pub(super) fn input_could_wake(&mut self, port: usize, core: CoreId, imask: u8) -> bool {
        let Some(slot) = self.slots.iter_mut().find(|slot| slot.port == Some(port)) else { return false };
        slot.device.serial().is_some_and(|line| line.interrupts_on_input())
            && slot.intevts.iter().any(|&intevt| self.controller.level(core, intevt) > imask)
    }

    /// Brings every device whose time has come up to `now`.
    pub(super) fn advance(&mut self, now: Instant) {
        let now = self.clock(now);
        for index in 0..self.slots.len() {
            if self.slots[index].next.is_some_and(|at| at <= now) {
                self.slots[index].device.advance(now);
                self.settle(index, now);
                // A device that insists on the present must not stop time.
                if let Some(next) = &mut self.slots[index].next {
                    *next = (*next).max(now + 1);
                }
            }
        }
        self.deadline = self.slots.iter().filter_map(|slot| slot.next).min();
    }

    fn clock(&mut self, now: Instant) -> Instant {
        self.time = self.time.max(now);
        self.time
    }

    /// Takes over what an access or the passing of time changed in a device.
    fn settle(&mut self, index: usize, now: Instant) {
        let slot = &mut self.slots[index];
        let outputs = slot.device.outputs();
        if outputs != slot.outputs {
            for (bit, &intevt) in slot.intevts.iter().enumerate() {
                let on = outputs >> bit & 1 != 0;
                if on != (slot.outputs >> bit & 1 != 0) {
                    self.controller.set_line(now, intevt, on);
                    self.observer.line(now, intevt, on);
                }
            }
            slot.outputs = outputs;
            self.attention = true;
        }
        let next = slot.device.next_event(now);
        if next != slot.next {
            slot.next = next;
            self.deadline = self.slots.iter().filter_map(|slot| slot.next).min();
            self.attention = true;
        }
        let slot = &mut self.slots[index];
        if let Some(port) = slot.port
            && let Some(line) = slot.device.serial()
        {
            line.drain(&mut self.transmitted[port]);
            // Input may be waiting for the line, output for the host.
            self.attention = true;
        }
        if let Some((start, len, offset)) = slot.memory
            && slot.memory_visible != slot.device.memory_visible()
        {
            slot.memory_visible = slot.device.memory_visible();
            if slot.memory_visible {
                self.map.add_memory(start, len, offset, false);
            } else {
                self.map.remove_memory(start, len);
            }
            self.pages_changed = true;
            self.attention = true;
        }
        if let Some(request) = self.slots[index].device.take_request() {
            self.attention = true;
            match request {
                Request::Program { offset, len, change } => self.program(index, offset, len, change),
                other => self.requests.push(other),
            }
        }
    }

    fn program(&mut self, index: usize, offset: u32, len: u32, change: FlashChange) {
        let Some((_, window, base)) = self.slots[index].memory else { return };
        let start = base + offset.min(window) as usize;
        let len = len.min(window - offset.min(window)) as usize;
        let data: Vec<u8> = match change {
            FlashChange::Erase => vec![0xff; len],
            FlashChange::Clear { value } => self.memory.bytes()[start..start + len]
                .iter()
                .zip(value.to_le_bytes())
                .map(|(old, new)| old & new)
                .collect(),
        };
        self.memory.write(start, &data);
    }

    fn read_memory(&self, offset: usize, width: Width) -> u32 {
        let bytes = self.memory.bytes().get(offset..offset + bytes_of(width)).unwrap_or_default();
        bytes.iter().rev().fold(0, |value, &byte| value << 8 | u32::from(byte))
    }

    fn unanswered<T>(&mut self, core: CoreId, addr: u32, width: Width, stored: Option<u32>) -> Result<T, BusError> {
        self.unmapped.note(Unmapped { core, at: self.time, addr, width, stored });
        Err(BusError { addr, width, store: stored.is_some() })
    }
}

impl Bus for Board {
    #[inline]
    fn page(&self, core: CoreId, addr: u32) -> Option<Page> {
        self.map.page(core, addr)
    }

    #[inline]
    fn memory(&mut self) -> &mut Memory {
        &mut self.memory
    }

    fn read(&mut self, core: CoreId, now: u64, addr: u32, width: Width) -> Result<u32, BusError> {
        let now = self.clock(now);
        if let Some(offset) = self.offset(core, addr) {
            return Ok(self.read_memory(offset, width));
        }
        let answer = match self.map.find(addr) {
            Some((Placement::Device(index), offset)) => {
                let answer = self.slots[index].device.read(core, now, offset, width);
                self.settle(index, now);
                answer
            }
            Some((Placement::Controller(window), offset)) => self.controller.read(core, now, window, offset, width),
            None => return self.unanswered(core, addr, width, None),
        };
        answer.or_else(|_| self.unanswered(core, addr, width, None))
    }

    fn write(&mut self, core: CoreId, now: u64, addr: u32, width: Width, value: u32) -> Result<(), BusError> {
        let now = self.clock(now);
        if let Some(page) = self.map.memory_page(core, addr).filter(|page| page.writable) {
            let offset = page.offset + (addr & 0xfff) as usize;
            self.memory.write(offset, &value.to_le_bytes()[..bytes_of(width)]);
            if self.map.is_watched(addr) {
                self.observer.ring_store(core, now, addr, value);
            }
            return Ok(());
        }
        let answer = match self.map.find(addr) {
            Some((Placement::Device(index), offset)) => {
                let answer = self.slots[index].device.write(core, now, offset, width, value);
                self.settle(index, now);
                answer
            }
            Some((Placement::Controller(window), offset)) => {
                self.attention = true;
                self.controller.write(core, now, window, offset, width, value)
            }
            None => return self.unanswered(core, addr, width, Some(value)),
        };
        answer.or_else(|_| self.unanswered(core, addr, width, Some(value)))
    }

    #[inline]
    fn interrupt(&self, core: CoreId) -> Option<Interrupt> {
        self.controller.pending(core)
    }

    fn accepted(&mut self, core: CoreId, now: u64, interrupt: Interrupt) {
        let asserted = self.controller.asserted_at(core, interrupt.intevt);
        self.controller.accepted(core, interrupt);
        self.observer.accepted(core, asserted, now, interrupt);
    }

    #[inline]
    fn attention(&self) -> bool {
        self.attention
    }

    fn event(&mut self, core: CoreId, now: u64, event: Event) {
        self.observer.event(core, now, event);
    }
}
