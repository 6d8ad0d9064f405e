//! Writing a system table.

use super::guest::{Guest, Irq};
use super::parse::{BLAME, System};
use super::record::{GUEST_BYTES, HEADER_BYTES, HEADER_COVERED, IRQ_BYTES, MAGIC, RawHeader, VERSION};
use crate::format::{Board, Fault, FormatError, table_crc};
use zerocopy::IntoBytes;

/// Bytes of a table with so many guests and interrupt sources.
pub const fn encoded_bytes(guests: usize, irqs: usize) -> usize {
    HEADER_BYTES + guests * GUEST_BYTES + irqs * IRQ_BYTES
}

/// Writes a table into `out` ([`super::MAX_BYTES`] always suffice) and says how many bytes it took. A guest's number is its
/// place in `guests`.
///
/// # Errors
/// `out` is too small, or what [`System::parse`] finds wrong with the result.
pub fn encode(
    out: &mut [u8],
    board: Board,
    cores: u8,
    log: u8,
    guests: &[Guest],
    irqs: &[Irq],
) -> Result<usize, FormatError> {
    let total = encoded_bytes(guests.len(), irqs.len());
    let short = BLAME.error(Fault::Truncated, 0, total, out.len());
    let table = out.get_mut(..total).ok_or(short)?;
    // Counts beyond the format's limits are refused by `System::parse` below.
    let mut header = RawHeader {
        magic: MAGIC,
        version: VERSION.into(),
        total: (total as u32).into(),
        board: (board as u32).into(),
        cores: u32::from(cores).into(),
        guests: (guests.len() as u32).into(),
        irqs: (irqs.len() as u32).into(),
        log: u32::from(log).into(),
        crc: 0.into(),
    };
    let (head, records) = table.split_at_mut_checked(HEADER_BYTES).ok_or(short)?;
    let (guest_records, irq_records) = records.split_at_mut_checked(guests.len() * GUEST_BYTES).ok_or(short)?;
    for (guest, place) in guests.iter().zip(guest_records.chunks_exact_mut(GUEST_BYTES)) {
        place.copy_from_slice(guest.to_raw().as_bytes());
    }
    for (irq, place) in irqs.iter().zip(irq_records.chunks_exact_mut(IRQ_BYTES)) {
        place.copy_from_slice(irq.to_raw().as_bytes());
    }
    header.crc = table_crc(header.as_bytes(), HEADER_COVERED, records).into();
    head.copy_from_slice(header.as_bytes());
    System::parse(table)?;
    Ok(total)
}
