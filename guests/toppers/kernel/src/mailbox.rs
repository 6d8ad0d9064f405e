//! Mailboxes: messages of the application, linked through their first word (T_MSG).

use crate::kernel::index;
use crate::queue::Queue;
use crate::transition::Patience;
use crate::{Context, Error, Flow, Kernel, Order, Port, Wait};

/// CRE_MBX.
#[derive(Clone, Copy, Debug)]
pub struct MbxDesc {
    /// Order of waiting tasks.
    pub order: Order,
    /// Order of messages.
    pub message_order: Order,
    /// Least urgent message priority, 1..16.
    pub max_priority: i32,
}

/// Control block of a mailbox. A message at address 0 is none.
#[derive(Clone, Debug)]
pub struct Mailbox {
    pub(crate) desc: MbxDesc,
    pub(crate) head: usize,
    tail: usize,
    pub(crate) waiters: Queue,
}

impl Mailbox {
    /// An empty mailbox.
    pub const fn new(desc: MbxDesc) -> Self {
        Self { desc, head: 0, tail: 0, waiters: Queue::EMPTY }
    }

    /// Puts the message behind the last of its order.
    fn push<P: Port>(&mut self, port: &mut P, message: usize) {
        let mut before = self.tail;
        if self.desc.message_order == Order::Priority && before != 0 {
            let priority = port.message_priority(message);
            if port.message_priority(before) > priority {
                before = 0;
                let mut next = self.head;
                while next != 0 && port.message_priority(next) <= priority {
                    before = next;
                    next = port.load(next);
                }
            }
        }
        let next = if before == 0 { core::mem::replace(&mut self.head, message) } else { port.load(before) };
        port.store(message, next);
        if before != 0 {
            port.store(before, message);
        }
        if next == 0 {
            self.tail = message;
        }
    }

    fn pop<P: Port>(&mut self, port: &P) -> Option<usize> {
        if self.head == 0 {
            return None;
        }
        let message = self.head;
        self.head = port.load(message);
        if self.head == 0 {
            self.tail = 0;
        }
        Some(message)
    }
}

impl<P: Port> Kernel<'_, P> {
    /// Sends the message at address `message`.
    ///
    /// # Errors
    /// E_CTX, E_ID; E_PAR: no message, or its priority is not 1 to the mailbox's greatest (TA_MPRI).
    pub fn snd_mbx(&mut self, ctx: Context, id: i32, message: usize) -> Result<(), Error> {
        self.require_task(ctx)?;
        let i = index(id, self.obj.mailboxes.len())?;
        let mailbox = &mut self.obj.mailboxes[i];
        let by_priority = mailbox.desc.message_order == Order::Priority;
        let valid = crate::MIN_PRIORITY..=mailbox.desc.max_priority;
        if message == 0 || (by_priority && !valid.contains(&self.port.message_priority(message))) {
            return Err(Error::Par);
        }
        match mailbox.waiters.pop_front(self.tasks) {
            Some(task) => self.resume(task, Ok(message)),
            None => mailbox.push(&mut self.port, message),
        }
        Ok(())
    }

    /// Receives a message's address, waiting for it.
    ///
    /// # Errors
    /// E_CTX, E_ID; later E_RLWAI.
    pub fn rcv_mbx(&mut self, ctx: Context, id: i32) -> Result<Flow, Error> {
        self.trcv_mbx(ctx, id, crate::FOREVER)
    }

    /// Receives a message's address if there is one.
    ///
    /// # Errors
    /// E_CTX, E_ID, E_TMOUT.
    pub fn prcv_mbx(&mut self, ctx: Context, id: i32) -> Result<Flow, Error> {
        let task = self.require_task(ctx)?;
        self.receive_message(task, id, crate::POLL)
    }

    /// Receives a message's address, waiting no longer than `tmo`.
    ///
    /// # Errors
    /// E_CTX, E_ID, E_PAR, E_TMOUT; later E_TMOUT, E_RLWAI.
    pub fn trcv_mbx(&mut self, ctx: Context, id: i32, tmo: i32) -> Result<Flow, Error> {
        let task = self.may_wait(ctx)?;
        self.receive_message(task, id, tmo)
    }

    fn receive_message(&mut self, task: usize, id: i32, tmo: i32) -> Result<Flow, Error> {
        let i = index(id, self.obj.mailboxes.len())?;
        let patience = Patience::from_tmo(tmo)?;
        match self.obj.mailboxes[i].pop(&self.port) {
            Some(message) => Ok(Flow::Done(message)),
            None => self.wait_or_give_up(task, Wait::Message(i as u16), patience),
        }
    }
}

#[cfg(target_pointer_width = "32")]
const _: () = assert!(size_of::<Mailbox>() <= 4 * 6, "UITRON_MBXCB_WORDS");
