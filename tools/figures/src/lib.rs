//! What a measurement leaves behind: distributions, figures with their aims, SVG pictures.

mod distribution;
mod histogram;
mod report;

pub use distribution::Distribution;
pub use histogram::{DrawError, Series, draw};
pub use report::{Aim, Figure, Report};
