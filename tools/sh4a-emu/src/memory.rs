//! All plain memory of a machine in one arena, so that the CPU's fast path is an index and a bounds check.
//!
//! Next to the bytes the arena keeps, page by page, what stores must watch for: predecoded instructions (any core's) and
//! `movli.l` reservations. A store looks at one flag byte of its page; only a page with a flag costs more.

use crate::bus::CoreId;
use crate::cpu::decode::{Kind, Op, decode};

/// Bytes of a page: the unit of [`crate::bus::Page`], of predecoded code and of the flags.
pub const PAGE_SIZE: usize = 4096;
/// Instructions of a page.
const OPS: usize = PAGE_SIZE / 2;
/// Predecoded pages that are kept at most (16 KiB of host memory each); one more and all are dropped.
const MAX_CODE_PAGES: usize = 4096;
/// Cores that can hold a reservation.
const CORES: usize = 4;

/// Page flag: predecoded instructions exist.
const HAS_CODE: u8 = 1;
/// Page flag: a core holds a reservation here.
const RESERVED: u8 = 2;

/// The bytes of every RAM and ROM of a machine, one after the other; regions are offsets into it.
#[derive(Clone)]
pub struct Memory {
    bytes: Vec<u8>,
    flags: Vec<u8>,
    code: Code,
    reservations: [Option<usize>; CORES],
}

/// Predecoded instructions: slabs of [`OPS`] entries. Slab 0 belongs to no page (scratch for code outside memory).
#[derive(Clone)]
struct Code {
    ops: Vec<Op>,
    /// The page of each slab.
    page_of: Vec<usize>,
    /// The slab of each page, 0 for none.
    slab_of: Vec<u32>,
    /// Changes whenever slabs are dropped.
    epoch: u64,
}

impl Memory {
    /// An arena of `len` bytes, all zero.
    pub fn new(len: usize) -> Self {
        let pages = len.div_ceil(PAGE_SIZE);
        Self {
            bytes: vec![0; len],
            flags: vec![0; pages],
            code: Code { ops: vec![Op::UNDECODED; OPS], page_of: vec![0], slab_of: vec![0; pages], epoch: 0 },
            reservations: [None; CORES],
        }
    }

    /// The whole arena.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The whole arena, writable. Everything that was predecoded is forgotten: for loading images, not for running
    /// devices (those use [`Memory::write`]).
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        self.drop_code();
        for core in 0..CORES {
            self.release(core);
        }
        &mut self.bytes
    }

    /// Copies `data` to `offset` as a store of something that is no core (DMA, debugger, loader).
    ///
    /// # Errors
    /// Gives nothing back and changes nothing when the range leaves the arena.
    pub fn write(&mut self, offset: usize, data: &[u8]) -> Option<()> {
        let end = offset.checked_add(data.len())?;
        self.bytes.get_mut(offset..end)?.copy_from_slice(data);
        if !data.is_empty() {
            for page in offset / PAGE_SIZE..=(end - 1) / PAGE_SIZE {
                let first = offset.max(page * PAGE_SIZE);
                self.touched(first, end.min((page + 1) * PAGE_SIZE) - first, None);
            }
        }
        Some(())
    }

    /// Three loads of one form: little-endian, `None` outside the arena.
    #[inline(always)]
    pub(crate) fn load<const N: usize>(&self, offset: usize) -> Option<[u8; N]> {
        self.bytes.get(offset..)?.first_chunk::<N>().copied()
    }

    /// A store by `core`; `None` outside the arena.
    #[inline(always)]
    pub(crate) fn store<const N: usize>(&mut self, core: CoreId, offset: usize, value: [u8; N]) -> Option<()> {
        *self.bytes.get_mut(offset..)?.first_chunk_mut::<N>()? = value;
        if *self.flags.get(offset / PAGE_SIZE)? != 0 {
            self.touched(offset, N, Some(core));
        }
        Some(())
    }

    /// Bytes `offset..offset + len` (inside one page) have changed: forget what was decoded there and other cores' reservations.
    #[cold]
    fn touched(&mut self, offset: usize, len: usize, by: Option<CoreId>) {
        let page = offset / PAGE_SIZE;
        let Some(&flags) = self.flags.get(page) else { return };
        if flags & HAS_CODE != 0 {
            let slab = self.code.slab_of[page] as usize * OPS;
            let first = slab + offset % PAGE_SIZE / 2;
            let last = slab + ((offset % PAGE_SIZE + len - 1) / 2).min(OPS - 1);
            self.code.ops[first..=last].fill(Op::UNDECODED);
        }
        if flags & RESERVED != 0 {
            for core in (0..CORES).filter(|&core| Some(core) != by) {
                if self.reservations[core].is_some_and(|at| at < offset + len && offset < at + 4) {
                    self.release(core);
                }
            }
        }
    }

    /// Index of the first predecoded instruction of the page at `offset`.
    pub(crate) fn code_page(&mut self, offset: usize) -> Option<usize> {
        let page = offset / PAGE_SIZE;
        let mut slab = *self.code.slab_of.get(page)? as usize;
        if slab == 0 {
            if self.code.page_of.len() > MAX_CODE_PAGES {
                self.drop_code();
            }
            slab = self.code.page_of.len();
            self.code.page_of.push(page);
            self.code.ops.resize((slab + 1) * OPS, Op::UNDECODED);
            self.code.slab_of[page] = slab as u32;
            self.flags[page] |= HAS_CODE;
        }
        Some(slab * OPS)
    }

    /// The instruction at `index`, perhaps not decoded yet. (No index that the CPU has is out of range; if one were, it would be
    /// an illegal instruction rather than a decoding that never ends.)
    #[inline(always)]
    pub(crate) fn op(&self, index: usize) -> Op {
        self.code.ops.get(index).copied().unwrap_or(Op::ILLEGAL)
    }

    /// Decodes the instruction at `index` (of a page, not of the scratch slab).
    pub(crate) fn decode_op(&mut self, index: usize) {
        let page = self.code.page_of.get(index / OPS).copied().unwrap_or(0);
        let word = self.load(page * PAGE_SIZE + index % OPS * 2).map_or(0, u16::from_le_bytes);
        let op = decode(word);
        debug_assert!(op.kind != Kind::Undecoded);
        if let Some(place) = self.code.ops.get_mut(index) {
            *place = op;
        }
    }

    /// Puts the instruction at `pc`, which lies outside predecoded pages, into the scratch slab and gives the slab's index.
    pub(crate) fn scratch_op(&mut self, pc: u32, op: Op) -> usize {
        self.code.ops[(pc >> 1) as usize % OPS] = op;
        0
    }

    /// Changes whenever indices from [`Memory::code_page`] have become void.
    #[inline(always)]
    pub(crate) fn code_epoch(&self) -> u64 {
        self.code.epoch
    }

    fn drop_code(&mut self) {
        if self.code.page_of.len() > 1 {
            self.code.ops.truncate(OPS);
            self.code.page_of.truncate(1);
            self.code.slab_of.fill(0);
            self.code.epoch += 1;
            for flag in &mut self.flags {
                *flag &= !HAS_CODE;
            }
        }
    }

    /// `core` reserves the longword at `offset` (movli.l).
    pub(crate) fn reserve(&mut self, core: CoreId, offset: usize) {
        self.release(core);
        if let (Some(place), Some(flag)) = (self.reservations.get_mut(core), self.flags.get_mut(offset / PAGE_SIZE)) {
            *place = Some(offset);
            *flag |= RESERVED;
        }
    }

    /// True while `core`'s reservation of the longword at `offset` stands.
    pub(crate) fn reserved(&self, core: CoreId, offset: usize) -> bool {
        self.reservations.get(core).is_some_and(|at| *at == Some(offset))
    }

    /// Drops `core`'s reservation.
    pub(crate) fn release(&mut self, core: CoreId) {
        let Some(old) = self.reservations.get_mut(core).and_then(Option::take) else { return };
        let page = old / PAGE_SIZE;
        if !self.reservations.iter().flatten().any(|at| at / PAGE_SIZE == page) {
            self.flags[page] &= !RESERVED;
        }
    }
}
