//! Address translation: UTLB, ITLB and their registers. SH-4A software manual, "Memory Management Unit (MMU)".

mod arrays;
mod entry;
mod translate;

pub(super) use entry::Entry;
pub(super) use translate::{Access, Translated};

/// MMUCR bits.
pub(super) mod mmucr {
    /// Address translation enable.
    pub(crate) const AT: u32 = 1 << 0;
    /// TLB invalidate; reads as 0.
    pub(crate) const TI: u32 = 1 << 2;
    /// TLB extended mode.
    pub(crate) const ME: u32 = 1 << 7;
    /// Single virtual memory mode.
    pub(crate) const SV: u32 = 1 << 8;
    /// Store queues are privileged only.
    pub(crate) const SQMD: u32 = 1 << 9;
    /// Where URC starts (6 bits).
    pub(crate) const URC: u32 = 10;
    /// Where URB starts (6 bits).
    pub(crate) const URB: u32 = 18;
    /// Where LRUI starts (6 bits).
    pub(crate) const LRUI: u32 = 26;
    /// All bits that exist.
    pub(crate) const MASK: u32 = 0xfcfc_ff85;
}

/// Entries of the UTLB.
const UTLB: usize = 64;
/// Entries of the ITLB.
const ITLB: usize = 4;

/// The state of the MMU.
#[derive(Clone)]
pub(super) struct Mmu {
    utlb: [Entry; UTLB],
    itlb: [Entry; ITLB],
    /// PMB arrays: stored and read back; translation by PMB is not modelled.
    pmb: [[u32; 2]; 16],
    mmucr: u32,
    /// The entry that the last ITLB refill replaced.
    evicted: Option<Entry>,
    pub(super) pteh: u32,
    pub(super) ptel: u32,
    pub(super) ptea: u32,
    pub(super) ttb: u32,
    pub(super) tea: u32,
}

impl Default for Mmu {
    fn default() -> Self {
        Self {
            utlb: [Entry::default(); UTLB],
            itlb: [Entry::default(); ITLB],
            pmb: [[0; 2]; 16],
            mmucr: 0,
            evicted: None,
            pteh: 0,
            ptel: 0,
            ptea: 0,
            ttb: 0,
            tea: 0,
        }
    }
}

impl Mmu {
    /// Reset: translation off. Only a power-on reset makes the arrays invalid; TEA, PTEH and so on are undefined there.
    pub(super) fn reset(&mut self, power_on: bool) {
        if power_on {
            let tea = self.tea;
            *self = Self { tea, ..Self::default() };
        }
        self.mmucr = 0;
    }

    #[inline(always)]
    pub(super) fn mmucr(&self) -> u32 {
        self.mmucr
    }

    /// Writes MMUCR; TI acts and reads as 0. Every cached translation is void afterwards.
    pub(super) fn set_mmucr(&mut self, value: u32, extended_exists: bool) {
        let me = if extended_exists { mmucr::ME } else { 0 };
        self.mmucr = value & mmucr::MASK & !mmucr::TI & (!mmucr::ME | me);
        if value & mmucr::TI != 0 {
            for entry in self.utlb.iter_mut().chain(&mut self.itlb) {
                entry.invalidate();
            }
        }
        let extended = self.extended();
        for entry in self.utlb.iter_mut().chain(&mut self.itlb) {
            entry.set_mode(extended);
        }
    }

    /// The entry that an ITLB refill replaced: what was fetched through it must be asked for again.
    pub(super) fn take_evicted(&mut self) -> Option<Entry> {
        self.evicted.take()
    }

    /// True in TLB extended mode.
    pub(super) fn extended(&self) -> bool {
        self.mmucr & mmucr::ME != 0
    }

    /// True when P0, U0 and P3 are translated.
    #[inline(always)]
    pub(super) fn enabled(&self) -> bool {
        self.mmucr & mmucr::AT != 0
    }

    /// PTEH's VPN field becomes the page of `addr`.
    pub(super) fn set_vpn(&mut self, addr: u32) {
        self.pteh = self.pteh & 0x3ff | addr & 0xffff_fc00;
    }

    /// LDTLB: UTLB entry URC becomes PTEH, PTEL, PTEA. Gives the old and the new entry.
    pub(super) fn load_tlb(&mut self) -> (Entry, Entry) {
        let new = Entry::new(self.pteh, self.ptel, self.ptea, self.extended());
        let urc = self.urc();
        let old = std::mem::replace(&mut self.utlb[urc], new);
        (old, new)
    }

    fn urc(&self) -> usize {
        (self.mmucr >> mmucr::URC & 63) as usize
    }

    /// URC counts up at each access to the UTLB and starts again at URB, if that is not 0, or after 63.
    fn count_urc(&mut self) {
        let urb = self.mmucr >> mmucr::URB & 63;
        let mut urc = ((self.mmucr >> mmucr::URC & 63) + 1) & 63;
        if urb != 0 && urc == urb {
            urc = 0;
        }
        self.mmucr = self.mmucr & !(63 << mmucr::URC) | urc << mmucr::URC;
    }
}
