//! System state: rotation, CPU lock, dispatching, interrupt mask, and the sns calls.

use crate::{Context, Error, Kernel, MAX_PRIORITY, MIN_PRIORITY, Port};

impl<P: Port> Kernel<'_, P> {
    /// Rotates the ready queue of a priority (TPRI_SELF = 0: the caller's).
    ///
    /// # Errors
    /// E_CTX, E_PAR.
    pub fn rot_rdq(&mut self, ctx: Context, priority: i32) -> Result<(), Error> {
        let caller = self.require_task(ctx)?;
        let own = i32::from(self.tasks[caller].priority);
        self.rotate(if priority == 0 { own } else { priority })
    }

    /// [`Kernel::rot_rdq`] for handlers, without TPRI_SELF.
    ///
    /// # Errors
    /// As there.
    pub fn irot_rdq(&mut self, ctx: Context, priority: i32) -> Result<(), Error> {
        self.require_handler(ctx)?;
        self.rotate(priority)
    }

    fn rotate(&mut self, priority: i32) -> Result<(), Error> {
        if !(MIN_PRIORITY..=MAX_PRIORITY).contains(&priority) {
            return Err(Error::Par);
        }
        self.ready.rotate(self.tasks, priority as u8);
        self.reschedule();
        Ok(())
    }

    /// The caller's number.
    ///
    /// # Errors
    /// E_CTX.
    pub fn get_tid(&self, ctx: Context) -> Result<i32, Error> {
        Ok(self.require_task(ctx)? as i32 + 1)
    }

    /// The number of the task that was interrupted, TSK_NONE (0) if none.
    ///
    /// # Errors
    /// E_CTX.
    pub fn iget_tid(&self, ctx: Context) -> Result<i32, Error> {
        self.require_handler(ctx)?;
        Ok(self.running().map_or(0, |t| t.number()))
    }

    /// Locks the CPU; the port masks interrupts. Locked already is fine.
    ///
    /// # Errors
    /// E_CTX.
    pub fn loc_cpu(&mut self, ctx: Context) -> Result<(), Error> {
        self.lock(ctx, Context::Task, true)
    }

    /// Unlocks the CPU; the port unmasks interrupts. Unlocked already is fine.
    ///
    /// # Errors
    /// E_CTX.
    pub fn unl_cpu(&mut self, ctx: Context) -> Result<(), Error> {
        self.lock(ctx, Context::Task, false)
    }

    /// [`Kernel::loc_cpu`] for handlers.
    ///
    /// # Errors
    /// E_CTX.
    pub fn iloc_cpu(&mut self, ctx: Context) -> Result<(), Error> {
        self.lock(ctx, Context::NonTask, true)
    }

    /// [`Kernel::unl_cpu`] for handlers.
    ///
    /// # Errors
    /// E_CTX.
    pub fn iunl_cpu(&mut self, ctx: Context) -> Result<(), Error> {
        self.lock(ctx, Context::NonTask, false)
    }

    fn lock(&mut self, ctx: Context, wanted: Context, locked: bool) -> Result<(), Error> {
        if ctx != wanted {
            return Err(Error::Ctx);
        }
        self.locked = locked;
        self.reschedule();
        Ok(())
    }

    /// Disables dispatching.
    ///
    /// # Errors
    /// E_CTX.
    pub fn dis_dsp(&mut self, ctx: Context) -> Result<(), Error> {
        self.require_task(ctx)?;
        self.dispatch_disabled = true;
        Ok(())
    }

    /// Enables dispatching, and dispatches.
    ///
    /// # Errors
    /// E_CTX.
    pub fn ena_dsp(&mut self, ctx: Context) -> Result<(), Error> {
        self.require_task(ctx)?;
        self.dispatch_disabled = false;
        self.reschedule();
        Ok(())
    }

    /// Sets the interrupt mask of tasks; it stays when another task is dispatched.
    ///
    /// # Errors
    /// E_CTX; E_PAR: not 0 to the mask of the CPU lock less one.
    pub fn chg_ipm(&mut self, ctx: Context, ipm: i32) -> Result<(), Error> {
        self.require_task(ctx)?;
        if !(0..self.port.max_ipm()).contains(&ipm) {
            return Err(Error::Par);
        }
        self.ipm = ipm;
        Ok(())
    }

    /// The interrupt mask of tasks.
    ///
    /// # Errors
    /// E_CTX.
    pub fn get_ipm(&self, ctx: Context) -> Result<i32, Error> {
        self.require_task(ctx)?;
        Ok(self.ipm)
    }

    /// What chg_ipm set, for the port: the interrupt mask of tasks while the CPU is not locked.
    pub fn interrupt_mask(&self) -> i32 {
        self.ipm
    }

    /// Whether the caller is no task.
    pub fn sns_ctx(&self, ctx: Context) -> bool {
        ctx != Context::Task
    }

    /// Whether the CPU is locked; it is until the system has started.
    pub fn sns_loc(&self) -> bool {
        self.locked
    }

    /// Whether dispatching is disabled by dis_dsp.
    pub fn sns_dsp(&self) -> bool {
        self.dispatch_disabled
    }

    /// Whether dispatching is held: no task, CPU locked, or dispatching disabled. For vxsns_dpn `ctx` is where the CPU
    /// exception came from; the other vxsns calls are the sns calls.
    pub fn sns_dpn(&self, ctx: Context) -> bool {
        self.sns_ctx(ctx) || self.locked || self.dispatch_disabled
    }

    /// Whether the system has not started yet.
    pub fn vsns_ini(&self) -> bool {
        !self.started
    }
}
