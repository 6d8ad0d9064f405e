//! Which memory or device answers at a bus address.

use crate::bus::{CoreId, Page};

const PAGE_SHIFT: u32 = 12;
const PAGE_LEN: u32 = 1 << PAGE_SHIFT;
/// Pages of the 29-bit external address space.
const EXTERNAL_PAGES: usize = 1 << (29 - PAGE_SHIFT);
const P4: u32 = 0xe000_0000;
/// Area 7 shows the register space of P4 to translated accesses.
const AREA7: std::ops::Range<u32> = 0x1c00_0000..0x2000_0000;

const PRESENT: u32 = 1;
const WRITABLE: u32 = 2;

/// Who answers in a region that is not plain memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// A device, by number.
    Device(usize),
    /// A register window of the interrupt controller.
    Controller(u8),
}

#[derive(Clone, Copy, Debug)]
struct Region {
    start: u32,
    len: u32,
    placement: Placement,
}

/// A memory that every core sees at the same address, each its own.
#[derive(Clone, Copy, Debug)]
struct Local {
    start: u32,
    len: u32,
    /// Offset of core 0's copy; the others follow at `stride`.
    offset: usize,
    stride: usize,
}

/// The memory map.
#[derive(Clone, Debug)]
pub(super) struct Map {
    /// Per external page: flags in bits 1:0, arena page number above.
    pages: Vec<u32>,
    regions: Vec<Region>,
    locals: Vec<Local>,
    /// Pages that are memory but must not be given out, because their stores are watched: address and length.
    watched: (u32, u32),
}

impl Map {
    pub(super) fn new() -> Self {
        Self { pages: vec![0; EXTERNAL_PAGES], regions: Vec::new(), locals: Vec::new(), watched: (0, 0) }
    }

    /// Shows `len` bytes of the arena from `offset` at external address `start` (all multiples of 4 KiB).
    pub(super) fn add_memory(&mut self, start: u32, len: u32, offset: usize, writable: bool) {
        let first = (start >> PAGE_SHIFT) as usize;
        let flags = PRESENT | if writable { WRITABLE } else { 0 };
        for (index, page) in self.pages.iter_mut().skip(first).take((len >> PAGE_SHIFT) as usize).enumerate() {
            *page = ((offset >> PAGE_SHIFT) as u32 + index as u32) << 2 | flags;
        }
    }

    /// Hides the memory at `start` again.
    pub(super) fn remove_memory(&mut self, start: u32, len: u32) {
        let first = (start >> PAGE_SHIFT) as usize;
        self.pages.iter_mut().skip(first).take((len >> PAGE_SHIFT) as usize).for_each(|page| *page = 0);
    }

    pub(super) fn add_region(&mut self, start: u32, len: u32, placement: Placement) {
        let at = self.regions.partition_point(|region| region.start < start);
        self.regions.insert(at, Region { start, len, placement });
    }

    pub(super) fn add_local(&mut self, start: u32, len: u32, offset: usize, stride: usize) {
        self.locals.push(Local { start, len, offset, stride });
    }

    /// Lets every access to the pages of `start..start + len` come through the slow path.
    pub(super) fn watch(&mut self, start: u32, len: u32) {
        let first = start & !(PAGE_LEN - 1);
        self.watched = (first, (start - first + len).next_multiple_of(PAGE_LEN));
    }

    #[inline]
    pub(super) fn is_watched(&self, addr: u32) -> bool {
        addr.wrapping_sub(self.watched.0) < self.watched.1
    }

    /// The page of `addr`, if it is plain memory that may be accessed directly.
    #[inline]
    pub(super) fn page(&self, core: CoreId, addr: u32) -> Option<Page> {
        if self.is_watched(addr) {
            return None;
        }
        self.memory_page(core, addr)
    }

    /// The page of `addr`, watched or not.
    #[inline]
    pub(super) fn memory_page(&self, core: CoreId, addr: u32) -> Option<Page> {
        if addr < P4 {
            let entry = *self.pages.get((addr >> PAGE_SHIFT) as usize)?;
            return (entry & PRESENT != 0)
                .then_some(Page { offset: ((entry >> 2) as usize) << PAGE_SHIFT, writable: entry & WRITABLE != 0 });
        }
        let local = self.locals.iter().find(|local| addr.wrapping_sub(local.start) < local.len)?;
        let inside = (addr - local.start) & !(PAGE_LEN - 1);
        Some(Page { offset: local.offset + core * local.stride + inside as usize, writable: true })
    }

    /// Who answers at `addr`, and where in its window.
    pub(super) fn find(&self, addr: u32) -> Option<(Placement, u32)> {
        let addr = if AREA7.contains(&addr) { addr | P4 } else { addr };
        let at = self.regions.partition_point(|region| region.start <= addr).checked_sub(1)?;
        let region = self.regions[at];
        (addr - region.start < region.len).then_some((region.placement, addr - region.start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_devices_and_holes() {
        let mut map = Map::new();
        map.add_memory(0x0c00_0000, 0x2000, 0x8000, true);
        map.add_region(0xffc1_0000, 0x100, Placement::Device(3));
        assert_eq!(map.page(0, 0x0c00_1ffc), Some(Page { offset: 0x9000, writable: true }));
        assert_eq!(map.page(0, 0x0c00_2000), None);
        assert_eq!(map.find(0xffc1_0004), Some((Placement::Device(3), 4)));
        assert_eq!(map.find(0xffc1_0100), None);
        assert_eq!(map.find(0x1fc1_0004), Some((Placement::Device(3), 4)), "area 7 shows P4's registers");
        assert_eq!(map.find(0), None);
    }

    #[test]
    fn each_core_sees_its_own_local_memory() {
        let mut map = Map::new();
        map.add_local(0xe500_e000, 0x4000, 0x10000, 0x4000);
        assert_eq!(map.page(0, 0xe501_1fff).map(|page| page.offset), Some(0x13000));
        assert_eq!(map.page(2, 0xe500_e000).map(|page| page.offset), Some(0x18000));
        assert_eq!(map.page(0, 0xe501_2000), None);
    }

    #[test]
    fn a_watched_page_is_not_given_out() {
        let mut map = Map::new();
        map.add_memory(0x1600_0000, 0x2000, 0, true);
        map.watch(0x1600_0010, 8);
        assert_eq!(map.page(0, 0x1600_0000), None);
        assert!(map.memory_page(0, 0x1600_0000).is_some());
        assert!(map.page(0, 0x1600_1000).is_some());
    }
}
