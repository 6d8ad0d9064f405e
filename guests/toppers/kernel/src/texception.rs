//! Task exceptions: ras_tex to sns_tex, and what the port asks when a task continues.

use crate::{Context, Error, Kernel, Port};

/// A task exception routine to be called in the running task, with task exceptions disabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TexCall {
    /// Address of the routine.
    pub routine: usize,
    /// The requests so far, by OR (TEXPTN).
    pub pattern: u32,
    /// Of the task.
    pub exinf: usize,
}

impl<P: Port> Kernel<'_, P> {
    /// Requests a task exception. TSK_SELF is the caller; the port asks [`Kernel::tex_begin`] before the call returns.
    ///
    /// # Errors
    /// E_CTX, E_ID; E_PAR: no bits; E_OBJ: dormant or without routine.
    pub fn ras_tex(&mut self, ctx: Context, id: i32, pattern: u32) -> Result<(), Error> {
        let caller = self.require_task(ctx)?;
        let task = self.task_or_self(id, caller)?;
        self.request_exception(task, pattern)
    }

    /// [`Kernel::ras_tex`] for handlers, without TSK_SELF. The running task's routine runs when the last handler returns.
    ///
    /// # Errors
    /// As there.
    pub fn iras_tex(&mut self, ctx: Context, id: i32, pattern: u32) -> Result<(), Error> {
        self.require_handler(ctx)?;
        let task = self.task_index(id)?;
        self.request_exception(task, pattern)
    }

    fn request_exception(&mut self, task: usize, pattern: u32) -> Result<(), Error> {
        if pattern == 0 {
            return Err(Error::Par);
        }
        self.not_dormant(task)?;
        self.tasks[task].desc.texrtn.ok_or(Error::Obj)?;
        self.tasks[task].tex_pending |= pattern;
        if self.running == Some(task) && self.tasks[task].tex_enabled {
            self.port.request_dispatch();
        }
        Ok(())
    }

    /// Disables the caller's task exceptions.
    ///
    /// # Errors
    /// E_CTX; E_OBJ: no routine.
    pub fn dis_tex(&mut self, ctx: Context) -> Result<(), Error> {
        let task = self.with_routine(ctx)?;
        self.tasks[task].tex_enabled = false;
        Ok(())
    }

    /// Enables the caller's task exceptions; requests that waited run before the call returns, also inside the routine.
    ///
    /// # Errors
    /// E_CTX; E_OBJ: no routine.
    pub fn ena_tex(&mut self, ctx: Context) -> Result<(), Error> {
        let task = self.with_routine(ctx)?;
        self.tasks[task].tex_enabled = true;
        if self.tasks[task].tex_pending != 0 {
            self.port.request_dispatch();
        }
        Ok(())
    }

    fn with_routine(&self, ctx: Context) -> Result<usize, Error> {
        let task = self.require_task(ctx)?;
        self.tasks[task].desc.texrtn.map(|_| task).ok_or(Error::Obj)
    }

    /// Whether the running task's exceptions are disabled; true without a running task.
    pub fn sns_tex(&self) -> bool {
        !self.running.is_some_and(|t| self.tasks[t].tex_enabled)
    }

    /// The exception routine to be called now in the running task. The port asks whenever it goes back to a task: after a
    /// dispatch, at the end of a task's call, and when the last handler returns.
    pub fn tex_begin(&mut self) -> Option<TexCall> {
        let task = self.running.filter(|_| !self.locked)?;
        if !self.tasks[task].tex_enabled {
            return None;
        }
        self.next_exception(task)
    }

    /// The routine has returned: the next call of it, or none if the task continues, with exceptions enabled again. A CPU
    /// lock of the routine is undone, disabled dispatching is not.
    pub fn tex_end(&mut self) -> Option<TexCall> {
        let task = self.running?;
        self.locked = false;
        let next = self.next_exception(task);
        self.tasks[task].tex_enabled = next.is_none();
        next
    }

    fn next_exception(&mut self, task: usize) -> Option<TexCall> {
        let task = &mut self.tasks[task];
        let routine = task.desc.texrtn?;
        let pattern = core::mem::take(&mut task.tex_pending);
        if pattern == 0 {
            return None;
        }
        task.tex_enabled = false;
        Some(TexCall { routine, pattern, exinf: task.desc.exinf })
    }
}
