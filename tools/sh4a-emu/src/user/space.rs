//! A program's memory as a [`Bus`]: pages given out on demand, nothing else.

use crate::bus::{Bus, CoreId, Interrupt, Page};
use crate::memory::Memory;

/// Bytes of a page.
pub(super) const PAGE: u32 = 4096;
/// End of user space: above it lies area 7, the control registers.
pub const TOP: u32 = 0x1c00_0000;
/// Unused address space between the stack and whatever is below it.
const GUARD: u32 = 0x10_0000;

/// See the module's description.
pub(super) struct Space {
    memory: Memory,
    /// Page number to offset in the arena.
    pages: Vec<Option<usize>>,
    /// Bytes of the arena given out.
    used: usize,
    stack: u32,
    /// Lowest address that `mmap` has given out; it goes downwards.
    pub(super) mapped: u32,
}

impl Space {
    /// Space for at most `memory` bytes, of which `stack` bytes are mapped as the stack below [`TOP`].
    pub(super) fn new(memory: u32, stack: u32) -> Self {
        let stack = stack.next_multiple_of(PAGE).clamp(PAGE, TOP / 4);
        let memory = memory.next_multiple_of(PAGE).clamp(stack, TOP);
        let mut space = Self {
            memory: Memory::new(memory as usize),
            pages: vec![None; (TOP / PAGE) as usize],
            used: 0,
            stack,
            mapped: TOP - stack - GUARD,
        };
        space.map(TOP - stack, stack);
        space
    }

    /// Lowest address of the stack.
    pub(super) fn stack_bottom(&self) -> u32 {
        TOP - self.stack
    }

    /// Size of the stack.
    pub(super) fn stack_bytes(&self) -> u32 {
        self.stack
    }

    /// Maps zeroed pages for `start..start + len` where there are none. False if memory or address space is used up.
    pub(super) fn map(&mut self, start: u32, len: u32) -> bool {
        let Some(end) = start.checked_add(len).filter(|end| *end <= TOP) else { return false };
        for page in start / PAGE..end.div_ceil(PAGE) {
            let place = &mut self.pages[page as usize];
            if place.is_none() {
                if self.used + PAGE as usize > self.memory.bytes().len() {
                    return false;
                }
                *place = Some(self.used);
                self.used += PAGE as usize;
            }
        }
        true
    }

    /// Offset in the arena of a mapped byte.
    fn offset(&self, addr: u32) -> Option<usize> {
        let page = *self.pages.get((addr / PAGE) as usize)?;
        page.map(|offset| offset + (addr % PAGE) as usize)
    }

    /// Copies `data` to mapped memory; stops at the first byte that is not mapped and gives the number copied.
    pub(super) fn copy_in(&mut self, addr: u32, data: &[u8]) -> usize {
        let mut done = 0;
        while done < data.len() {
            let at = addr.wrapping_add(done as u32);
            let len = (data.len() - done).min((PAGE - at % PAGE) as usize);
            match self.offset(at) {
                Some(offset) if self.memory.write(offset, &data[done..done + len]).is_some() => done += len,
                _ => break,
            }
        }
        done
    }

    /// The mapped bytes from `addr`, at most `len`.
    pub(super) fn copy_out(&self, addr: u32, len: u32) -> Vec<u8> {
        let mut data = Vec::new();
        while (data.len() as u32) < len {
            let at = addr.wrapping_add(data.len() as u32);
            let part = (len - data.len() as u32).min(PAGE - at % PAGE) as usize;
            match self.offset(at).and_then(|offset| self.memory.bytes().get(offset..offset + part)) {
                Some(bytes) => data.extend_from_slice(bytes),
                None => break,
            }
        }
        data
    }

    /// A little-endian longword, if it is mapped.
    pub(super) fn long(&self, addr: u32) -> Option<u32> {
        self.copy_out(addr, 4).try_into().ok().map(u32::from_le_bytes)
    }

    /// The instruction word at `addr`, 0 if nothing is mapped.
    pub(super) fn word(&self, addr: u32) -> u16 {
        self.copy_out(addr, 2).try_into().map_or(0, u16::from_le_bytes)
    }
}

impl Bus for Space {
    fn page(&self, _core: CoreId, addr: u32) -> Option<Page> {
        self.offset(addr & !(PAGE - 1)).map(|offset| Page { offset, writable: true })
    }

    fn memory(&mut self) -> &mut Memory {
        &mut self.memory
    }

    fn interrupt(&self, _core: CoreId) -> Option<Interrupt> {
        None
    }

    fn accepted(&mut self, _core: CoreId, _now: u64, _interrupt: Interrupt) {}
}
