//! rustc's own libLLVM through the C API: modules, types, values, passes.

mod ffi;
mod locate;
mod module;
mod opcode;
mod types;
mod value;

pub use ffi::{Block, Type, Value};
pub use locate::find;
pub use module::{Linkage, Unit, load};
pub use opcode::{Op, Ordering, Rmw};
pub use types::{Layout, TypeKind};
pub use value::{Kind, Location};
