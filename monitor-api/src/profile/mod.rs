//! A kernel's profile: what its debug information says of symbols and types, in a form that is read where it lies.

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
