//! gdb remote stub: cores are threads 1..=4, memory is seen through the MMU.

mod arch;
mod serve;
mod target;

pub use arch::{Sh4, Sh4Registers};
pub use serve::{GdbError, serve, serve_stream};
