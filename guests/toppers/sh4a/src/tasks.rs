//! Stacks and contexts of tasks, and the dispatcher's choice.

use crate::cpu::{
    FD, MD, guest_stack_top, set_imask, uitron_load_fpu, uitron_on_interrupt_stack, uitron_save_fpu, uitron_switch,
};
use crate::section::{kernel, unlock};
use crate::{describe, machine, stop, tables};
use core::sync::atomic::{AtomicU32, Ordering};
use uitron_kernel::{Context, TaskId};

/// SR of the running task while the kernel is locked.
#[unsafe(no_mangle)]
static uitron_sr_locked: AtomicU32 = AtomicU32::new(0);

/// TA_FPU.
const TA_FPU: u32 = 0x100;
/// FPSCR, FPUL, 32 registers.
const FPU_BYTES: usize = 34 * 4;
/// FPSCR of a new task: double precision, as C functions expect it, rounding to nearest.
const FPSCR: usize = 0x0008_0000;
/// What an interrupt may push onto a task's stack: the frame, what the dispatcher saves, and the functions between.
const RESERVE: usize = 128;
/// At the lowest address of every stack; whatever overflows is likely to change it.
pub const CANARY: usize = 0x5570_4d4e;

/// Sets the initial SR, when the machine's lock level is known.
pub fn init() {
    uitron_sr_locked.store(MD | FD | machine::lock_level() << 4, Ordering::Relaxed);
    for task in tables::tasks() {
        // SAFETY: the lowest word of a stack of the tables, which nobody uses yet.
        unsafe { (task.stk as *mut usize).write(CANARY) };
    }
}

/// Makes the context with which `task` begins: R8 to R14 and PR.
pub fn start(task: usize, registers: [usize; 8]) {
    let desc = &tables::tasks()[task];
    let mut sp = desc.stk + desc.stksz as usize - size_of_val(&registers);
    // SAFETY: (1) the top of the task's own stack, at least 256 bytes; (2) the task is dormant, or ends on the interrupt stack.
    unsafe { (sp as *mut [usize; 8]).write(registers) };
    if desc.tskatr & TA_FPU != 0 {
        sp -= FPU_BYTES;
        let mut area = [0; FPU_BYTES / 4];
        area[0] = FPSCR;
        // SAFETY: as above.
        unsafe { (sp as *mut [usize; FPU_BYTES / 4]).write(area) };
    }
    tables::set_sp(task, sp);
}

/// The running task leaves with its context at `sp`. This and the next two run on the interrupt stack with the kernel locked.
#[unsafe(no_mangle)]
extern "C" fn uitron_save(sp: usize) {
    // SAFETY: the kernel is locked; the reference ends before interrupts are let in.
    if let Some(old) = unsafe { kernel() }.running() {
        save(old.index(), sp);
    }
}

/// Chooses the next task: its stack pointer, and 2^32 times its limit; 0 if there is none.
#[unsafe(no_mangle)]
extern "C" fn uitron_pick() -> u64 {
    // SAFETY: as above.
    let kernel = unsafe { kernel() };
    kernel.port.request = false;
    let next = kernel.dispatch();
    describe::set_running(next.map_or(0, |task| task.number() as u32));
    next.map_or(0, |task| load(task.index()))
}

/// There is none: waits for an interrupt, whose handlers' end leads to `uitron_pick`.
#[unsafe(no_mangle)]
extern "C" fn uitron_idle() {
    machine::idle();
}

fn save(task: usize, mut sp: usize) {
    let desc = &tables::tasks()[task];
    if desc.tskatr & TA_FPU != 0 {
        sp -= FPU_BYTES;
    }
    // SAFETY: the lowest word of the task's stack.
    let canary = unsafe { (desc.stk as *const usize).read() };
    if sp < desc.stk + size_of::<usize>() || canary != CANARY {
        stop::stack_overflow(task, sp);
    }
    if desc.tskatr & TA_FPU != 0 {
        // SAFETY: (1) SR.FD is 0, as it is for this task; (2) the area lies on its stack below what is used.
        unsafe { uitron_save_fpu(sp) };
    }
    tables::set_sp(task, sp);
}

fn load(task: usize) -> u64 {
    let desc = &tables::tasks()[task];
    let mut sp = tables::sp(task);
    let fpu = desc.tskatr & TA_FPU != 0;
    let sr = MD | if fpu { 0 } else { FD } | machine::lock_level() << 4;
    uitron_sr_locked.store(sr, Ordering::Relaxed);
    if fpu {
        crate::cpu::set_sr(sr);
        // SAFETY: (1) FD is 0 now; (2) the area is what `start` or `save` left.
        unsafe { uitron_load_fpu(sp) };
        sp += FPU_BYTES;
    }
    let limit = desc.stk + RESERVE + if fpu { FPU_BYTES } else { 0 };
    (limit as u64) << 32 | sp as u64
}

/// The first function of every task.
#[unsafe(no_mangle)]
extern "C" fn uitron_run_task(entry: extern "C" fn(usize), exinf: usize) -> ! {
    unlock();
    entry(exinf);
    exit()
}

/// Ends the running task on the interrupt stack: if an activation is queued its stack is made anew.
pub fn exit() -> ! {
    set_imask(machine::lock_level());
    // SAFETY: nothing of the task's stack is needed any more.
    unsafe { uitron_on_interrupt_stack(end) }
}

extern "C" fn end() -> ! {
    // SAFETY: locked in `exit`. From a task the call has no error.
    let _ = unsafe { kernel() }.ext_tsk(Context::Task);
    // SAFETY: no task runs.
    unsafe { uitron_switch(0) }
}

/// Begins with the first task; start-up's stack is given up.
pub extern "C" fn begin() -> ! {
    // SAFETY: no task runs yet, interrupts are masked.
    unsafe { uitron_switch(0) }
}

/// The task whose stack or code `address` belongs to the running of, for reports.
pub fn running() -> Option<TaskId> {
    // SAFETY: reports are made with the kernel locked.
    unsafe { kernel() }.running()
}

/// Whether `address` is on the interrupt stack.
pub fn on_interrupt_stack(address: usize) -> bool {
    let (bottom, top) = ((&raw const crate::cpu::guest_stack_bottom) as usize, (&raw const guest_stack_top) as usize);
    (bottom..top).contains(&address)
}
