//! How the instances of the cores work together: virtual inter-processor interrupts, vCPUs that move, requests to the core that
//! has a vCPU, the end of a guest that is on several cores.
//!
//! Each core runs an instance of its own. They share words in on-chip memory and two inter-core interrupts, *mail* (a
//! message waits) and *bell* (a virtual interrupt waits), and nothing else: no lock, no waiting. [`Node`] is one core's part,
//! [`Op`] an operation in progress; [`Node::run`] carries it through, and the model in `tests/cluster` does the same
//! step by step, with the steps of all cores in every order. `docs/hypervisor.md`, section *Cores*, says why nothing is lost.
//!
//! # Who writes what
//!
//! | word | written by | meaning |
//! | --- | --- | --- |
//! | location of a vCPU | the core that has it | the core that has it, or to which it is on its way |
//! | pending of a vCPU | any core sets bits, the core that has it takes them all | messages that wait for it |
//! | claim of a vCPU | the core that has a request sets it, the one that carries it out clears it | a request is under way |
//! | stopped of a vCPU | the core that has it | it may be started |
//! | standing of a vCPU | the core that has it | its guest was ordered to stand, and it does |
//! | done of a core | the core | the number of the director's last order that it has carried out |
//! | wishes | any core changes bits | guests that shall stand or begin anew, and whether the director has been told |
//! | ring from A to B | A adds, B removes | messages |
//!
//! # Room in the rings
//!
//! Nothing that must arrive finds a full ring. A vCPU is on its way at most once and has at most one request under way (its
//! claim); a core says at most once that a guest has ended. One order is under way at a time, and one message to the director
//! (the bit in the word of wishes). So a ring holds at most 8 arrivals, 8 requests, 8 ends, an order and a call to attend, and
//! [`Message::must_fit`] says of which kind a message is; others leave [`RESERVED`] entries free, or are refused.

mod bell;
mod control;
mod departure;
mod direct;
mod end;
mod errand;
mod local;
mod mail;
mod message;
mod node;
mod op;
mod rules;
mod send;
mod set;
mod shared;

pub use direct::Wish;
pub use local::Local;
pub use message::{Ending, Message, Notice, Order, Request};
pub use node::{Node, Step};
pub use op::Op;
pub use rules::{Rules, Sound};
pub use set::Set;
pub use shared::{ATTENTION, CoreId, Shared};

use crate::vcpu::MAX_VCPUS;

/// What an operation comes to: bits of [`Op::take`], 0 of every other, or why it was refused.
pub type Reply = Result<u8, crate::error::Refusal>;

/// Entries of a ring that only messages that must fit may use.
pub const RESERVED: usize = 2 * MAX_VCPUS + crate::system::MAX_GUESTS + 2;
/// Entries of a ring.
pub const RING_ENTRIES: usize = 32;
static_assertions::const_assert!(RESERVED < RING_ENTRIES);
