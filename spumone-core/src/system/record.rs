//! The system table's records as they lie in memory.

use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// First bytes of the table.
pub const MAGIC: [u8; 8] = *b"SPUMSYS1";
/// Version of the format.
pub const VERSION: u32 = 1;
/// The greatest number of guests in a system.
pub const MAX_GUESTS: usize = 8;
/// The greatest number of cores, and of vCPUs a guest.
pub const MAX_CORES: usize = 4;
/// The greatest number of owned interrupt sources: INTEVT codes are 12 bits in steps of 0x20.
pub const MAX_IRQS: usize = 128;
/// In a byte field: none.
pub(super) const NONE: u8 = 0xff;

/// The header, 40 bytes; then the guests, then the interrupts.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub(super) struct RawHeader {
    pub(super) magic: [u8; 8],
    pub(super) version: U32,
    /// Bytes of the whole table.
    pub(super) total: U32,
    pub(super) board: U32,
    pub(super) cores: U32,
    pub(super) guests: U32,
    pub(super) irqs: U32,
    /// Serial port of SPUMONE's own log.
    pub(super) log: U32,
    /// CRC-32 of the 36 bytes above and of all records.
    pub(super) crc: U32,
}

/// A guest, 48 bytes; its id is its place in the table.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub(super) struct RawGuest {
    pub(super) name: [u8; 16],
    pub(super) entry: U32,
    pub(super) stack_top: U32,
    pub(super) memory_start: U32,
    pub(super) memory_length: U32,
    pub(super) priority: u8,
    pub(super) vcpus: u8,
    pub(super) level_low: u8,
    pub(super) level_high: u8,
    pub(super) irq_off: u8,
    pub(super) flags: u8,
    pub(super) console: u8,
    /// 1 + number of the guest that it watches; 0: none.
    pub(super) watches: u8,
    pub(super) placement: [u8; 4],
    /// Fewest and most cores; both 0 where nobody governs.
    pub(super) cores_low: u8,
    pub(super) cores_high: u8,
    pub(super) reserved: [u8; 2],
}

/// An owned interrupt source, 4 bytes.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub(super) struct RawIrq {
    pub(super) intevt: U16,
    pub(super) guest: u8,
    pub(super) level: u8,
}

pub(super) const HEADER_BYTES: usize = size_of::<RawHeader>();
pub(super) const GUEST_BYTES: usize = size_of::<RawGuest>();
pub(super) const IRQ_BYTES: usize = size_of::<RawIrq>();
pub(super) const HEADER_COVERED: usize = core::mem::offset_of!(RawHeader, crc);

/// The greatest size of a table, in bytes: what the hypervisor's memory must have room for.
pub const MAX_BYTES: usize = HEADER_BYTES + MAX_GUESTS * GUEST_BYTES + MAX_IRQS * IRQ_BYTES;

static_assertions::const_assert_eq!(HEADER_BYTES, 40);
static_assertions::const_assert_eq!(GUEST_BYTES, 48);
static_assertions::const_assert_eq!(IRQ_BYTES, 4);
static_assertions::const_assert_eq!(MAX_BYTES, 936);
