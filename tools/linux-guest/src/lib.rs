//! Builds the Linux guest from `guests/linux`: musl, busybox, the initramfs and every kernel that the project boots.
//!
//! [`kernel`] is the door. What is there already costs a look into the cache; [`checks`] holds what can be proved about the
//! patches and the kernels without booting them.

mod busybox;
pub mod checks;
mod compare;
mod config;
mod initramfs;
mod kernel;
mod make;
mod modules;
mod musl;
mod patches;
mod pattern;
mod recipe;
mod trees;
mod variant;

pub use initramfs::{Initramfs, initramfs};
pub use kernel::{KernelFiles, kernel};
pub use patches::{ChangedLines, changed_lines};
pub use recipe::Recipe;
pub use variant::{ALL, Flavour, Machine, Variant};
