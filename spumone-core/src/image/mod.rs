//! The bootable image: a boot stage, a header, a part table and the parts' content (docs/image-format.md).
//!
//! [`Image::parse`] checks header and part table, [`Image::verify`] checks the content of every part; use nothing of an
//! image before both said yes. [`encode`] writes header and part table, and refuses what [`Image::parse`] would refuse.

mod encode;
mod parse;
mod part;
mod record;
mod reload;

pub use encode::encode;
pub use parse::Image;
pub use part::{Part, PartKind};
pub use record::{HEADER_OFFSET, MAGIC, MAX_PARTS, VERSION, table_bytes};
pub use reload::{Piece, Reload};
