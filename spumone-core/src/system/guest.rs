//! What a system table says about a guest and an interrupt source.

use super::record::{MAX_CORES, NONE, RawGuest, RawIrq};
use crate::format::Name;
use crate::governor::Bounds;

bitflags::bitflags! {
    /// Properties of a guest.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct GuestFlags: u8 {
        /// Uses the FPU: its registers belong to the guest's context.
        const FPU = 1;
        /// Uses address translation (TLB, PTEH and its neighbours belong to its context).
        const MMU = 2;
        /// The system ends when all essential guests have ended.
        const ESSENTIAL = 4;
    }
}

/// A range of bus addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// First address.
    pub start: u32,
    /// Length in bytes; `start + length` fits in 32 bits.
    pub length: u32,
}

impl Region {
    /// True if the 29-bit bus address behind `address` (P0 to P3) lies in the region.
    pub fn holds(&self, address: u32) -> bool {
        self.holds_up_to(address, self.length.saturating_sub(1))
    }

    /// True if the bus address behind `address` lies in the region or is the first one behind it (a stack's top).
    pub fn holds_or_ends_at(&self, address: u32) -> bool {
        self.holds_up_to(address, self.length)
    }

    fn holds_up_to(&self, address: u32, last: u32) -> bool {
        let offset = (address & 0x1fff_ffff).checked_sub(self.start);
        self.length > 0 && address < 0xe000_0000 && offset.is_some_and(|offset| offset <= last)
    }

    /// True if the two have an address in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        let end = |r: &Self| u64::from(r.start) + u64::from(r.length);
        u64::from(self.start) < end(other) && u64::from(other.start) < end(self)
    }
}

/// A guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Its number: its place in the table.
    pub id: u8,
    /// Its name, unique in the system.
    pub name: Name,
    /// Its own memory.
    pub memory: Region,
    /// Where vCPU 0 starts (P1).
    pub entry: u32,
    /// R15 at the entry; 0 if the guest sets its own.
    pub stack_top: u32,
    /// The greater, the more urgent; unique in the system.
    pub priority: u8,
    /// Number of vCPUs, 1..=4.
    pub vcpus: u8,
    /// Core of each vCPU.
    pub placement: [Option<u8>; MAX_CORES],
    /// How many cores its vCPUs use, if that follows their load.
    pub governor: Option<Bounds>,
    /// Lowest interrupt level of its partition, 1..=15.
    pub level_low: u8,
    /// Highest interrupt level of its partition.
    pub level_high: u8,
    /// SR.IMASK that the guest sets to have interrupts off, 7 or 15.
    pub irq_off: u8,
    /// Properties.
    pub flags: GuestFlags,
    /// Serial port of its console (SCIF number on rp1; 0 SCI, 1 SCIF on r2d). If it is the port of SPUMONE's log, SPUMONE
    /// prints each line with the guest's name.
    pub console: Option<u8>,
    /// Number of the guest that it watches and may pause and start afresh.
    pub watches: Option<u8>,
}

/// An interrupt source that a guest owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Irq {
    /// The code that INTEVT shows.
    pub intevt: u16,
    /// Number of the guest.
    pub guest: u8,
    /// Level in the guest's partition.
    pub level: u8,
}

fn some(byte: u8) -> Option<u8> {
    (byte != NONE).then_some(byte)
}

impl Guest {
    /// The record's content; `None` if name or flags are not legal.
    pub(super) fn from_raw(id: u8, raw: &RawGuest) -> Option<Self> {
        Some(Self {
            id,
            name: Name::from_bytes(raw.name)?,
            memory: Region { start: raw.memory_start.get(), length: raw.memory_length.get() },
            entry: raw.entry.get(),
            stack_top: raw.stack_top.get(),
            priority: raw.priority,
            vcpus: raw.vcpus,
            placement: raw.placement.map(some),
            governor: (raw.cores_high != 0).then_some(Bounds { low: raw.cores_low, high: raw.cores_high }),
            level_low: raw.level_low,
            level_high: raw.level_high,
            irq_off: raw.irq_off,
            flags: GuestFlags::from_bits(raw.flags)?,
            console: some(raw.console),
            watches: raw.watches.checked_sub(1),
        })
    }

    pub(super) fn to_raw(self) -> RawGuest {
        RawGuest {
            name: self.name.to_bytes(),
            entry: self.entry.into(),
            stack_top: self.stack_top.into(),
            memory_start: self.memory.start.into(),
            memory_length: self.memory.length.into(),
            priority: self.priority,
            vcpus: self.vcpus,
            level_low: self.level_low,
            level_high: self.level_high,
            irq_off: self.irq_off,
            flags: self.flags.bits(),
            console: self.console.unwrap_or(NONE),
            watches: self.watches.map_or(0, |guest| guest.saturating_add(1)),
            placement: self.placement.map(|core| core.unwrap_or(NONE)),
            cores_low: self.governor.map_or(0, |bounds| bounds.low),
            cores_high: self.governor.map_or(0, |bounds| bounds.high),
            reserved: [0; 2],
        }
    }
}

impl Irq {
    pub(super) fn from_raw(raw: &RawIrq) -> Self {
        Self { intevt: raw.intevt.get(), guest: raw.guest, level: raw.level }
    }

    pub(super) fn to_raw(self) -> RawIrq {
        RawIrq { intevt: self.intevt.into(), guest: self.guest, level: self.level }
    }
}
