//! One entry of the UTLB or ITLB.

/// PTEL bits that an entry keeps.
pub(super) mod ptel {
    pub(crate) const WT: u32 = 1 << 0;
    pub(crate) const SH: u32 = 1 << 1;
    pub(crate) const D: u32 = 1 << 2;
    pub(crate) const V: u32 = 1 << 8;
    pub(crate) const PPN: u32 = 0x1fff_fc00;
    /// PPN, UB, V, SZ1, PR, SZ0, C, D, SH, WT.
    pub(crate) const MASK: u32 = PPN | 0x3f8 | 0x7 | WT;
}

/// A translation: the fields of PTEH, PTEL and PTEA as `ldtlb` takes them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// VPN, bits 31:10.
    pub(super) vpn: u32,
    pub(super) asid: u8,
    pub(super) ptel: u32,
    pub(super) ptea: u32,
    /// Bits of an address that select the page, from the size field of the mode.
    pub(super) mask: u32,
}

impl Entry {
    pub(super) fn new(pteh: u32, ptel: u32, ptea: u32, extended: bool) -> Self {
        let mut entry =
            Self { vpn: pteh & 0xffff_fc00, asid: pteh as u8, ptel: ptel & ptel::MASK, ptea: ptea & 0x3fff, mask: 0 };
        entry.set_mode(extended);
        entry
    }

    /// Works out the page size: PTEL.SZ in classic mode, PTEA.ESZ in extended mode.
    pub(super) fn set_mode(&mut self, extended: bool) {
        let shift = if extended {
            match self.ptea >> 4 & 15 {
                0b0000 => 10,
                0b0001 => 12,
                0b0010 => 13,
                0b0100 => 16,
                0b0101 => 18,
                0b0111 => 20,
                0b1000 => 22,
                0b1100 => 26,
                _ => 12, // reserved codes
            }
        } else {
            match (self.ptel >> 6 & 2) | (self.ptel >> 4 & 1) {
                0 => 10,
                1 => 12,
                2 => 16,
                _ => 20,
            }
        };
        self.mask = u32::MAX << shift;
    }

    #[inline(always)]
    pub(crate) fn valid(&self) -> bool {
        self.ptel & ptel::V != 0
    }

    pub(super) fn invalidate(&mut self) {
        self.ptel &= !ptel::V;
    }

    /// First address of the page.
    pub(crate) fn first(&self) -> u32 {
        self.vpn & self.mask
    }

    /// Length of the page in bytes.
    pub(crate) fn len(&self) -> u32 {
        (!self.mask).wrapping_add(1)
    }

    /// Does this entry translate `addr`? `asid` is `None` where ASIDs are not compared.
    #[inline(always)]
    pub(super) fn matches(&self, addr: u32, asid: Option<u8>) -> bool {
        self.valid()
            && (self.vpn ^ addr) & self.mask == 0
            && (self.ptel & ptel::SH != 0 || asid.is_none_or(|asid| asid == self.asid))
    }

    pub(super) fn physical(&self, addr: u32) -> u32 {
        (self.ptel & ptel::PPN & self.mask) | (addr & !self.mask)
    }
}
