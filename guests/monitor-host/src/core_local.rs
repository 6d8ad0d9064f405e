//! The core's own memory, which no other core reaches.

use core::sync::atomic::{AtomicBool, Ordering};

use guest_kit::mmio;
use spumone_core::findings::{BYTES, Store};

/// URAM that SPUMONE leaves to monitors (linker/memory/rp1/memory.ld): every core sees its own there.
const FINDINGS: u32 = 0xe560_8000;

/// What lies behind the findings of the 32 KB that SPUMONE leaves to monitors.
const STATE: u32 = FINDINGS + BYTES as u32;
const STATE_BYTES: usize = 0x8000 - BYTES;

/// Puts `value` behind the findings, for as long as this guest runs. `None` the second time.
pub(crate) fn lasting<T>(value: T) -> Option<&'static mut T> {
    const {
        assert!(
            size_of::<T>() <= STATE_BYTES && align_of::<T>() <= 4096,
            "the monitors' state does not fit the core's own memory: move the largest to `Main` in list.rs"
        );
    }
    static TAKEN: AtomicBool = AtomicBool::new(false);
    if TAKEN.swap(true, Ordering::Relaxed) {
        return None;
    }
    let place = STATE as usize as *mut T;
    // SAFETY: (1) memory that SPUMONE leaves to the monitors of this core, behind the findings, large enough and aligned as asserted above;
    // (2) given out once, and by nobody else: the only reference to it.
    unsafe {
        place.write(value);
        Some(&mut *place)
    }
}

/// The findings' place.
pub(crate) struct CoreLocal;

impl Store for CoreLocal {
    fn store(&mut self, word: usize, value: u32) {
        mmio::write32(FINDINGS + 4 * word as u32, value);
    }
}
