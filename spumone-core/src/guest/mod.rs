//! A guest at run time: what the system table says about it, and how far it has come.

use crate::error::GuestFault;
use crate::system;
use crate::vcpu::VcpuId;

/// How far a guest has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It runs, or could.
    Alive,
    /// It ended itself with this status.
    Ended(u32),
    /// It was stopped for this reason.
    Parked(GuestFault),
}

/// A guest with a vCPU on this core.
#[derive(Clone, Copy)]
pub struct Guest {
    /// Its record in the system table.
    pub config: system::Guest,
    /// Its vCPU.
    pub vcpu: VcpuId,
    /// How far it has come.
    pub life: Life,
    /// True once it has told its vectors.
    pub has_vectors: bool,
}

impl Guest {
    /// A guest that has not run yet.
    pub fn new(config: system::Guest, vcpu: VcpuId) -> Self {
        Self { config, vcpu, life: Life::Alive, has_vectors: false }
    }
}
