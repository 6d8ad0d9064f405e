//! A kernel's profile: what its debug information says of symbols and types, in a form that is read where it lies.

mod error;
pub mod format;
mod raw;
mod reader;
mod types;

pub use error::ProfileError;
pub use reader::{Contents, KnownList, Paging, Profile, Region, Symbol, Variable};
pub use types::{Kind, Member, Type};
