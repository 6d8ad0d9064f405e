//! The stable run-time API between monitors and any D-Visor.
//!
//! A monitor ([`Monitor`]) looks at a guest's kernel from outside ([`View`], [`Object`]), by the names that the kernel's own debug
//! information gives ([`profile`]), and raises an [`Alarm`] with a [`Verdict`]; who hosts it (a hypervisor, an emulator, a memory
//! dump) it does not know. Nothing here names a host, needs an allocator or another crate.
//!
//! A host implements [`Host`], checks the profile against the guest ([`Guest::attach`]) and drives each monitor through a [`Session`].
//!
//! ```
//! use monitor_api::{Budget, Guest, profile::Profile};
//!
//! # let host = kernel_profile::Sample::linux();
//! # let bytes = host.profile();
//! let guest = Guest::attach(&host, Profile::open(&bytes)?)?;
//! let budget = Budget::bytes(65_536);
//! let view = guest.view(&budget);
//! let mut names = Vec::new();
//! for task in view.known_list("init_task.tasks")? {
//!     names.push(task?.name("comm")?.to_string());
//! }
//! assert_eq!(names, ["init", "sh"]); // its two processes
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]

mod address;
mod budget;
mod consistency;
mod error;
mod finding;
mod guest;
mod host;
mod linux;
mod monitor;
mod name;
mod object;
pub mod profile;
mod registers;
mod session;
mod translate;
mod verdict;
mod version;
mod view;
mod walk;

pub use address::{PhysAddr, VirtAddr};
pub use budget::Budget;
pub use consistency::Suspects;
pub use error::AccessError;
pub use finding::{Alarm, Finding};
pub use guest::{AttachError, Banner, BuildId, Guest};
pub use host::{Clock, Host, Image, Memory, Processors};
pub use linux::{Module, ModuleRanges, Modules};
pub use monitor::{Applies, Event, Monitor, Scan};
pub use name::Name;
pub use object::Object;
pub use registers::Registers;
pub use session::{Limits, Outcome, Session, SessionError};
pub use translate::{AddressSpace, Translation};
pub use verdict::Verdict;
pub use version::{API_VERSION, Version};
pub use view::View;
pub use walk::{HashList, List, MAX_ELEMENTS, Radix, Tree};
