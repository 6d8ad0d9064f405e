//! A kernel's profile: what its debug information says of symbols and types, in a form that is read where it lies.
//!
//! ```
//! use monitor_api::profile::Profile;
//!
//! # let bytes = kernel_profile::Sample::linux().profile();
//! let profile = Profile::open(&bytes)?;
//! let task = profile.ty("task_struct").unwrap();
//! assert_eq!(task.path("se.vruntime").unwrap().offset, 60); // `se` at 44, `vruntime` at 16 in it
//! # Ok::<(), monitor_api::profile::ProfileError>(())
//! ```

mod error;
pub mod format;
mod raw;
mod reader;
mod records;
mod types;

pub use error::ProfileError;
pub use reader::Profile;
pub use records::{Contents, KnownList, Paging, Region, Symbol, Variable};
pub use types::{Kind, Member, Type};
