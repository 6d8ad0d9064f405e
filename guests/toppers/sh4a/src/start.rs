//! From the first instruction in Rust to the first task.

use crate::cpu::uitron_on_interrupt_stack;
use crate::port::Sh4a;
use crate::{console, interrupts, machine, section, stop, tables, tasks};
use core::fmt::Write;
use uitron_kernel::Kernel;

/// LOG_UPTO(LOG_NOTICE).
const UPTO_NOTICE: u32 = (1 << 6) - 1;

/// `table`: SPUMONE's; `sr`: as it was at the entry.
#[unsafe(no_mangle)]
extern "C" fn uitron_main(table: u32, sr: u32) -> ! {
    machine::init(table, sr);
    if machine::spumone().is_none() {
        machine::Scif(machine::LINE).init(machine::pclk_khz());
    }
    if let Err(reason) = tables::check() {
        stop::with(reason);
    }
    tables::init();
    tasks::init();
    match Kernel::new(Sh4a { request: false, handler_mask: 0 }, tables::make()) {
        Ok(kernel) => section::install(kernel),
        Err(bad) => {
            let _ = writeln!(console::Polled, "uitron: {bad}");
            machine::exit(stop::BAD_SYSTEM)
        }
    }
    section::look(|kernel, _| kernel.vmsk_log(0, UPTO_NOTICE));
    interrupts::init();
    machine::set_vectors();
    for routine in tables::initialisation() {
        (routine.routine)(routine.exinf);
    }
    section::look(|kernel, _| kernel.start(tables::start_order()));
    section::edge(false);
    // SAFETY: nothing of the start-up's stack is needed any more.
    unsafe { uitron_on_interrupt_stack(tasks::begin) }
}
