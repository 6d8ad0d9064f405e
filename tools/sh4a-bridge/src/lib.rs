//! The compiler bridge: a linker that turns rustc's LLVM bitcode into GNU C and that into SH-4A code.

pub mod args;
pub mod cc;
pub mod codegen;
pub mod conformance;
pub mod coretests;
pub mod emit;
pub mod inputs;
pub mod keep;
pub mod levels;
pub mod link;
pub mod llvm;
mod programs;

pub use link::link;
