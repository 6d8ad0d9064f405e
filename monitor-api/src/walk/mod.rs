//! Walks over the kernel's containers. All are bounded: by a number of elements, by a search for circles, and by the budget.

mod list;
mod radix;
mod tree;

pub use list::{HashList, List};
pub use radix::Radix;
pub use tree::Tree;

/// Elements that a walk takes if nothing else is asked for.
pub const MAX_ELEMENTS: u32 = 32_768;
