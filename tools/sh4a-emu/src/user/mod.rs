//! Runs a static Linux/SH program on the CPU alone, as `qemu-sh4` does: user mode, flat memory, a few system calls.
//!
//! For conformance programs and differential tests. The MMU is off, so user space is the 29-bit physical space below area 7:
//! everything lies below [`TOP`]. There are no signals and no threads; time is the number of retired instructions.

mod load;
mod run;
mod space;
mod syscall;

#[cfg(test)]
mod tests;

pub use load::ProgramError;
pub use run::{Config, Outcome, Stopped, run};
pub use space::TOP;
