//! Time: the tick, system time, cyclic handlers.

use crate::kernel::index;
use crate::task::Life;
use crate::{Context, Error, Kernel, MAX_RELTIM, Port, TimeNode, Wait};

/// CRE_CYC.
#[derive(Clone, Copy, Debug)]
pub struct CycDesc {
    /// TA_STA: runs from start-up on.
    pub started: bool,
    /// Given to the handler.
    pub exinf: usize,
    /// Address of the handler.
    pub handler: usize,
    /// Period in ms, at least 1.
    pub period: u32,
    /// Of the first run of a TA_STA handler, in ms after start-up.
    pub phase: u32,
}

/// Control block of a cyclic handler.
#[derive(Clone, Debug)]
pub struct Cyclic {
    pub(crate) desc: CycDesc,
    pub(crate) timer: TimeNode,
}

impl Cyclic {
    /// A cyclic handler before start-up.
    pub const fn new(desc: CycDesc) -> Self {
        Self { desc, timer: TimeNode::IDLE }
    }

    pub(crate) fn check(&self) -> Option<()> {
        let CycDesc { period, phase, .. } = self.desc;
        ((1..=MAX_RELTIM).contains(&period) && phase <= MAX_RELTIM).then_some(())
    }
}

/// A cyclic handler to be called, as a handler and with the CPU unlocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CycCall {
    /// Number of the cyclic handler.
    pub id: i32,
    /// Address of the handler.
    pub handler: usize,
    /// Of the handler.
    pub exinf: usize,
}

impl<P: Port> Kernel<'_, P> {
    /// A timer tick. Afterwards the port calls what [`Kernel::next_cyclic`] gives until it gives nothing.
    ///
    /// # Errors
    /// E_CTX.
    pub fn isig_tim(&mut self, ctx: Context) -> Result<(), Error> {
        self.require_handler(ctx)?;
        self.pending_ms += P::TICK_MS;
        Ok(())
    }

    /// Works off the tick, event by event in the order of time, up to the next cyclic handler that is due. Several periods
    /// in one tick are several calls. The handler's next run is fixed already, so that it may stop or restart itself.
    pub fn next_cyclic(&mut self) -> Option<CycCall> {
        loop {
            while let Some(node) = self.take_due() {
                if node < self.tasks.len() {
                    self.time_out(node);
                    continue;
                }
                let i = node - self.tasks.len();
                let CycDesc { exinf, handler, period, .. } = self.cyclics[i].desc;
                self.arm_cyclic(i, self.now.wrapping_add(period));
                return Some(CycCall { id: i as i32 + 1, handler, exinf });
            }
            self.pending_ms = self.pending_ms.checked_sub(1)?;
            self.now = self.now.wrapping_add(1);
        }
    }

    fn time_out(&mut self, task: usize) {
        let delay = self.tasks[task].life == Life::Waiting(Wait::Delay);
        self.release(task, if delay { Ok(0) } else { Err(Error::Tmout) });
    }

    /// Arms the TA_STA handlers: first run `phase` ms after the start, at the first tick if that is 0.
    pub(crate) fn start_cyclics(&mut self) {
        for i in 0..self.cyclics.len() {
            let CycDesc { started, phase, .. } = self.cyclics[i].desc;
            if started {
                self.arm_cyclic(i, self.now.wrapping_add(phase.max(1)));
            }
        }
    }

    /// Starts a cyclic handler, or starts its period anew: first run after a full period and up to a tick.
    ///
    /// # Errors
    /// E_CTX, E_ID.
    pub fn sta_cyc(&mut self, ctx: Context, id: i32) -> Result<(), Error> {
        self.require_task(ctx)?;
        let i = index(id, self.cyclics.len())?;
        let wait = self.cyclics[i].desc.period.wrapping_add(P::TICK_MS).wrapping_add(self.pending_ms);
        self.arm_cyclic(i, self.now.wrapping_add(wait));
        Ok(())
    }

    /// Stops a cyclic handler, whether it ran or not.
    ///
    /// # Errors
    /// E_CTX, E_ID.
    pub fn stp_cyc(&mut self, ctx: Context, id: i32) -> Result<(), Error> {
        self.require_task(ctx)?;
        let i = index(id, self.cyclics.len())?;
        self.disarm_cyclic(i);
        Ok(())
    }

    /// Sets the system time in ms; nothing that waits for a time moves.
    ///
    /// # Errors
    /// E_CTX.
    pub fn set_tim(&mut self, ctx: Context, time: u32) -> Result<(), Error> {
        self.require_task(ctx)?;
        self.clock_offset = time.wrapping_sub(self.now);
        Ok(())
    }

    /// The system time in ms.
    ///
    /// # Errors
    /// E_CTX.
    pub fn get_tim(&self, ctx: Context) -> Result<u32, Error> {
        self.require_task(ctx)?;
        Ok(self.system_time())
    }

    /// The system time in ms, for log records and vxget_tim, from any context.
    pub fn system_time(&self) -> u32 {
        self.now.wrapping_add(self.clock_offset)
    }
}

#[cfg(target_pointer_width = "32")]
const _: () = assert!(size_of::<Cyclic>() <= 4 * 8, "UITRON_CYCCB_WORDS");
