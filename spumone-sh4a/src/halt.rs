//! The end of a core.

use crate::board;

core::arch::global_asm!(".ifdef __sh__", include_str!("halt.S"), ".text", ".endif");

unsafe extern "C" {
    fn spumone_halt() -> !;
}

/// Masks every interrupt, switches the board off where that is possible, and sleeps for good.
pub fn halt() -> ! {
    board::quiesce();
    board::power_off();
    // SAFETY: it needs nothing and touches no memory.
    unsafe { spumone_halt() }
}
