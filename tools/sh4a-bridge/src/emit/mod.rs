//! From a linked and optimised LLVM module to one C translation unit.

mod aggregates;
mod arith;
mod asm;
mod asm_operands;
mod atomics;
mod calls;
mod checked;
mod consts;
mod floats;
mod function;
mod globals;
mod image;
mod intrinsics;
mod memory;
mod names;
mod order;
mod types;
mod unit;
mod vectors;

pub use asm::symbols_in;
pub use unit::{Options, translate};
