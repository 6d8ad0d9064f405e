//! Critical sections: how a service call gets at the kernel, and what happens when it leaves.

use crate::cpu::{IMASK, nesting, set_imask, set_sr, sr, uitron_dispatch};
use crate::machine;
use crate::port::Sh4a;
use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicBool, Ordering};
use uitron_kernel::{Context, Error, Flow, Kernel, TexCall};

/// The kernel of this target.
pub type TheKernel = Kernel<'static, Sh4a>;

#[repr(transparent)]
struct Global(UnsafeCell<MaybeUninit<TheKernel>>);

// SAFETY: one processor; everything that reaches it holds the kernel's lock, IMASK at the lock level.
unsafe impl Sync for Global {}

static KERNEL: Global = Global(UnsafeCell::new(MaybeUninit::uninit()));
/// Where its clock is, the milliseconds since start-up.
pub const CLOCK: *const u32 = (&raw const KERNEL).cast::<u8>().wrapping_add(TheKernel::CLOCK).cast();
/// Initialisation or termination routines run.
static EDGE: AtomicBool = AtomicBool::new(true);

/// Puts the kernel in place, once, before anything else here.
pub fn install(kernel: TheKernel) {
    // SAFETY: start-up is single: nothing else runs and interrupts are masked.
    unsafe { (*KERNEL.0.get()).write(kernel) };
}

/// The kernel.
///
/// # Safety
/// The kernel is locked (IMASK at the lock level), and no other reference to it is used while this one is.
pub unsafe fn kernel() -> &'static mut TheKernel {
    // SAFETY: (1) `install` came first; (2) the caller's promise makes it the only one in use.
    unsafe { (*KERNEL.0.get()).assume_init_mut() }
}

/// From here on only termination routines run (`true`), or tasks and handlers.
pub fn edge(on: bool) {
    EDGE.store(on, Ordering::Relaxed);
}

/// Who calls.
#[inline(always)]
pub fn context() -> Context {
    if nesting() == 0 {
        Context::Task
    } else if EDGE.load(Ordering::Relaxed) {
        Context::Init
    } else {
        Context::NonTask
    }
}

/// Makes a service call that does not wait.
#[inline(always)]
pub fn call<R>(body: impl FnOnce(&mut TheKernel, Context) -> R) -> R {
    let before = sr();
    set_sr(before & !IMASK | machine::lock_bits());
    // SAFETY: locked just now; nothing of what `body` calls enters the kernel again.
    let kernel = unsafe { kernel() };
    let ctx = context();
    let result = body(kernel, ctx);
    if ctx == Context::Task {
        leave()
    } else {
        set_sr(before)
    }
    result
}

/// Reads the kernel from any context; nothing is dispatched.
pub fn look<R>(body: impl FnOnce(&mut TheKernel, Context) -> R) -> R {
    let before = sr();
    set_sr(before & !IMASK | machine::lock_bits());
    // SAFETY: as in `call`.
    let kernel = unsafe { kernel() };
    let ctx = context();
    let result = body(kernel, ctx);
    set_sr(before);
    result
}

/// Makes a service call that may wait; gives the word received, or 0.
pub fn wait(body: impl FnOnce(&mut TheKernel, Context) -> Result<Flow, Error>) -> Result<usize, Error> {
    let before = sr();
    set_sr(before & !IMASK | machine::lock_bits());
    // SAFETY: as in `call`.
    let kernel = unsafe { kernel() };
    let ctx = context();
    let mut result = match body(kernel, ctx) {
        Ok(Flow::Waits) => Ok(None),
        Ok(Flow::Done(word)) => Ok(Some(word)),
        Err(error) => Err(error),
    };
    let waited = result == Ok(None);
    if waited {
        let me = kernel.running();
        // SAFETY: (1) a task runs, with the kernel locked: it may wait; (2) no reference to the kernel is used after this.
        unsafe { uitron_dispatch() };
        // SAFETY: the dispatcher comes back locked. Task exceptions, which may wait themselves, have not run yet.
        let kernel = unsafe { self::kernel() };
        result = me.map_or(Err(Error::Ctx), |me| kernel.wait_result(me)).map(Some);
    }
    match (ctx, waited) {
        (Context::Task, false) => leave(),
        (Context::Task, true) => {
            // The dispatcher chose this task just now.
            if exceptions() {
                settle();
            }
            unlock();
        }
        _ => set_sr(before),
    }
    result.map(|word| word.unwrap_or(0))
}

/// Switches to the task that should run, if that is another.
fn dispatch() {
    // SAFETY: the kernel is locked; the reference ends before the switch.
    let other = unsafe {
        let kernel = kernel();
        kernel.port.request = false;
        kernel.schedule() != kernel.running()
    };
    if other {
        // SAFETY: (1) a task runs, with the kernel locked; (2) no reference to the kernel is alive.
        unsafe { uitron_dispatch() };
    }
}

/// The end of a service call of a task: dispatch, task exceptions, unlock.
#[inline(always)]
fn leave() {
    // SAFETY: the kernel is locked.
    if unsafe { kernel() }.port.request {
        settle();
    }
    unlock();
}

/// Dispatches, and runs the task exceptions of the task that comes back. The kernel is locked before and after.
#[inline(never)]
pub fn settle() {
    loop {
        dispatch();
        if !exceptions() {
            return;
        }
    }
}

/// Runs the running task's exceptions; false if there were none. The kernel is locked before and after.
#[inline(always)]
fn exceptions() -> bool {
    // SAFETY: callers hold the lock.
    match unsafe { kernel() }.tex_begin() {
        Some(first) => {
            run_exceptions(first);
            true
        }
        None => false,
    }
}

#[inline(never)]
fn run_exceptions(mut exception: TexCall) {
    loop {
        unlock();
        run_exception(exception);
        set_imask(machine::lock_level());
        // SAFETY: locked again.
        let kernel = unsafe { kernel() };
        let next = kernel.tex_end();
        if kernel.port.request {
            dispatch();
        }
        let Some(next) = next else { return };
        exception = next;
    }
}

fn run_exception(exception: TexCall) {
    // SAFETY: DEF_TEX names a function of this type.
    let routine = unsafe { core::mem::transmute::<usize, extern "C" fn(u32, usize)>(exception.routine) };
    routine(exception.pattern, exception.exinf);
}

/// IMASK of a task: at the lock level under CPU lock, else what `chg_ipm` set, but never so low that a less urgent guest's
/// interrupts come.
pub fn task_level() -> u32 {
    // SAFETY: callers are inside a critical section.
    let kernel = unsafe { kernel() };
    if kernel.sns_loc() { machine::lock_level() } else { machine::base_level().max(kernel.interrupt_mask() as u32) }
}

/// Ends a task's critical section.
pub fn unlock() {
    set_imask(task_level());
}

/// The last handler goes back to a task: dispatches, runs task exceptions, and gives the frame the task's IMASK of now.
#[unsafe(no_mangle)]
extern "C" fn uitron_leave_handlers(frame: *mut u32) {
    // SAFETY: locked by the assembly.
    if unsafe { kernel() }.port.request {
        settle();
    }
    // SAFETY: the assembly passes its frame, whose word 11 is SSR.
    unsafe {
        let ssr = frame.add(11);
        ssr.write(ssr.read() & !IMASK | task_level() << 4);
    }
}
