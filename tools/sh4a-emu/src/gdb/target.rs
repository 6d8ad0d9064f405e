//! The machine as gdb sees it.

use std::collections::BTreeMap;

use gdbstub::common::{Signal, Tid};
use gdbstub::target::ext::base::BaseOps;
use gdbstub::target::ext::base::multithread::{
    MultiThreadBase, MultiThreadResume, MultiThreadResumeOps, MultiThreadSchedulerLocking,
    MultiThreadSchedulerLockingOps, MultiThreadSingleStep, MultiThreadSingleStepOps,
};
use gdbstub::target::ext::base::single_register_access::{SingleRegisterAccess, SingleRegisterAccessOps};
use gdbstub::target::ext::breakpoints::{
    Breakpoints, BreakpointsOps, HwBreakpoint, HwBreakpointOps, HwWatchpoint, HwWatchpointOps, SwBreakpoint,
    SwBreakpointOps, WatchKind,
};
use gdbstub::target::ext::thread_extra_info::{ThreadExtraInfo, ThreadExtraInfoOps};
use gdbstub::target::{Target, TargetError, TargetResult};

use super::arch::{Sh4, Sh4RegId, Sh4Registers};
use crate::cpu::Watchpoint;
use crate::device::Instant;
use crate::machine::Machine;

/// What gdb wants a core to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resume {
    Continue,
    Step,
}

/// A machine under gdb.
pub(super) struct Debugged<'a> {
    pub(super) machine: &'a mut Machine,
    pub(super) limit: Instant,
    /// By core; without an entry a core continues.
    pub(super) actions: BTreeMap<usize, Resume>,
}

/// Thread number of a core.
pub(super) fn tid(core: usize) -> Tid {
    Tid::new(core + 1).unwrap_or(Tid::MIN)
}

fn core(tid: Tid) -> usize {
    tid.get() - 1
}

impl Target for Debugged<'_> {
    type Arch = Sh4;
    type Error = std::convert::Infallible;

    fn base_ops(&mut self) -> BaseOps<'_, Sh4, Self::Error> {
        BaseOps::MultiThread(self)
    }

    fn support_breakpoints(&mut self) -> Option<BreakpointsOps<'_, Self>> {
        Some(self)
    }
}

impl MultiThreadBase for Debugged<'_> {
    fn read_registers(&mut self, registers: &mut Sh4Registers, tid: Tid) -> TargetResult<(), Self> {
        *registers = Sh4Registers::of(self.machine.cpu(core(tid)));
        Ok(())
    }

    fn write_registers(&mut self, registers: &Sh4Registers, tid: Tid) -> TargetResult<(), Self> {
        registers.apply(self.machine.cpu_mut(core(tid)));
        Ok(())
    }

    fn support_single_register_access(&mut self) -> Option<SingleRegisterAccessOps<'_, Tid, Self>> {
        Some(self)
    }

    fn read_addrs(&mut self, start: u32, data: &mut [u8], tid: Tid) -> TargetResult<usize, Self> {
        let mut done = 0;
        while done < data.len() {
            let at = start.wrapping_add(done as u32);
            let part = (data.len() - done).min(0x1000 - (at & 0xfff) as usize);
            let cpu = self.machine.cpu(core(tid));
            let bytes = cpu.inspect_address(at).and_then(|bus| self.machine.read_memory(core(tid), bus, part));
            let Some(bytes) = bytes else { break };
            data[done..done + part].copy_from_slice(&bytes);
            done += part;
        }
        if done == 0 && !data.is_empty() { Err(TargetError::NonFatal) } else { Ok(done) }
    }

    fn write_addrs(&mut self, start: u32, data: &[u8], tid: Tid) -> TargetResult<(), Self> {
        let mut done = 0;
        while done < data.len() {
            let at = start.wrapping_add(done as u32);
            let part = (data.len() - done).min(0x1000 - (at & 0xfff) as usize);
            let bus = self.machine.cpu(core(tid)).inspect_address(at).ok_or(TargetError::NonFatal)?;
            self.machine.write_memory(core(tid), bus, &data[done..done + part]).ok_or(TargetError::NonFatal)?;
            done += part;
        }
        Ok(())
    }

    fn list_active_threads(&mut self, register: &mut dyn FnMut(Tid)) -> Result<(), Self::Error> {
        (0..self.machine.cores()).for_each(|core| register(tid(core)));
        Ok(())
    }

    fn support_resume(&mut self) -> Option<MultiThreadResumeOps<'_, Self>> {
        Some(self)
    }

    fn support_thread_extra_info(&mut self) -> Option<ThreadExtraInfoOps<'_, Self>> {
        Some(self)
    }
}

impl SingleRegisterAccess<Tid> for Debugged<'_> {
    fn read_register(&mut self, tid: Tid, register: Sh4RegId, buffer: &mut [u8]) -> TargetResult<usize, Self> {
        let value = register.read(self.machine.cpu(core(tid))).to_le_bytes();
        buffer.get_mut(..4).ok_or(TargetError::NonFatal)?.copy_from_slice(&value);
        Ok(4)
    }

    fn write_register(&mut self, tid: Tid, register: Sh4RegId, value: &[u8]) -> TargetResult<(), Self> {
        let bytes = value.try_into().map_err(|_| TargetError::NonFatal)?;
        register.write(self.machine.cpu_mut(core(tid)), u32::from_le_bytes(bytes));
        Ok(())
    }
}

impl MultiThreadResume for Debugged<'_> {
    fn resume(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    fn clear_resume_actions(&mut self) -> Result<(), Self::Error> {
        self.actions.clear();
        Ok(())
    }

    fn set_resume_action_continue(&mut self, tid: Tid, _signal: Option<Signal>) -> Result<(), Self::Error> {
        self.actions.insert(core(tid), Resume::Continue);
        Ok(())
    }

    fn support_single_step(&mut self) -> Option<MultiThreadSingleStepOps<'_, Self>> {
        Some(self)
    }

    fn support_scheduler_locking(&mut self) -> Option<MultiThreadSchedulerLockingOps<'_, Self>> {
        Some(self)
    }
}

impl MultiThreadSingleStep for Debugged<'_> {
    fn set_resume_action_step(&mut self, tid: Tid, _signal: Option<Signal>) -> Result<(), Self::Error> {
        self.actions.insert(core(tid), Resume::Step);
        Ok(())
    }
}

impl MultiThreadSchedulerLocking for Debugged<'_> {
    /// A step moves only its own core anyhow, and a continued machine runs whole: cores cannot be held back one by one.
    fn set_resume_action_scheduler_lock(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

impl ThreadExtraInfo for Debugged<'_> {
    fn thread_extra_info(&self, tid: Tid, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        let state = if self.machine.cpu(core(tid)).asleep() { "asleep" } else { "running" };
        let text = format!("core {}, {state}", core(tid));
        let len = text.len().min(buffer.len());
        buffer[..len].copy_from_slice(&text.as_bytes()[..len]);
        Ok(len)
    }
}

impl Breakpoints for Debugged<'_> {
    fn support_sw_breakpoint(&mut self) -> Option<SwBreakpointOps<'_, Self>> {
        Some(self)
    }

    fn support_hw_breakpoint(&mut self) -> Option<HwBreakpointOps<'_, Self>> {
        Some(self)
    }

    fn support_hw_watchpoint(&mut self) -> Option<HwWatchpointOps<'_, Self>> {
        Some(self)
    }
}

impl SwBreakpoint for Debugged<'_> {
    fn add_sw_breakpoint(&mut self, addr: u32, _kind: usize) -> TargetResult<bool, Self> {
        (0..self.machine.cores()).for_each(|core| self.machine.cpu_mut(core).add_breakpoint(addr));
        Ok(true)
    }

    fn remove_sw_breakpoint(&mut self, addr: u32, _kind: usize) -> TargetResult<bool, Self> {
        (0..self.machine.cores()).for_each(|core| self.machine.cpu_mut(core).remove_breakpoint(addr));
        Ok(true)
    }
}

impl HwBreakpoint for Debugged<'_> {
    fn add_hw_breakpoint(&mut self, addr: u32, kind: usize) -> TargetResult<bool, Self> {
        self.add_sw_breakpoint(addr, kind)
    }

    fn remove_hw_breakpoint(&mut self, addr: u32, kind: usize) -> TargetResult<bool, Self> {
        self.remove_sw_breakpoint(addr, kind)
    }
}

fn watchpoint(addr: u32, len: u32, kind: WatchKind) -> Watchpoint {
    Watchpoint { addr, len: len.max(1), load: kind != WatchKind::Write, store: kind != WatchKind::Read }
}

impl HwWatchpoint for Debugged<'_> {
    fn add_hw_watchpoint(&mut self, addr: u32, len: u32, kind: WatchKind) -> TargetResult<bool, Self> {
        let watch = watchpoint(addr, len, kind);
        (0..self.machine.cores()).for_each(|core| self.machine.cpu_mut(core).add_watchpoint(watch));
        Ok(true)
    }

    fn remove_hw_watchpoint(&mut self, addr: u32, len: u32, kind: WatchKind) -> TargetResult<bool, Self> {
        let watch = watchpoint(addr, len, kind);
        (0..self.machine.cores()).for_each(|core| self.machine.cpu_mut(core).remove_watchpoint(watch));
        Ok(true)
    }
}
