//! Hardware blocks, one file each.

#[cfg(feature = "rp1")]
pub mod core_control;
#[cfg(feature = "r2d")]
pub mod intc_sh7751;
#[cfg(feature = "rp1")]
pub mod intc_shx3;
pub mod mmio;
pub mod mmu;
#[cfg(feature = "r2d")]
pub mod sci;
pub mod scif;
#[cfg(feature = "rp1")]
pub mod tmu;
