//! Fixed-size memory pools. Free blocks are linked through their first word; blocks never yet given out need no link.

use crate::kernel::index;
use crate::queue::Queue;
use crate::transition::Patience;
use crate::{Context, Error, Flow, Kernel, Order, Port, WORD, Wait};

/// CRE_MPF.
#[derive(Clone, Copy, Debug)]
pub struct MpfDesc {
    /// Order of waiting tasks.
    pub order: Order,
    /// Blocks, at least 1.
    pub blocks: u32,
    /// Bytes a block, whole words.
    pub block_size: u32,
    /// Address of the first block, not 0, aligned to words.
    pub base: usize,
}

/// Control block of a memory pool.
#[derive(Clone, Debug)]
pub struct MemoryPool {
    pub(crate) desc: MpfDesc,
    /// The returned blocks, or 0.
    free_list: usize,
    /// Blocks from here on have never been given out.
    fresh: u32,
    pub(crate) waiters: Queue,
}

impl MemoryPool {
    /// A pool with all blocks free.
    pub const fn new(desc: MpfDesc) -> Self {
        Self { desc, free_list: 0, fresh: 0, waiters: Queue::EMPTY }
    }

    pub(crate) fn check(&self) -> Option<()> {
        let MpfDesc { blocks, block_size, base, .. } = self.desc;
        let bytes = (blocks as usize).checked_mul(block_size as usize)?;
        base.checked_add(bytes)?;
        (base != 0 && blocks > 0 && block_size > 0 && (block_size as usize).is_multiple_of(WORD)).then_some(())
    }

    fn take<P: Port>(&mut self, port: &P) -> Option<usize> {
        if self.free_list != 0 {
            let block = self.free_list;
            self.free_list = port.load(block);
            return Some(block);
        }
        (self.fresh < self.desc.blocks).then(|| {
            self.fresh += 1;
            self.desc.base + (self.fresh - 1) as usize * self.desc.block_size as usize
        })
    }

    /// Whether a block that has been given out before begins at `address`.
    fn owns(&self, address: usize) -> bool {
        let size = self.desc.block_size as usize;
        let offset = address.wrapping_sub(self.desc.base);
        offset.is_multiple_of(size) && offset / size < self.fresh as usize
    }

    pub(crate) fn free_blocks<P: Port>(&self, port: &P) -> usize {
        let link = |block: usize| (block != 0).then_some(block);
        (self.desc.blocks - self.fresh) as usize
            + core::iter::successors(link(self.free_list), |&block| link(port.load(block))).count()
    }
}

impl<P: Port> Kernel<'_, P> {
    /// Takes a block, waiting for it.
    ///
    /// # Errors
    /// E_CTX, E_ID; later E_RLWAI.
    pub fn get_mpf(&mut self, ctx: Context, id: i32) -> Result<Flow, Error> {
        self.tget_mpf(ctx, id, crate::FOREVER)
    }

    /// Takes a block if there is one.
    ///
    /// # Errors
    /// E_CTX, E_ID, E_TMOUT.
    pub fn pget_mpf(&mut self, ctx: Context, id: i32) -> Result<Flow, Error> {
        let task = self.require_task(ctx)?;
        self.get_block(task, id, crate::POLL)
    }

    /// Takes a block, waiting no longer than `tmo`.
    ///
    /// # Errors
    /// E_CTX, E_ID, E_PAR, E_TMOUT; later E_TMOUT, E_RLWAI.
    pub fn tget_mpf(&mut self, ctx: Context, id: i32, tmo: i32) -> Result<Flow, Error> {
        let task = self.may_wait(ctx)?;
        self.get_block(task, id, tmo)
    }

    fn get_block(&mut self, task: usize, id: i32, tmo: i32) -> Result<Flow, Error> {
        let i = index(id, self.obj.pools.len())?;
        let patience = Patience::from_tmo(tmo)?;
        match self.obj.pools[i].take(&self.port) {
            Some(block) => Ok(Flow::Done(block)),
            None => self.wait_or_give_up(task, Wait::Block(i as u16), patience),
        }
    }

    /// Gives a block back, to the first waiting task if there is one.
    ///
    /// # Errors
    /// E_CTX, E_ID; E_PAR: no block of this pool that was ever given out.
    pub fn rel_mpf(&mut self, ctx: Context, id: i32, block: usize) -> Result<(), Error> {
        self.require_task(ctx)?;
        let i = index(id, self.obj.pools.len())?;
        let pool = &mut self.obj.pools[i];
        if !pool.owns(block) {
            return Err(Error::Par);
        }
        match pool.waiters.pop_front(self.tasks) {
            Some(task) => self.resume(task, Ok(block)),
            None => self.port.store(block, core::mem::replace(&mut pool.free_list, block)),
        }
        Ok(())
    }
}

#[cfg(target_pointer_width = "32")]
const _: () = assert!(size_of::<MemoryPool>() <= 4 * 8, "UITRON_MPFCB_WORDS");
