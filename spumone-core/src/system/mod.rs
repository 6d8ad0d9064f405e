//! The system table: what the packer tells the hypervisor about board, guests and interrupt ownership
//! (docs/image-format.md). Flat, versioned, checksummed; the hypervisor parses no text.
//!
//! [`System::parse`] checks everything that the hypervisor relies on, so its users need no checks of their own.

mod check;
mod encode;
mod guest;
mod parse;
mod record;

pub use encode::{encode, encoded_bytes};
pub use guest::{Guest, GuestFlags, Irq, Region};
pub use parse::System;
pub use record::{MAGIC, MAX_BYTES, MAX_CORES, MAX_GUESTS, MAX_IRQS, VERSION};
