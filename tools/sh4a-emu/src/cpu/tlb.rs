//! Tables that answer "where in [`crate::memory::Memory`] is this virtual page" without asking the MMU and the bus again.
//! They cache decisions only: everything in them follows from MMU state and the bus, and is dropped when those change.

/// Pages a table can hold; direct-mapped by virtual page number.
const SLOTS: usize = 256;
/// Offset of the privileged half.
const PRIVILEGED: usize = SLOTS;
/// Mask of a virtual page's address.
pub(super) const PAGE: u32 = 0xffff_f000;
/// A tag that no address can equal: a page address combined with alignment bits never has bit 11.
const NEVER: u32 = 0x800;

/// One cached translation.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    pub(super) tag: u32,
    /// Read, write: arena offset of the page. Fetch: index of its first predecoded instruction.
    pub(super) place: u32,
}

const EMPTY: Slot = Slot { tag: NEVER, place: 0 };

/// One table with a half for each mode.
type Table = Box<[Slot; 2 * SLOTS]>;

/// Which of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Read,
    Write,
    Fetch,
}

/// The three tables of a core.
#[derive(Clone)]
pub(super) struct FastTlb {
    read: Table,
    write: Table,
    fetch: Table,
    half: usize,
}

impl FastTlb {
    pub(super) fn new() -> Self {
        let table = || Box::new([EMPTY; 2 * SLOTS]);
        Self { read: table(), write: table(), fetch: table(), half: PRIVILEGED }
    }

    /// Chooses the half for the mode.
    #[inline(always)]
    pub(super) fn select(&mut self, privileged: bool) {
        self.half = if privileged { PRIVILEGED } else { 0 };
    }

    #[inline(always)]
    fn index(&self, addr: u32) -> usize {
        (self.half | (addr >> 12) as usize & (SLOTS - 1)) & (2 * SLOTS - 1)
    }

    /// The slot that would hold `addr` for loads.
    #[inline(always)]
    pub(super) fn read(&self, addr: u32) -> Slot {
        self.read[self.index(addr)]
    }

    /// The slot that would hold `addr` for stores.
    #[inline(always)]
    pub(super) fn write(&self, addr: u32) -> Slot {
        self.write[self.index(addr)]
    }

    /// The slot that would hold `addr` for fetches.
    #[inline(always)]
    pub(super) fn fetch(&self, addr: u32) -> Slot {
        self.fetch[self.index(addr)]
    }

    /// Remembers where the page of `addr` is. Arenas over 4 GiB are simply not cached.
    pub(super) fn fill(&mut self, what: Use, addr: u32, place: usize) {
        let index = self.index(addr);
        if let Ok(place) = u32::try_from(place) {
            self.table(what)[index] = Slot { tag: addr & PAGE, place };
        }
    }

    fn table(&mut self, what: Use) -> &mut Table {
        match what {
            Use::Read => &mut self.read,
            Use::Write => &mut self.write,
            Use::Fetch => &mut self.fetch,
        }
    }

    /// Drops everything.
    pub(super) fn flush(&mut self) {
        for what in [Use::Read, Use::Write, Use::Fetch] {
            self.table(what).fill(EMPTY);
        }
    }

    /// Drops what the MMU translated; P1 and P2 stay.
    pub(super) fn flush_translated(&mut self) {
        for what in [Use::Read, Use::Write, Use::Fetch] {
            for slot in self.table(what).iter_mut() {
                if slot.tag >> 30 != 2 {
                    *slot = EMPTY;
                }
            }
        }
    }

    /// Drops what was fetched: predecoded code was dropped.
    pub(super) fn flush_fetch(&mut self) {
        self.fetch.fill(EMPTY);
    }

    /// Drops the pages of `len` bytes from `addr`, for fetches only or for everything.
    pub(super) fn flush_range(&mut self, addr: u32, len: u32, fetch_only: bool) {
        let pages = (len >> 12).clamp(1, SLOTS as u32);
        for page in 0..pages {
            let index = ((addr >> 12).wrapping_add(page)) as usize & (SLOTS - 1);
            for index in [index, index | PRIVILEGED] {
                self.fetch[index] = EMPTY;
                if !fetch_only {
                    self.read[index] = EMPTY;
                    self.write[index] = EMPTY;
                }
            }
        }
    }
}
