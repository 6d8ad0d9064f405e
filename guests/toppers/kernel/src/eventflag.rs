//! Event flags. One task waits at most (TA_WSGL).

use crate::kernel::index;
use crate::queue::Queue;
use crate::task::Life;
use crate::transition::Patience;
use crate::{Context, Error, Flow, Kernel, Port, Wait};

/// CRE_FLG.
#[derive(Clone, Copy, Debug)]
pub struct FlgDesc {
    /// TA_CLR: a satisfied wait clears the whole pattern.
    pub clear: bool,
    /// Pattern at start-up.
    pub initial: u32,
}

/// What to wait for, from the MODE argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlagMode {
    /// TWF_ANDW, 0.
    All,
    /// TWF_ORW, 1.
    Any,
}

impl FlagMode {
    /// From the C value.
    ///
    /// # Errors
    /// E_PAR.
    pub fn from_mode(mode: u32) -> Result<Self, Error> {
        match mode {
            0 => Ok(Self::All),
            1 => Ok(Self::Any),
            _ => Err(Error::Par),
        }
    }

    fn satisfied(self, current: u32, pattern: u32) -> bool {
        match self {
            Self::All => current & pattern == pattern,
            Self::Any => current & pattern != 0,
        }
    }
}

/// Control block of an event flag.
#[derive(Clone, Debug)]
pub struct EventFlag {
    clear: bool,
    pub(crate) pattern: u32,
    pub(crate) waiters: Queue,
}

impl EventFlag {
    /// A flag with its initial pattern.
    pub const fn new(desc: FlgDesc) -> Self {
        Self { clear: desc.clear, pattern: desc.initial, waiters: Queue::EMPTY }
    }

    /// The pattern if it satisfies the condition; then TA_CLR clears it.
    fn try_take(&mut self, pattern: u32, mode: FlagMode) -> Option<usize> {
        if !mode.satisfied(self.pattern, pattern) {
            return None;
        }
        let found = self.pattern;
        if self.clear {
            self.pattern = 0;
        }
        Some(found as usize)
    }
}

impl<P: Port> Kernel<'_, P> {
    /// Sets bits, and releases the waiting task if they satisfy it.
    ///
    /// # Errors
    /// E_CTX, E_ID.
    pub fn set_flg(&mut self, ctx: Context, id: i32, bits: u32) -> Result<(), Error> {
        self.require_task(ctx)?;
        self.set_bits(id, bits)
    }

    /// [`Kernel::set_flg`] for handlers.
    ///
    /// # Errors
    /// As there.
    pub fn iset_flg(&mut self, ctx: Context, id: i32, bits: u32) -> Result<(), Error> {
        self.require_handler(ctx)?;
        self.set_bits(id, bits)
    }

    fn set_bits(&mut self, id: i32, bits: u32) -> Result<(), Error> {
        let i = index(id, self.obj.flags.len())?;
        let flag = &mut self.obj.flags[i];
        flag.pattern |= bits;
        let Some(task) = flag.waiters.first() else { return Ok(()) };
        if let Life::Waiting(Wait::Flag { pattern, all, .. }) = self.tasks[task].life
            && let Some(found) = flag.try_take(pattern, if all { FlagMode::All } else { FlagMode::Any })
        {
            self.release(task, Ok(found));
        }
        Ok(())
    }

    /// Keeps only the bits of `mask`.
    ///
    /// # Errors
    /// E_CTX, E_ID.
    pub fn clr_flg(&mut self, ctx: Context, id: i32, mask: u32) -> Result<(), Error> {
        self.require_task(ctx)?;
        let i = index(id, self.obj.flags.len())?;
        self.obj.flags[i].pattern &= mask;
        Ok(())
    }

    /// Waits for a pattern; gives the flag's pattern before TA_CLR.
    ///
    /// # Errors
    /// E_CTX, E_ID; E_PAR: no bits or no such mode; E_ILUSE: another task waits; later E_RLWAI.
    pub fn wai_flg(&mut self, ctx: Context, id: i32, pattern: u32, mode: u32) -> Result<Flow, Error> {
        self.twai_flg(ctx, id, pattern, mode, crate::FOREVER)
    }

    /// Takes a pattern if it is there.
    ///
    /// # Errors
    /// E_CTX, E_ID, E_PAR, E_ILUSE, E_TMOUT.
    pub fn pol_flg(&mut self, ctx: Context, id: i32, pattern: u32, mode: u32) -> Result<Flow, Error> {
        let task = self.require_task(ctx)?;
        self.await_bits(task, id, pattern, mode, crate::POLL)
    }

    /// Waits for a pattern no longer than `tmo`.
    ///
    /// # Errors
    /// As [`Kernel::wai_flg`], and E_TMOUT at once or later.
    pub fn twai_flg(&mut self, ctx: Context, id: i32, pattern: u32, mode: u32, tmo: i32) -> Result<Flow, Error> {
        let task = self.may_wait(ctx)?;
        self.await_bits(task, id, pattern, mode, tmo)
    }

    fn await_bits(&mut self, task: usize, id: i32, pattern: u32, mode: u32, tmo: i32) -> Result<Flow, Error> {
        let i = index(id, self.obj.flags.len())?;
        let mode = FlagMode::from_mode(mode)?;
        if pattern == 0 {
            return Err(Error::Par);
        }
        let patience = Patience::from_tmo(tmo)?;
        let flag = &mut self.obj.flags[i];
        if !flag.waiters.is_empty() {
            return Err(Error::Iluse);
        }
        if let Some(found) = flag.try_take(pattern, mode) {
            return Ok(Flow::Done(found));
        }
        let wait = Wait::Flag { flag: i as u16, pattern, all: mode == FlagMode::All };
        self.wait_or_give_up(task, wait, patience)
    }
}

#[cfg(target_pointer_width = "32")]
const _: () = assert!(size_of::<EventFlag>() <= 4 * 4, "UITRON_FLGCB_WORDS");
