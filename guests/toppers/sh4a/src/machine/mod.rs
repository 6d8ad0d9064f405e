//! Where the kernel runs: as a guest of SPUMONE or on the bare machine, found out once at the start.

#[cfg(feature = "rp1")]
mod rp1;
#[cfg(feature = "rp1")]
use rp1 as board;
#[cfg(feature = "r2d")]
mod r2d;
#[cfg(feature = "r2d")]
use r2d as board;
mod scif;

use crate::cpu::{self, uitron_halt, uitron_sleep, vectors};
use crate::section::task_level;
use core::cell::Cell;
use core::sync::atomic::{AtomicU32, Ordering};
use spumone_abi::SPUMONE_INFO_PCLK_KHZ;
use spumone_abi::client::Spumone;

pub use board::{LEVELS, LINE, TIMER};
pub use scif::{Scif, ScifPlace};

/// SR.BL.
const BL: u32 = 0x1000_0000;
/// Level of the timer.
pub const TIMER_LEVEL: u32 = 12;
/// Level of the serial line.
pub const LINE_LEVEL: u32 = 8;

struct Host(Cell<Option<Spumone>>);

// SAFETY: one processor; written once, before interrupts are let in.
unsafe impl Sync for Host {}

static SPUMONE: Host = Host(Cell::new(None));
/// IMASK of the kernel's lock, shifted to its place in SR.
static LOCK: AtomicU32 = AtomicU32::new(0xf0);
static BASE: AtomicU32 = AtomicU32::new(0);

/// A timer channel.
pub struct TimerPlace {
    /// Base of the unit.
    pub unit: u32,
    /// INTEVT.
    pub intevt: u32,
}

/// Finds out where it is: `table` and SR are those of the entry.
pub fn init(table: u32, sr: u32) {
    // A guest begins with BL=0; after reset, and from a boot loader, it is 1.
    if sr & BL == 0 {
        // SAFETY: the table's address as SPUMONE passed it.
        SPUMONE.0.set(unsafe { Spumone::at(table) });
        LOCK.store(board::GUEST_LOCK << 4, Ordering::Relaxed);
        BASE.store(7, Ordering::Relaxed);
    } else {
        board::init();
    }
}

/// The hypervisor, if there is one.
pub fn spumone() -> Option<Spumone> {
    SPUMONE.0.get()
}

/// MAX_IPM: IMASK while the kernel or the CPU is locked.
#[inline(always)]
pub fn lock_level() -> u32 {
    LOCK.load(Ordering::Relaxed) >> 4
}

/// The same, as bits of SR.
#[inline(always)]
pub fn lock_bits() -> u32 {
    LOCK.load(Ordering::Relaxed)
}

/// IMASK of a task that masks nothing: less urgent guests stay out.
pub fn base_level() -> u32 {
    BASE.load(Ordering::Relaxed)
}

/// Says where the vectors are.
pub fn set_vectors() {
    match spumone() {
        Some(spumone) => drop(spumone.set_vbr(vectors())),
        None => cpu::set_vbr(vectors()),
    }
}

/// Sets a source's level and lets it in; false if it is not this guest's or there is no such source.
pub fn irq_enable(intevt: u32, level: u32) -> bool {
    match spumone() {
        Some(spumone) => spumone.irq_enable(intevt, level).is_ok(),
        None => board::unmask(intevt, level),
    }
}

/// Masks a source; false as above.
pub fn irq_disable(intevt: u32) -> bool {
    match spumone() {
        Some(spumone) => spumone.irq_disable(intevt).is_ok(),
        None => board::mask(intevt),
    }
}

/// The peripheral clock.
pub fn pclk_khz() -> u32 {
    spumone().and_then(|spumone| spumone.info(SPUMONE_INFO_PCLK_KHZ).ok()).unwrap_or(board::PCLK_KHZ)
}

/// Nothing is ready: waits for an interrupt and takes it. Called and left with the kernel locked.
pub fn idle() {
    match spumone() {
        Some(spumone) => {
            let locked = cpu::sr();
            let open = locked & !cpu::IMASK | task_level() << 4;
            spumone.idle();
            // Here the interrupt is taken.
            cpu::set_sr(open);
            cpu::set_sr(locked);
        }
        // SAFETY: (1) the kernel is locked; (2) handlers return here, as the interrupt stack is in use.
        None => unsafe { uitron_sleep(task_level() << 4) },
    }
}

/// The end of the guest, or of the machine.
pub fn exit(status: u32) -> ! {
    if let Some(spumone) = spumone() {
        spumone.guest_exit(status);
    }
    board::power_off();
    // SAFETY: nothing is left to be done.
    unsafe { uitron_halt() }
}
