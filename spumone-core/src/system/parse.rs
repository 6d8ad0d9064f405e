//! Reading a system table.

use super::check;
use super::guest::{Guest, Irq};
use super::record::{
    HEADER_BYTES, HEADER_COVERED, MAGIC, MAX_CORES, MAX_GUESTS, MAX_IRQS, RawGuest, RawHeader, RawIrq, VERSION,
};
use crate::format::{Blame, Board, Fault, FormatError, Structure, table_crc};
use core::mem::offset_of;
use zerocopy::FromBytes;

pub(super) const BLAME: Blame = Blame(Structure::SystemTable);

/// A system table that is good in every respect that the hypervisor relies on: counts and numbers in range, names,
/// priorities and interrupt sources unique, memories disjoint, levels inside their guest's partition.
#[derive(Clone, Copy)]
pub struct System<'a> {
    bytes: &'a [u8],
    board: Board,
    cores: u8,
    log: u8,
    guests: &'a [RawGuest],
    irqs: &'a [RawIrq],
}

impl<'a> System<'a> {
    /// Reads the table at the start of `bytes`; what lies behind its end is ignored.
    ///
    /// # Errors
    /// The first fault.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, FormatError> {
        let truncated = |need| BLAME.error(Fault::Truncated, 0, need, bytes.len());
        let (header, rest) = RawHeader::ref_from_prefix(bytes).map_err(|_| truncated(HEADER_BYTES))?;
        BLAME.magic(0, MAGIC, header.magic)?;
        if header.version.get() != VERSION {
            let at = offset_of!(RawHeader, version);
            return Err(BLAME.error(Fault::Version, at, VERSION as usize, header.version.get() as usize));
        }
        let limit = |value: u32, name, at, low: u32, high: usize| {
            let limit = if value < low { low } else { high as u32 };
            BLAME.check(value >= low && value <= high as u32, name, at, limit, value).map(|()| value as usize)
        };
        let guest_count = limit(header.guests.get(), "guest count", offset_of!(RawHeader, guests), 1, MAX_GUESTS)?;
        let irq_count = limit(header.irqs.get(), "interrupt count", offset_of!(RawHeader, irqs), 0, MAX_IRQS)?;
        let need = super::encoded_bytes(guest_count, irq_count);
        let total = header.total.get();
        BLAME.check(total as usize == need, "total length", offset_of!(RawHeader, total), need as u32, total)?;
        let bytes = bytes.get(..need).ok_or(truncated(need))?;
        let short = truncated(need);
        let (guests, rest) = <[RawGuest]>::ref_from_prefix_with_elems(rest, guest_count).map_err(|_| short)?;
        let (irqs, _) = <[RawIrq]>::ref_from_prefix_with_elems(rest, irq_count).map_err(|_| short)?;
        check_crc(bytes, header.crc.get())?;
        // From here on the table is what the packer wrote.
        let number = header.board.get();
        let board = Board::from_number(number);
        let board = board.ok_or(BLAME.bad("board", offset_of!(RawHeader, board), Board::R2d as u32, number))?;
        let cores = limit(header.cores.get(), "core count", offset_of!(RawHeader, cores), 1, MAX_CORES)? as u8;
        let log = limit(header.log.get(), "log port", offset_of!(RawHeader, log), 0, check::LAST_PORT.into())? as u8;
        check::guests(guests, cores)?;
        check::irqs(irqs, guests)?;
        Ok(Self { bytes, board, cores, log, guests, irqs })
    }

    /// The machine.
    pub fn board(&self) -> Board {
        self.board
    }

    /// Number of cores, 1..=4.
    pub fn cores(&self) -> u8 {
        self.cores
    }

    /// Serial port of SPUMONE's own log.
    pub fn log(&self) -> u8 {
        self.log
    }

    /// The guests, by number.
    pub fn guests(&self) -> impl Iterator<Item = Guest> + use<'a> {
        // `parse` decoded every record before, so nothing is left out here.
        self.guests.iter().zip(0u8..).filter_map(|(raw, id)| Guest::from_raw(id, raw))
    }

    /// Number of guests, 1..=8.
    pub fn guest_count(&self) -> u8 {
        self.guests.len() as u8
    }

    /// The guest with number `id`.
    pub fn guest(&self, id: u8) -> Option<Guest> {
        self.guests.get(usize::from(id)).and_then(|raw| Guest::from_raw(id, raw))
    }

    /// The interrupt sources that guests own.
    pub fn irqs(&self) -> impl ExactSizeIterator<Item = Irq> + use<'a> {
        self.irqs.iter().map(Irq::from_raw)
    }

    /// The table itself, without anything behind its end.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

/// Compares the checksum over the whole table, leaving out its own four bytes.
fn check_crc(table: &[u8], stored: u32) -> Result<(), FormatError> {
    let found = table_crc(table, HEADER_COVERED, table.get(HEADER_BYTES..).unwrap_or(&[]));
    if found == stored {
        return Ok(());
    }
    Err(BLAME.error(Fault::Checksum, HEADER_COVERED, stored as usize, found as usize))
}
