//! Interrupt handlers: the table that the entry reads, and sources that come without a handler.

use crate::cpu::{FD, IMASK, MD};
use crate::{console, machine, section, stop, tables};
use core::cell::UnsafeCell;
use core::fmt::Write;

/// INTEVT has 14 bits, in steps of 0x20.
const CODES: usize = 512;

#[derive(Clone, Copy)]
#[repr(C)]
struct Entry {
    handler: usize,
    sr: u32,
}

#[repr(transparent)]
struct Handlers(UnsafeCell<[Entry; CODES]>);

// SAFETY: one processor; written with the kernel locked, a word at a time for a source that is masked.
unsafe impl Sync for Handlers {}

/// What the entry reads, indexed by INTEVT / 0x20.
#[unsafe(no_mangle)]
static uitron_handlers: Handlers = Handlers(UnsafeCell::new([Entry { handler: 0, sr: 0 }; CODES]));

/// Puts the handlers of the tables in place; every other source is unregistered.
pub fn init() {
    // SAFETY: start-up, interrupts are masked.
    let entries = unsafe { &mut *uitron_handlers.0.get() };
    let sr = MD | FD | machine::lock_bits();
    entries.fill(Entry { handler: unregistered as *const () as usize, sr });
    for handler in tables::interrupt_handlers() {
        entries[handler.code as usize / 0x20 % CODES].handler = handler.handler;
    }
}

/// Sets a source's level, here and in the interrupt controller, and lets it in.
pub fn enable(code: u32, level: u32) -> bool {
    if level == 0 || level > machine::lock_level() || !code.is_multiple_of(0x20) {
        return false;
    }
    section::look(|_, _| {
        // SAFETY: the kernel is locked.
        let entries = unsafe { &mut *uitron_handlers.0.get() };
        let Some(entry) = entries.get_mut(code as usize / 0x20) else { return false };
        if machine::LEVELS {
            entry.sr = entry.sr & !IMASK | level << 4;
        }
        machine::irq_enable(code, level)
    })
}

/// A source without a handler came: it is reported once and masked.
extern "C" fn unregistered(code: u32) {
    // There is nothing left to do about a failing console.
    let _ = writeln!(console::Polled, "uitron: interrupt {code:#x} has no handler: masked");
    if !machine::irq_disable(code) {
        stop::with("an interrupt without a handler cannot be masked");
    }
}
