//! The one place where a board is chosen. Every board file has the same items.

#[cfg(feature = "rp1")]
mod rp1;
#[cfg(feature = "rp1")]
pub use rp1::*;

#[cfg(feature = "r2d")]
mod r2d;
#[cfg(feature = "r2d")]
pub use r2d::*;

#[cfg(all(feature = "rp1", feature = "r2d"))]
compile_error!("choose one board: feature `rp1` or `r2d`");
