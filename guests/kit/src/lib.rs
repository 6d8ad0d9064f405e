//! What a bare guest in Rust needs. A guest defines `guest_main(table, guest) -> !`, [`Handlers`] and `panic_handler`.
#![no_std]
#![cfg_attr(feature = "target", feature(asm_experimental_arch))]

#[cfg(feature = "target")]
mod cpu;
#[cfg(feature = "target")]
mod tmu;

#[cfg(feature = "target")]
pub use cpu::{
    Frame, check_bank1, check_fpu, jump, ldtlb, mmio, set_bank1, set_fpu, set_handlers, set_imask, spin_wild, vectors,
    with_imask,
};
#[cfg(feature = "target")]
pub use tmu::{Tmu, TmuPlace};
