//! The end of an instance that found a mistake of its own: record, report, stop.

use crate::console::print;
use crate::halt::halt;
use crate::{board, machine, shared};
use core::fmt::Write;
use core::sync::atomic::{AtomicU32, Ordering};
use spumone_core::epitaph::{Epitaph, MESSAGE_BYTES, NO_VCPU, Registers};

/// How often this instance has died; more than once if it died while it reported.
static DEATHS: AtomicU32 = AtomicU32::new(0);

/// Writes the epitaph, prints it, stops the core. A death during this only stops the core.
pub fn die(message: &str, line: u32, registers: Registers) -> ! {
    // One core, everything masked: load and store need not be one operation.
    let deaths = DEATHS.load(Ordering::Relaxed) + 1;
    DEATHS.store(deaths, Ordering::Relaxed);
    if deaths == 1 {
        let vcpu = machine::current().map_or(NO_VCPU, |vcpu| vcpu.0.into());
        let core = board::core();
        let epitaph = Epitaph { deaths, core: core.into(), vcpu, registers, line, message };
        for (address, byte) in (shared::epitaph_address(core)..).zip(epitaph.encode()) {
            crate::reg::mmio::write8(address, byte);
        }
        print(format_args!("\nspumone: {epitaph}\n"));
    }
    halt()
}

/// A panic of the instance.
pub fn panicked(info: &core::panic::PanicInfo<'_>) -> ! {
    let mut message = heapless::String::<MESSAGE_BYTES>::new();
    let line = info.location().map_or(0, core::panic::Location::line);
    if let Some(location) = info.location() {
        // What does not fit is left out.
        let _ = message.push_str(location.file());
    }
    let _ = write!(message, ": {}", info.message());
    die(&message, line, Registers::default())
}
