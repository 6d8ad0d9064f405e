//! The SH-4A core: an interpreter over predecoded instructions, generic over [`crate::bus::Bus`].

mod access;
mod arithmetic;
mod branch;
mod debug;
pub(crate) mod decode;
mod exception;
mod execute;
mod fetch;
mod fpu;
mod inspect;
mod logic;
mod mmu;
mod model;
mod moves;
mod op;
mod registers;
mod run;
pub mod sr;
mod state;
mod store_queue;
mod system;
mod tlb;

#[cfg(test)]
mod tests;

pub use debug::{LAST_BRANCHES, Watchpoint};
pub use model::{Denormal, Model};
pub use run::{Crash, Exit, describe_expevt};
pub use state::Cpu;
