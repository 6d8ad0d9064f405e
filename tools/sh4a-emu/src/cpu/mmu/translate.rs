//! Looking an address up and checking what the page allows.

use super::entry::{Entry, ptel};
use super::{Mmu, mmucr};

/// What is done with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Data load.
    Read,
    /// Data store.
    Write,
    /// Instruction fetch.
    Fetch,
}

/// A translated address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Translated {
    /// Physical address, 29 bits.
    pub(crate) physical: u32,
    /// The page is at least 4 KiB long.
    pub(crate) cacheable: bool,
}

/// EXPEVT codes of the MMU.
mod code {
    pub(super) const MISS_READ: u32 = 0x040;
    pub(super) const MISS_WRITE: u32 = 0x060;
    pub(super) const INITIAL_WRITE: u32 = 0x080;
    pub(super) const PROTECTION_READ: u32 = 0x0a0;
    pub(super) const PROTECTION_WRITE: u32 = 0x0c0;
    pub(super) const MULTIPLE_HIT: u32 = 0x140;
}

impl Mmu {
    /// Translates `addr` (of U0, P0, P3 or the store queues).
    ///
    /// # Errors
    /// The EXPEVT code of the exception that the access causes.
    pub(crate) fn translate(&mut self, addr: u32, access: Access, privileged: bool) -> Result<Translated, u32> {
        let single = self.mmucr & mmucr::SV != 0 && privileged;
        let asid = (!single).then_some(self.pteh as u8);
        let entry = match access {
            Access::Fetch => self.find_instruction(addr, asid)?,
            Access::Read | Access::Write => {
                self.count_urc();
                let miss = if access == Access::Write { code::MISS_WRITE } else { code::MISS_READ };
                find(&self.utlb, addr, asid)?.map(|index| self.utlb[index]).ok_or(miss)?
            }
        };
        self.check(&entry, access, privileged)?;
        Ok(Translated { physical: entry.physical(addr), cacheable: entry.len() >= 4096 })
    }

    /// ITLB, refilled from the UTLB by hardware.
    fn find_instruction(&mut self, addr: u32, asid: Option<u8>) -> Result<Entry, u32> {
        if let Some(index) = find(&self.itlb, addr, asid)? {
            self.used(index);
            return Ok(self.itlb[index]);
        }
        self.count_urc();
        let found = find(&self.utlb, addr, asid)?.ok_or(code::MISS_READ)?;
        let index = self.oldest();
        self.evicted = Some(self.itlb[index]).filter(Entry::valid);
        self.itlb[index] = self.utlb[found];
        self.used(index);
        Ok(self.itlb[index])
    }

    fn check(&self, entry: &Entry, access: Access, privileged: bool) -> Result<(), u32> {
        let allowed = if self.extended() {
            let epr = entry.ptea >> 8 & 63;
            let bit = match access {
                Access::Read => 2,
                Access::Write => 1,
                Access::Fetch => 0,
            };
            epr >> (bit + if privileged { 3 } else { 0 }) & 1 != 0
        } else {
            let pr = entry.ptel >> 5 & 3;
            (privileged || pr & 2 != 0) && (access != Access::Write || pr & 1 != 0)
        };
        match access {
            Access::Write if !allowed => Err(code::PROTECTION_WRITE),
            _ if !allowed => Err(code::PROTECTION_READ),
            Access::Write if entry.ptel & ptel::D == 0 => Err(code::INITIAL_WRITE),
            _ => Ok(()),
        }
    }

    /// The ITLB entry that LRUI names for replacement (manual, "MMUCR.LRUI").
    fn oldest(&self) -> usize {
        let lrui = self.mmucr >> mmucr::LRUI;
        match lrui {
            _ if lrui & 0b111_000 == 0b111_000 => 0,
            _ if lrui & 0b100_110 == 0b000_110 => 1,
            _ if lrui & 0b010_101 == 0b000_001 => 2,
            _ => 3,
        }
    }

    /// LRUI after a use of ITLB entry `index`.
    fn used(&mut self, index: usize) {
        let (clear, set) = [(0b111_000, 0), (0b000_110, 0b100_000), (0b000_001, 0b010_100), (0, 0b001_011)][index & 3];
        let lrui = self.mmucr >> mmucr::LRUI & !clear | set;
        self.mmucr = self.mmucr & !(63 << mmucr::LRUI) | lrui << mmucr::LRUI;
    }
}

/// The one entry that matches.
///
/// # Errors
/// More than one matches: TLB multiple hit.
pub(super) fn find(entries: &[Entry], addr: u32, asid: Option<u8>) -> Result<Option<usize>, u32> {
    let mut matching =
        entries.iter().enumerate().filter(|(_, entry)| entry.matches(addr, asid)).map(|(index, _)| index);
    let first = matching.next();
    match matching.next() {
        Some(_) => Err(code::MULTIPLE_HIT),
        None => Ok(first),
    }
}
