//! What a measurement leaves behind: figures with their aims, SVG pictures.

mod histogram;
mod report;

pub use histogram::{DrawError, Series, draw, summary};
pub use report::{Aim, Figure, Report};
