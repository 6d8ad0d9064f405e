//! The stable run-time API between monitors and any D-Visor.
//!
//! A monitor looks at a guest's kernel from outside and answers with a [`Verdict`]; who hosts it (a hypervisor, an emulator, a
//! memory dump) it does not know. Nothing here names a host, needs an allocator or another crate.
#![no_std]

mod address;
mod error;
mod verdict;
mod version;

pub use address::{PhysAddr, VirtAddr};
pub use error::AccessError;
pub use verdict::Verdict;
pub use version::{API_VERSION, Version};
