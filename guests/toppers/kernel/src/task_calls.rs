//! Task management: act_tsk to get_pri.

use crate::task::Life;
use crate::{Context, Error, Kernel, Port, TaskId, Warning};

impl<P: Port> Kernel<'_, P> {
    /// Activates a task, or queues one activation. TSK_SELF is the caller.
    ///
    /// # Errors
    /// E_CTX, E_ID; E_QOVR: an activation is queued already.
    pub fn act_tsk(&mut self, ctx: Context, id: i32) -> Result<(), Error> {
        let caller = self.require_task(ctx)?;
        let task = self.task_or_self(id, caller)?;
        self.act(task)
    }

    /// [`Kernel::act_tsk`] for handlers, without TSK_SELF.
    ///
    /// # Errors
    /// As there.
    pub fn iact_tsk(&mut self, ctx: Context, id: i32) -> Result<(), Error> {
        self.require_handler(ctx)?;
        let task = self.task_index(id)?;
        self.act(task)
    }

    fn act(&mut self, task: usize) -> Result<(), Error> {
        if self.tasks[task].life == Life::Dormant {
            self.activate(task);
            self.reschedule();
            return Ok(());
        }
        if core::mem::replace(&mut self.tasks[task].activation, true) { Err(Error::Qovr) } else { Ok(()) }
    }

    /// Drops queued activations and says how many there were.
    ///
    /// # Errors
    /// E_CTX, E_ID.
    pub fn can_act(&mut self, ctx: Context, id: i32) -> Result<u32, Error> {
        let caller = self.require_task(ctx)?;
        let task = self.task_or_self(id, caller)?;
        Ok(u32::from(core::mem::take(&mut self.tasks[task].activation)))
    }

    /// Ends the calling task, or restarts it if an activation is queued. The port dispatches and never returns to the caller.
    /// Under CPU lock or with dispatching disabled it warns and resets both.
    ///
    /// # Errors
    /// E_CTX: not from a task.
    pub fn ext_tsk(&mut self, ctx: Context) -> Result<(), Error> {
        let task = self.running.filter(|_| ctx == Context::Task).ok_or(Error::Ctx)?;
        if core::mem::take(&mut self.locked) {
            self.port.warn(Warning::EndedWhileLocked(TaskId::of(task)));
        }
        if core::mem::take(&mut self.dispatch_disabled) {
            self.port.warn(Warning::EndedWhileDispatchDisabled(TaskId::of(task)));
        }
        self.end(task);
        self.running = None;
        self.port.request_dispatch();
        Ok(())
    }

    /// Ends another task; a queued activation restarts it at once.
    ///
    /// # Errors
    /// E_CTX, E_ID; E_ILUSE: the caller itself; E_OBJ: dormant.
    pub fn ter_tsk(&mut self, ctx: Context, id: i32) -> Result<(), Error> {
        let caller = self.require_task(ctx)?;
        let task = self.task_index(id)?;
        if task == caller {
            return Err(Error::Iluse);
        }
        self.not_dormant(task)?;
        self.end(task);
        self.reschedule();
        Ok(())
    }

    /// Changes a task's priority (TPRI_INI = 0: back to the initial one); the task goes behind its equals even if the priority
    /// is the old one.
    ///
    /// # Errors
    /// E_CTX, E_ID, E_PAR; E_OBJ: dormant.
    pub fn chg_pri(&mut self, ctx: Context, id: i32, priority: i32) -> Result<(), Error> {
        let caller = self.require_task(ctx)?;
        let task = self.task_or_self(id, caller)?;
        let priority = match priority {
            0 => self.tasks[task].desc.priority,
            crate::MIN_PRIORITY..=crate::MAX_PRIORITY => priority as u8,
            _ => return Err(Error::Par),
        };
        self.not_dormant(task)?;
        self.set_priority(task, priority);
        Ok(())
    }

    /// A task's priority.
    ///
    /// # Errors
    /// E_CTX, E_ID; E_OBJ: dormant.
    pub fn get_pri(&mut self, ctx: Context, id: i32) -> Result<i32, Error> {
        let caller = self.require_task(ctx)?;
        let task = self.task_or_self(id, caller)?;
        self.not_dormant(task)?;
        Ok(i32::from(self.tasks[task].priority))
    }

    pub(crate) fn not_dormant(&self, task: usize) -> Result<(), Error> {
        if self.tasks[task].life == Life::Dormant { Err(Error::Obj) } else { Ok(()) }
    }
}
