//! Walks over the kernel's containers. All are bounded: by a number of elements, by a search for circles, and by the budget.

mod list;
mod radix;
mod tree;

pub use list::{HashList, List};
pub use radix::Radix;
pub use tree::Tree;

/// Elements that a walk takes if nothing else is asked for.
///
/// ```
/// use monitor_api::{AccessError, MAX_ELEMENTS, VirtAddr};
///
/// # kernel_profile::Sample::linux().look(|view| {
/// # let head = VirtAddr::new(0x8c00_1018);
/// // As many as Linux numbers its processes by default; a walk that shall go further says so.
/// let longer = view.list(head, "task_struct", "tasks")?.limit(2 * MAX_ELEMENTS);
/// assert_eq!(longer.count(), 2);
/// # Ok(()) });
/// ```
pub const MAX_ELEMENTS: u32 = 32_768;
