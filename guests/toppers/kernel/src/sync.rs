//! Task-dependent synchronization: slp_tsk to dly_tsk.

use crate::task::Life;
use crate::transition::Patience;
use crate::{Context, Error, Flow, Kernel, Port, Wait};

impl<P: Port> Kernel<'_, P> {
    /// Sleeps until woken.
    ///
    /// # Errors
    /// E_CTX; later E_RLWAI.
    pub fn slp_tsk(&mut self, ctx: Context) -> Result<Flow, Error> {
        self.tslp_tsk(ctx, crate::FOREVER)
    }

    /// Sleeps until woken or the time is over.
    ///
    /// # Errors
    /// E_CTX, E_PAR, E_TMOUT; later E_TMOUT, E_RLWAI.
    pub fn tslp_tsk(&mut self, ctx: Context, tmo: i32) -> Result<Flow, Error> {
        let task = self.may_wait(ctx)?;
        let patience = Patience::from_tmo(tmo)?;
        if core::mem::take(&mut self.tasks[task].wakeup) {
            return Ok(Flow::Done(0));
        }
        self.wait_or_give_up(task, Wait::Sleep, patience)
    }

    /// Wakes a sleeping task, or queues one wake-up. TSK_SELF is the caller.
    ///
    /// # Errors
    /// E_CTX, E_ID; E_OBJ: dormant; E_QOVR: a wake-up is queued already.
    pub fn wup_tsk(&mut self, ctx: Context, id: i32) -> Result<(), Error> {
        let caller = self.require_task(ctx)?;
        let task = self.task_or_self(id, caller)?;
        self.wake(task)
    }

    /// [`Kernel::wup_tsk`] for handlers, without TSK_SELF.
    ///
    /// # Errors
    /// As there.
    pub fn iwup_tsk(&mut self, ctx: Context, id: i32) -> Result<(), Error> {
        self.require_handler(ctx)?;
        let task = self.task_index(id)?;
        self.wake(task)
    }

    fn wake(&mut self, task: usize) -> Result<(), Error> {
        self.not_dormant(task)?;
        if self.tasks[task].life == Life::Waiting(Wait::Sleep) {
            self.release(task, Ok(0));
            return Ok(());
        }
        if core::mem::replace(&mut self.tasks[task].wakeup, true) { Err(Error::Qovr) } else { Ok(()) }
    }

    /// Drops queued wake-ups and says how many there were.
    ///
    /// # Errors
    /// E_CTX, E_ID; E_OBJ: dormant.
    pub fn can_wup(&mut self, ctx: Context, id: i32) -> Result<u32, Error> {
        let caller = self.require_task(ctx)?;
        let task = self.task_or_self(id, caller)?;
        self.not_dormant(task)?;
        Ok(u32::from(core::mem::take(&mut self.tasks[task].wakeup)))
    }

    /// Releases a task from any wait; its wait call returns E_RLWAI.
    ///
    /// # Errors
    /// E_CTX, E_ID; E_OBJ: not waiting.
    pub fn rel_wai(&mut self, ctx: Context, id: i32) -> Result<(), Error> {
        self.require_task(ctx)?;
        self.release_by_force(id)
    }

    /// [`Kernel::rel_wai`] for handlers.
    ///
    /// # Errors
    /// As there.
    pub fn irel_wai(&mut self, ctx: Context, id: i32) -> Result<(), Error> {
        self.require_handler(ctx)?;
        self.release_by_force(id)
    }

    fn release_by_force(&mut self, id: i32) -> Result<(), Error> {
        let task = self.task_index(id)?;
        if !matches!(self.tasks[task].life, Life::Waiting(_)) {
            return Err(Error::Obj);
        }
        self.release(task, Err(Error::Rlwai));
        Ok(())
    }

    /// Suspends a task, also a waiting one. TSK_SELF is the caller.
    ///
    /// # Errors
    /// E_CTX (also for the caller itself while dispatching is disabled), E_ID; E_OBJ: dormant; E_QOVR: suspended already.
    pub fn sus_tsk(&mut self, ctx: Context, id: i32) -> Result<(), Error> {
        let caller = self.require_task(ctx)?;
        let task = self.task_or_self(id, caller)?;
        if task == caller && self.dispatch_disabled {
            return Err(Error::Ctx);
        }
        self.not_dormant(task)?;
        if self.tasks[task].suspended {
            return Err(Error::Qovr);
        }
        if self.tasks[task].is_ready() {
            self.ready.remove(self.tasks, task);
        }
        self.tasks[task].suspended = true;
        self.reschedule();
        Ok(())
    }

    /// Resumes a suspended task.
    ///
    /// # Errors
    /// E_CTX, E_ID; E_OBJ: not suspended.
    pub fn rsm_tsk(&mut self, ctx: Context, id: i32) -> Result<(), Error> {
        self.require_task(ctx)?;
        let task = self.task_index(id)?;
        if !core::mem::take(&mut self.tasks[task].suspended) {
            return Err(Error::Obj);
        }
        if self.tasks[task].is_ready() {
            self.ready.push(self.tasks, task);
        }
        self.reschedule();
        Ok(())
    }

    /// Resumes a task suspended however often; as it can be once only, the same as [`Kernel::rsm_tsk`].
    ///
    /// # Errors
    /// As there.
    pub fn frsm_tsk(&mut self, ctx: Context, id: i32) -> Result<(), Error> {
        self.rsm_tsk(ctx, id)
    }

    /// Waits for `ms` (RELTIM); only time and rel_wai end it.
    ///
    /// # Errors
    /// E_CTX; E_PAR: more than 0x7fffffff; later E_RLWAI.
    pub fn dly_tsk(&mut self, ctx: Context, ms: u32) -> Result<Flow, Error> {
        let task = self.may_wait(ctx)?;
        if ms > crate::MAX_RELTIM {
            return Err(Error::Par);
        }
        self.wait(task, Wait::Delay, Patience::Millis(ms));
        Ok(Flow::Waits)
    }

    /// What a call does that finds nothing: E_TMOUT when polling, else the wait.
    pub(crate) fn wait_or_give_up(&mut self, task: usize, wait: Wait, patience: Patience) -> Result<Flow, Error> {
        if patience == Patience::Poll {
            return Err(Error::Tmout);
        }
        self.wait(task, wait, patience);
        Ok(Flow::Waits)
    }
}
