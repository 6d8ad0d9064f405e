//! The smallest world for a CPU: RAM from bus address 0 and nothing else. For tests, measurements and user-mode runners.

use crate::bus::{Bus, CoreId, Event, Interrupt, Page};
use crate::memory::{Memory, PAGE_SIZE};

/// RAM at bus addresses `0..len`, one optional interrupt request, and a record of what the core told.
#[derive(Clone)]
pub struct Flat {
    memory: Memory,
    /// The request that the core sees.
    pub request: Option<Interrupt>,
    /// Interrupts that the core accepted, with their time.
    pub accepted: Vec<(u64, Interrupt)>,
    /// Events, with their time, while [`Flat::record`] is set.
    pub events: Vec<(u64, Event)>,
    /// Keep events.
    pub record: bool,
}

impl Flat {
    /// RAM of `len` bytes, rounded up to whole pages.
    pub fn new(len: usize) -> Self {
        Self {
            memory: Memory::new(len.next_multiple_of(PAGE_SIZE)),
            request: None,
            accepted: Vec::new(),
            events: Vec::new(),
            record: false,
        }
    }

    /// Writes 16-bit words from `addr` on; false if they do not fit.
    pub fn put_words(&mut self, addr: u32, words: &[u16]) -> bool {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.memory.write(addr as usize, &bytes).is_some()
    }

    /// Writes a longword; false outside the RAM.
    pub fn put_long(&mut self, addr: u32, value: u32) -> bool {
        self.memory.write(addr as usize, &value.to_le_bytes()).is_some()
    }

    /// Reads a longword, 0 outside the RAM.
    pub fn long(&self, addr: u32) -> u32 {
        self.memory.load(addr as usize).map_or(0, u32::from_le_bytes)
    }
}

impl Bus for Flat {
    fn page(&self, _core: CoreId, addr: u32) -> Option<Page> {
        let offset = addr as usize / PAGE_SIZE * PAGE_SIZE;
        (offset < self.memory.bytes().len()).then_some(Page { offset, writable: true })
    }

    #[inline(always)]
    fn memory(&mut self) -> &mut Memory {
        &mut self.memory
    }

    fn interrupt(&self, _core: CoreId) -> Option<Interrupt> {
        self.request
    }

    fn accepted(&mut self, _core: CoreId, now: u64, interrupt: Interrupt) {
        self.accepted.push((now, interrupt));
    }

    fn event(&mut self, _core: CoreId, now: u64, event: Event) {
        if self.record {
            self.events.push((now, event));
        }
    }
}
