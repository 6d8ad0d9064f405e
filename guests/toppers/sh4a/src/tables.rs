//! The tables of `uitron_tables.h`, mirrored, and the kernel's control blocks made of them.

use core::cell::Cell;
use core::ffi::CStr;
use core::sync::atomic::{AtomicUsize, Ordering};
use uitron_kernel::{
    CycDesc, Cyclic, DataQueue, DtqDesc, EventFlag, FlgDesc, Mailbox, MbxDesc, MemoryPool, MpfDesc, Order, SemDesc,
    Semaphore, Tables, Task, TaskDesc,
};

const MAGIC: u32 = 0x7549_5452;
const MAJOR: u32 = 1;
/// UITRON_TSKCB_WORDS.
const TSKCB_BYTES: usize = 4 * 40;
/// TA_ACT, TA_STA, TA_MPRI.
const BIT1: u32 = 2;
/// TA_CLR.
const TA_CLR: u32 = 4;

/// A kind of object: count, descriptors, control blocks.
#[repr(C)]
pub struct Kind<T> {
    count: u32,
    table: *const T,
    blocks: *mut u8,
}

/// A kind without control blocks.
#[repr(C)]
pub struct List<T> {
    count: u32,
    table: *const T,
}

/// CRE_TSK.
#[repr(C)]
pub struct Tsk {
    name: *const core::ffi::c_char,
    pub tskatr: u32,
    exinf: usize,
    task: usize,
    itskpri: i32,
    pub stksz: u32,
    pub stk: usize,
    _texatr: u32,
    texrtn: usize,
}

#[repr(C)]
struct Sem {
    _name: usize,
    sematr: u32,
    isemcnt: u32,
    maxsem: u32,
}

#[repr(C)]
struct Flg {
    _name: usize,
    flgatr: u32,
    iflgptn: u32,
}

#[repr(C)]
struct Dtq {
    _name: usize,
    dtqatr: u32,
    dtqcnt: u32,
    dtq: usize,
}

#[repr(C)]
struct Mbx {
    _name: usize,
    mbxatr: u32,
    maxmpri: i32,
}

#[repr(C)]
struct Mpf {
    _name: usize,
    mpfatr: u32,
    blkcnt: u32,
    blksz: u32,
    mpf: usize,
}

#[repr(C)]
struct Cyc {
    _name: usize,
    cycatr: u32,
    exinf: usize,
    cychdr: usize,
    cyctim: u32,
    cycphs: u32,
}

/// DEF_INH or DEF_EXC.
#[repr(C)]
pub struct Handler {
    /// INTEVT or EXPEVT code.
    pub code: u32,
    _atr: u32,
    /// The function.
    pub handler: usize,
}

/// ATT_INI or VATT_TER.
#[repr(C)]
pub struct Routine {
    _atr: u32,
    /// For the function.
    pub exinf: usize,
    /// The function.
    pub routine: extern "C" fn(usize),
}

/// The root.
#[repr(C)]
pub struct System {
    magic: u32,
    version: u32,
    size: u32,
    tsk: Kind<Tsk>,
    tskordr: *const u32,
    sem: Kind<Sem>,
    flg: Kind<Flg>,
    dtq: Kind<Dtq>,
    mbx: Kind<Mbx>,
    mpf: Kind<Mpf>,
    cyc: Kind<Cyc>,
    inh: List<Handler>,
    exc: List<Handler>,
    ini: List<Routine>,
    ter: List<Routine>,
}

const _: () = assert!(size_of::<Tsk>() == 36 && size_of::<System>() == 132, "uitron_tables.h");
/// The port keeps a task's stack pointer behind all control blocks.
const _: () = assert!(size_of::<Task>() + size_of::<usize>() <= TSKCB_BYTES, "UITRON_TSKCB_WORDS");

unsafe extern "C" {
    pub static uitron_system: System;
}

fn system() -> &'static System {
    // SAFETY: `kernel_cfg.c` defines it; nobody writes it.
    unsafe { &uitron_system }
}

/// What is wrong with the tables as a whole.
pub fn check() -> Result<(), &'static str> {
    let System { magic, version, size, .. } = system();
    match () {
        () if *magic != MAGIC => Err("kernel_cfg.c has no tables of uitron-cfg"),
        () if version >> 16 != MAJOR || *size as usize != size_of::<System>() => {
            Err("kernel_cfg.c is of another version of uitron-cfg: build the application anew")
        }
        () => Ok(()),
    }
}

fn items<T>(count: u32, table: *const T) -> &'static [T] {
    if count == 0 {
        return &[];
    }
    // SAFETY: (1) `kernel_cfg.c` says how many there are, and where; (2) nobody writes them.
    unsafe { core::slice::from_raw_parts(table, count as usize) }
}

impl<T: 'static> Kind<T> {
    fn items(&self) -> &'static [T] {
        items(self.count, self.table)
    }

    /// Makes the control blocks, in the memory that `kernel_cfg.c` has set aside.
    fn make<B>(&self, block: impl Fn(&T) -> B) -> &'static mut [B] {
        if self.count == 0 {
            return &mut [];
        }
        let place = self.blocks.cast::<B>();
        for (index, item) in self.items().iter().enumerate() {
            // SAFETY: (1) the kernel asserts that its blocks fit the words set aside for each; (2) start-up is single.
            unsafe { place.add(index).write(block(item)) };
        }
        // SAFETY: (1) written just now; (2) called once, so that nobody else has them.
        unsafe { core::slice::from_raw_parts_mut(place, self.count as usize) }
    }
}

fn order(attributes: u32) -> Order {
    if attributes & 1 != 0 { Order::Priority } else { Order::Fifo }
}

/// The control blocks; once.
pub fn make() -> Tables<'static> {
    let system = system();
    Tables {
        tasks: system.tsk.make(|t| {
            Task::new(TaskDesc {
                active: t.tskatr & BIT1 != 0,
                exinf: t.exinf,
                entry: t.task,
                priority: u8::try_from(t.itskpri).unwrap_or(0),
                texrtn: (t.texrtn != 0).then_some(t.texrtn),
            })
        }),
        semaphores: system
            .sem
            .make(|s| Semaphore::new(SemDesc { order: order(s.sematr), initial: s.isemcnt, maximum: s.maxsem })),
        flags: system.flg.make(|f| EventFlag::new(FlgDesc { clear: f.flgatr & TA_CLR != 0, initial: f.iflgptn })),
        dataqueues: system
            .dtq
            .make(|d| DataQueue::new(DtqDesc { order: order(d.dtqatr), capacity: d.dtqcnt, base: d.dtq })),
        mailboxes: system.mbx.make(|m| {
            let message_order = if m.mbxatr & BIT1 != 0 { Order::Priority } else { Order::Fifo };
            Mailbox::new(MbxDesc { order: order(m.mbxatr), message_order, max_priority: m.maxmpri })
        }),
        pools: system.mpf.make(|p| {
            MemoryPool::new(MpfDesc { order: order(p.mpfatr), blocks: p.blkcnt, block_size: p.blksz, base: p.mpf })
        }),
        cyclics: system.cyc.make(|c| {
            Cyclic::new(CycDesc {
                started: c.cycatr & BIT1 != 0,
                exinf: c.exinf,
                handler: c.cychdr,
                period: c.cyctim,
                phase: c.cycphs,
            })
        }),
    }
}

/// What the dispatcher needs at once: descriptors and stack pointers of the tasks.
struct Hot(Cell<(&'static [Tsk], *mut u8)>);

// SAFETY: one processor; written once, before interrupts are let in.
unsafe impl Sync for Hot {}

static HOT: Hot = Hot(Cell::new((&[], core::ptr::null_mut())));

/// Prepares [`tasks`] and [`sp`]; first of all.
pub fn init() {
    let kind = &system().tsk;
    let offset = kind.count as usize * size_of::<Task>();
    HOT.0.set((kind.items(), kind.blocks.wrapping_add(offset)));
}

/// The tasks' descriptors.
pub fn tasks() -> &'static [Tsk] {
    HOT.0.get().0
}

/// Task numbers in order of definition.
pub fn start_order() -> impl Iterator<Item = u32> {
    items(system().tsk.count, system().tskordr).iter().copied()
}

/// Interrupt handlers.
pub fn interrupt_handlers() -> &'static [Handler] {
    items(system().inh.count, system().inh.table)
}

/// CPU exception handlers.
pub fn exception_handlers() -> &'static [Handler] {
    items(system().exc.count, system().exc.table)
}

/// Initialisation routines in the order of their calls.
pub fn initialisation() -> &'static [Routine] {
    items(system().ini.count, system().ini.table)
}

/// Termination routines in the order of their calls.
pub fn termination() -> &'static [Routine] {
    items(system().ter.count, system().ter.table)
}

/// The name of a task, for reports.
pub fn task_name(task: usize) -> &'static str {
    let Some(task) = tasks().get(task) else { return "?" };
    // SAFETY: a string literal of `kernel_cfg.c`.
    unsafe { CStr::from_ptr(task.name) }.to_str().unwrap_or("?")
}

/// Where a task's stack pointer is kept while it does not run: behind the control blocks of all tasks.
fn sp_place(task: usize) -> &'static AtomicUsize {
    let (tasks, place) = HOT.0.get();
    assert!(task < tasks.len(), "no such task");
    // SAFETY: (1) within the words set aside, as asserted above; (2) aligned, and nobody else's.
    unsafe { AtomicUsize::from_ptr(place.cast::<usize>().add(task)) }
}

/// Its saved stack pointer.
pub fn sp(task: usize) -> usize {
    sp_place(task).load(Ordering::Relaxed)
}

/// Saves it.
pub fn set_sp(task: usize, sp: usize) {
    sp_place(task).store(sp, Ordering::Relaxed);
}
