//! Data queues. One of size 0 is a rendezvous: sender and receiver must meet.

use crate::kernel::index;
use crate::queue::Queue;
use crate::task::Life;
use crate::transition::Patience;
use crate::{Context, Error, Flow, Kernel, Order, Port, WORD, Wait};

/// CRE_DTQ.
#[derive(Clone, Copy, Debug)]
pub struct DtqDesc {
    /// Order of waiting senders; receivers wait first come, first served.
    pub order: Order,
    /// Words of room, may be 0.
    pub capacity: u32,
    /// Address of the room, aligned to words.
    pub base: usize,
}

/// Control block of a data queue.
#[derive(Clone, Debug)]
pub struct DataQueue {
    pub(crate) desc: DtqDesc,
    pub(crate) count: u32,
    head: u32,
    pub(crate) senders: Queue,
    pub(crate) receivers: Queue,
}

impl DataQueue {
    /// An empty data queue.
    pub const fn new(desc: DtqDesc) -> Self {
        Self { desc, count: 0, head: 0, senders: Queue::EMPTY, receivers: Queue::EMPTY }
    }

    /// Address of the place `offset` behind the oldest word.
    pub(crate) fn place(&self, offset: u32) -> usize {
        // capacity - head >= 1, so that nothing overflows.
        let room = self.desc.capacity - self.head;
        let slot = if offset < room { self.head + offset } else { offset - room };
        self.desc.base.wrapping_add(slot as usize * WORD)
    }

    fn push<P: Port>(&mut self, port: &mut P, data: usize) {
        port.store(self.place(self.count), data);
        self.count += 1;
    }

    fn pop<P: Port>(&mut self, port: &P) -> Option<usize> {
        self.count = self.count.checked_sub(1)?;
        let data = port.load(self.place(0));
        self.head = if self.head + 1 == self.desc.capacity { 0 } else { self.head + 1 };
        Some(data)
    }
}

impl<P: Port> Kernel<'_, P> {
    /// Sends a word, waiting for room.
    ///
    /// # Errors
    /// E_CTX, E_ID; later E_RLWAI.
    pub fn snd_dtq(&mut self, ctx: Context, id: i32, data: usize) -> Result<Flow, Error> {
        self.tsnd_dtq(ctx, id, data, crate::FOREVER)
    }

    /// Sends a word if there is room or a receiver.
    ///
    /// # Errors
    /// E_CTX, E_ID, E_TMOUT.
    pub fn psnd_dtq(&mut self, ctx: Context, id: i32, data: usize) -> Result<(), Error> {
        self.require_task(ctx)?;
        self.send_now(id, data)
    }

    /// [`Kernel::psnd_dtq`] for handlers.
    ///
    /// # Errors
    /// As there.
    pub fn ipsnd_dtq(&mut self, ctx: Context, id: i32, data: usize) -> Result<(), Error> {
        self.require_handler(ctx)?;
        self.send_now(id, data)
    }

    fn send_now(&mut self, id: i32, data: usize) -> Result<(), Error> {
        let i = index(id, self.obj.dataqueues.len())?;
        if self.send(i, data) { Ok(()) } else { Err(Error::Tmout) }
    }

    /// Sends a word, waiting for room no longer than `tmo`.
    ///
    /// # Errors
    /// E_CTX, E_ID, E_PAR, E_TMOUT; later E_TMOUT, E_RLWAI.
    pub fn tsnd_dtq(&mut self, ctx: Context, id: i32, data: usize, tmo: i32) -> Result<Flow, Error> {
        let task = self.may_wait(ctx)?;
        let i = index(id, self.obj.dataqueues.len())?;
        let patience = Patience::from_tmo(tmo)?;
        if self.send(i, data) {
            return Ok(Flow::Done(0));
        }
        self.wait_or_give_up(task, Wait::Send { queue: i as u16, data }, patience)
    }

    /// Sends a word in any case: if there is no room, the oldest word is lost. Waiting senders go on waiting.
    ///
    /// # Errors
    /// E_CTX, E_ID; E_ILUSE: the queue has size 0.
    pub fn fsnd_dtq(&mut self, ctx: Context, id: i32, data: usize) -> Result<(), Error> {
        self.require_task(ctx)?;
        self.send_by_force(id, data)
    }

    /// [`Kernel::fsnd_dtq`] for handlers.
    ///
    /// # Errors
    /// As there.
    pub fn ifsnd_dtq(&mut self, ctx: Context, id: i32, data: usize) -> Result<(), Error> {
        self.require_handler(ctx)?;
        self.send_by_force(id, data)
    }

    fn send_by_force(&mut self, id: i32, data: usize) -> Result<(), Error> {
        let i = index(id, self.obj.dataqueues.len())?;
        if self.obj.dataqueues[i].desc.capacity == 0 {
            return Err(Error::Iluse);
        }
        if !self.send(i, data) {
            let queue = &mut self.obj.dataqueues[i];
            queue.pop(&self.port);
            queue.push(&mut self.port, data);
        }
        Ok(())
    }

    /// To a waiting receiver or into the room; false if there is neither.
    fn send(&mut self, i: usize, data: usize) -> bool {
        let queue = &mut self.obj.dataqueues[i];
        if let Some(receiver) = queue.receivers.pop_front(self.tasks) {
            self.resume(receiver, Ok(data));
            return true;
        }
        let room = queue.count < queue.desc.capacity;
        if room {
            queue.push(&mut self.port, data);
        }
        room
    }

    /// Receives a word, waiting for it.
    ///
    /// # Errors
    /// E_CTX, E_ID; later E_RLWAI.
    pub fn rcv_dtq(&mut self, ctx: Context, id: i32) -> Result<Flow, Error> {
        self.trcv_dtq(ctx, id, crate::FOREVER)
    }

    /// Receives a word if there is one or a sender waits.
    ///
    /// # Errors
    /// E_CTX, E_ID, E_TMOUT.
    pub fn prcv_dtq(&mut self, ctx: Context, id: i32) -> Result<Flow, Error> {
        let task = self.require_task(ctx)?;
        self.receive(task, id, crate::POLL)
    }

    /// Receives a word, waiting no longer than `tmo`.
    ///
    /// # Errors
    /// E_CTX, E_ID, E_PAR, E_TMOUT; later E_TMOUT, E_RLWAI.
    pub fn trcv_dtq(&mut self, ctx: Context, id: i32, tmo: i32) -> Result<Flow, Error> {
        let task = self.may_wait(ctx)?;
        self.receive(task, id, tmo)
    }

    fn receive(&mut self, task: usize, id: i32, tmo: i32) -> Result<Flow, Error> {
        let i = index(id, self.obj.dataqueues.len())?;
        let patience = Patience::from_tmo(tmo)?;
        let queue = &mut self.obj.dataqueues[i];
        let oldest = queue.pop(&self.port);
        let sender = queue.senders.first().and_then(|s| match self.tasks[s].life {
            Life::Waiting(Wait::Send { data, .. }) => Some((s, data)),
            _ => None,
        });
        let received = match (oldest, sender) {
            (None, None) => return self.wait_or_give_up(task, Wait::Receive(i as u16), patience),
            (Some(word), None) => word,
            (Some(word), Some((sender, data))) => {
                queue.push(&mut self.port, data);
                self.release(sender, Ok(0));
                word
            }
            (None, Some((sender, data))) => {
                self.release(sender, Ok(0));
                data
            }
        };
        Ok(Flow::Done(received))
    }
}

#[cfg(target_pointer_width = "32")]
const _: () = assert!(size_of::<DataQueue>() <= 4 * 12, "UITRON_DTQCB_WORDS");
