//! The portable part of the SPUMONE hypervisor: no_std, no alloc, no unsafe, tested on the host.
//!
//! Four principles hold it together.
//!
//! 1. *No globals, no locks.* [`hypervisor::Hypervisor`] owns all state of one core; the machine enters it with `&mut`.
//! 2. *Decide ahead.* What an interrupt does is chosen when ownership, vectors or lives change ([`irq::Action`]), so that
//!    the interrupt path is an indexed jump in assembly and never asks.
//! 3. *A guest's mistake is charged to the guest.* A bad argument costs it an error code, a fault parks it
//!    ([`error::GuestFault`]); only SPUMONE's own mistakes are panics.
//! 4. *The machine is a parameter.* Everything that touches hardware is behind [`arch::Arch`].
#![no_std]
#![warn(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod addr;
pub mod arch;
pub mod cluster;
pub mod console;
pub mod dump;
pub mod epitaph;
pub mod error;
pub mod findings;
pub mod format;
pub mod governor;
pub mod guest;
pub mod hypercall;
pub mod hypervisor;
pub mod image;
pub mod irq;
pub mod monitors;
pub mod sched;
pub mod system;
pub mod trace;
pub mod vcpu;
