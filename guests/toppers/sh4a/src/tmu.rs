//! The tick: a timer channel at 1 kHz, and the system clock in microseconds (SH7751R hardware manual, section 12).

use crate::cpu::mmio::{read8, read16, read32, write8, write16, write32};
use crate::machine::{self, TIMER, TIMER_LEVEL};
use crate::{interrupts, serial, stop};
use core::sync::atomic::{AtomicU32, Ordering};

const TSTR: u32 = TIMER.unit + 0x04;
const TCOR: u32 = TIMER.unit + 0x08;
const TCNT: u32 = TIMER.unit + 0x0c;
const TCR: u32 = TIMER.unit + 0x10;
/// TCR: interrupt on underflow, Pclk / 4.
const UNIE: u16 = 1 << 5;
/// TCR: it has underflown.
const UNF: u16 = 1 << 8;
/// Counts a tick.
static PERIOD: AtomicU32 = AtomicU32::new(1);

/// ATT_INI of timer.cfg: starts the tick.
#[unsafe(no_mangle)]
extern "C" fn timer_initialize(_exinf: usize) {
    let period = machine::pclk_khz() / 4;
    PERIOD.store(period, Ordering::Relaxed);
    write8(TSTR, read8(TSTR) & !1);
    write16(TCR, UNIE);
    write32(TCOR, period - 1);
    write32(TCNT, period - 1);
    if !interrupts::enable(TIMER.intevt, TIMER_LEVEL) {
        stop::with("the timer is not this guest's: give it TMU3 with level 12 in the system file");
    }
    write8(TSTR, read8(TSTR) | 1);
}

/// DEF_INH of timer.cfg.
#[unsafe(no_mangle)]
extern "C" fn timer_handler() {
    write16(TCR, read16(TCR) & !UNF);
    crate::calls::time::isig_tim();
    serial::poll();
}

/// VATT_TER of timer.cfg.
#[unsafe(no_mangle)]
extern "C" fn timer_terminate(_exinf: usize) {
    write8(TSTR, read8(TSTR) & !1);
    write16(TCR, 0);
}

/// Microseconds since the last tick that the kernel knows of. Called with interrupts masked.
pub fn since_tick() -> u32 {
    let period = PERIOD.load(Ordering::Relaxed);
    let before = read32(TCNT);
    // An underflow that no handler has seen: the count began anew.
    let (count, ticks) = if read16(TCR) & UNF != 0 { (read32(TCNT), 1) } else { (before, 0) };
    let elapsed = (period - 1).saturating_sub(count) + ticks * period;
    elapsed * 1000 / period
}
