//! The FPU: SH-4A software manual, "Floating-Point Unit (FPU)".

mod compute;
mod format;
mod moves;
mod operation;
mod state;

pub(super) use state::FpuState;
