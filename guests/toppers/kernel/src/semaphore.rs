//! Semaphores.

use crate::kernel::index;
use crate::queue::Queue;
use crate::transition::Patience;
use crate::{Context, Error, Flow, Kernel, Order, Port, Wait};

/// CRE_SEM.
#[derive(Clone, Copy, Debug)]
pub struct SemDesc {
    /// Order of waiting tasks.
    pub order: Order,
    /// Resources at start-up.
    pub initial: u32,
    /// Most resources, at least 1.
    pub maximum: u32,
}

/// Control block of a semaphore.
#[derive(Clone, Debug)]
pub struct Semaphore {
    pub(crate) order: Order,
    pub(crate) maximum: u32,
    pub(crate) count: u32,
    pub(crate) waiters: Queue,
}

impl Semaphore {
    /// A semaphore with its initial count.
    pub const fn new(desc: SemDesc) -> Self {
        Self { order: desc.order, maximum: desc.maximum, count: desc.initial, waiters: Queue::EMPTY }
    }
}

impl<P: Port> Kernel<'_, P> {
    /// Gives a resource back, to the first waiting task if there is one.
    ///
    /// # Errors
    /// E_CTX, E_ID; E_QOVR: the count is at its maximum.
    pub fn sig_sem(&mut self, ctx: Context, id: i32) -> Result<(), Error> {
        self.require_task(ctx)?;
        self.signal(id)
    }

    /// [`Kernel::sig_sem`] for handlers.
    ///
    /// # Errors
    /// As there.
    pub fn isig_sem(&mut self, ctx: Context, id: i32) -> Result<(), Error> {
        self.require_handler(ctx)?;
        self.signal(id)
    }

    fn signal(&mut self, id: i32) -> Result<(), Error> {
        let sem = index(id, self.obj.semaphores.len())?;
        let sem = &mut self.obj.semaphores[sem];
        if let Some(task) = sem.waiters.pop_front(self.tasks) {
            self.resume(task, Ok(0));
        } else if sem.count < sem.maximum {
            sem.count += 1;
        } else {
            return Err(Error::Qovr);
        }
        Ok(())
    }

    /// Takes a resource, waiting for it.
    ///
    /// # Errors
    /// E_CTX, E_ID; later E_RLWAI.
    pub fn wai_sem(&mut self, ctx: Context, id: i32) -> Result<Flow, Error> {
        self.twai_sem(ctx, id, crate::FOREVER)
    }

    /// Takes a resource if there is one.
    ///
    /// # Errors
    /// E_CTX, E_ID, E_TMOUT.
    pub fn pol_sem(&mut self, ctx: Context, id: i32) -> Result<Flow, Error> {
        let task = self.require_task(ctx)?;
        self.take(task, id, crate::POLL)
    }

    /// Takes a resource, waiting no longer than `tmo`.
    ///
    /// # Errors
    /// E_CTX, E_ID, E_PAR, E_TMOUT; later E_TMOUT, E_RLWAI.
    pub fn twai_sem(&mut self, ctx: Context, id: i32, tmo: i32) -> Result<Flow, Error> {
        let task = self.may_wait(ctx)?;
        self.take(task, id, tmo)
    }

    fn take(&mut self, task: usize, id: i32, tmo: i32) -> Result<Flow, Error> {
        let i = index(id, self.obj.semaphores.len())?;
        let patience = Patience::from_tmo(tmo)?;
        let sem = &mut self.obj.semaphores[i];
        if sem.count > 0 {
            sem.count -= 1;
            return Ok(Flow::Done(0));
        }
        self.wait_or_give_up(task, Wait::Semaphore(i as u16), patience)
    }
}

#[cfg(target_pointer_width = "32")]
const _: () = assert!(size_of::<Semaphore>() <= 4 * 4, "UITRON_SEMCB_WORDS");
