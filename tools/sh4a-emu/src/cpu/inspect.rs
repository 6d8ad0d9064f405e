//! What a debugger may ask without the guest noticing.

use super::mmu::Access;
use super::{Cpu, sr};

impl Cpu {
    /// The bus address that `addr` (virtual) leads to now, in privileged mode; `None` where an access would raise an exception.
    /// Nothing changes, not even MMUCR.URC.
    pub fn inspect_address(&self, addr: u32) -> Option<u32> {
        let mut copy = self.clone();
        copy.set_sr(copy.sr() | sr::MD);
        copy.physical(addr, Access::Read).ok().map(|(physical, _)| physical)
    }
}
