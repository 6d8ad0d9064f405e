//! SPUMONE on SH-4A. `bin/spumone.rs` is the instance, `bin/boot.rs` the boot stage in front of it.
#![no_std]
#![cfg_attr(feature = "target", feature(asm_experimental_arch))]

#[cfg(feature = "target")]
pub mod board;
#[cfg(feature = "target")]
pub mod boot;
#[cfg(feature = "target")]
pub mod console;
#[cfg(feature = "target")]
pub mod halt;
#[cfg(feature = "target")]
pub mod instance;
#[cfg(feature = "target")]
pub mod machine;
#[cfg(feature = "target")]
pub mod panic;
#[cfg(feature = "target")]
pub mod reg;
#[cfg(feature = "target")]
pub mod reload;
#[cfg(feature = "target")]
pub mod shared;
#[cfg(feature = "target")]
pub mod transfer;
#[cfg(feature = "target")]
pub mod trap;
