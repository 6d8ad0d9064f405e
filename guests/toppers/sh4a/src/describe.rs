//! What a monitor needs to read the kernel's objects from memory, at the symbol `uitron_description`.

use crate::section;
use crate::tables::{System, uitron_system};
use core::sync::atomic::{AtomicU32, Ordering};
use uitron_kernel::TaskLayout;

/// The description, version 2.
#[repr(C)]
pub struct Description {
    /// "uITD", most significant byte first.
    magic: u32,
    version: u32,
    /// The application's descriptors and the addresses of the control blocks (uitron_tables.h).
    system: *const System,
    /// Number of the running task, 0 if none.
    running: &'static AtomicU32,
    task: TaskLayout,
    /// The kernel's clock, the milliseconds since start-up (from version 2 on).
    clock: *const u32,
}

// SAFETY: nobody reads it here; what it points to is never moved.
unsafe impl Sync for Description {}

static RUNNING: AtomicU32 = AtomicU32::new(0);

/// Kept by its name for whoever looks at the image.
#[used]
#[unsafe(no_mangle)]
#[unsafe(link_section = ".rodata.uitron_description")]
static uitron_description: Description = Description {
    magic: 0x7549_5444,
    version: 2,
    system: &raw const uitron_system,
    running: &RUNNING,
    task: TaskLayout::HERE,
    clock: section::CLOCK,
};

/// The dispatcher's choice.
pub fn set_running(task: u32) {
    RUNNING.store(task, Ordering::Relaxed);
}
