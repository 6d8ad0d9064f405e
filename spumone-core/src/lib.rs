//! The portable part of the SPUMONE hypervisor: no_std, no alloc, no unsafe, tested on the host.
#![no_std]

pub mod format;
pub mod image;
pub mod system;
