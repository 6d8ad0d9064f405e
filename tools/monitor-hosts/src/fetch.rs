//! Fetches a dump that monitors on SPUMONE announced: the headers of a core file, and the memory that they are about.

use std::io::{Seek, Write};

use anyhow::{Context, Result, bail, ensure};
use object::Endianness;
use object::elf::{self, FileHeader32};
use object::read::elf::{FileHeader, ProgramHeader};
use sh4a_emu::machine::Machine;
use spumone_core::dump::{Announced, BLOCK_BYTES, ORDER_OFFSET, Order, STAGE_OFFSET, Stage};

use crate::dump::write_sparse;
use crate::gdb::GdbStub;
use crate::gdb::stub::BLOCK;

/// External addresses have 29 bits.
const EXTERNAL: u64 = 1 << 29;
/// Bytes between two words about how far it is; a multiple of the page.
const PIECE: u64 = 64 << 10;

/// A board whose memory somebody outside reads and writes.
pub trait Board {
    /// Memory from a bus address on.
    ///
    /// # Errors
    /// When there is none, or nobody answers.
    fn read(&mut self, address: u32, length: usize) -> Result<Vec<u8>>;

    /// Writes a word.
    ///
    /// # Errors
    /// As for [`Board::read`].
    fn write_word(&mut self, address: u32, word: u32) -> Result<()>;
}

impl Board for GdbStub {
    fn read(&mut self, address: u32, length: usize) -> Result<Vec<u8>> {
        let (mut bytes, mut at) = (Vec::with_capacity(length), address);
        while bytes.len() < length {
            let piece = BLOCK.min((length - bytes.len()) as u64);
            bytes.extend(self.read_now(at, piece)?);
            at = at.wrapping_add(piece as u32);
        }
        Ok(bytes)
    }

    fn write_word(&mut self, address: u32, word: u32) -> Result<()> {
        self.write(address, &word.to_le_bytes())
    }
}

impl Board for Machine {
    fn read(&mut self, address: u32, length: usize) -> Result<Vec<u8>> {
        let bytes = self.read_memory(0, address, length);
        bytes.with_context(|| format!("no memory of {length} bytes at {address:#010x}"))
    }

    fn write_word(&mut self, address: u32, word: u32) -> Result<()> {
        let written = self.write_memory(0, address, &word.to_le_bytes());
        written.with_context(|| format!("no memory at {address:#010x}"))
    }
}

/// What was fetched.
#[derive(Clone, Copy, Debug)]
pub struct Fetched {
    /// Number of the dump, from 1.
    pub number: u32,
    /// Bytes of memory.
    pub bytes: u64,
}

/// Fetches the dump whose block is at bus address `at` into `out`, an empty file, tells `progress` bytes and all bytes, and says that it
/// was fetched: the guest goes on then.
///
/// # Errors
/// When there is no dump or it is not ready, its headers make no sense, or the board or the file fails. The guest stands still then as before.
pub fn fetch(
    board: &mut dyn Board,
    at: u32,
    out: &mut (impl Write + Seek),
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Fetched> {
    let block = board.read(at, BLOCK_BYTES)?;
    let announced = Announced::read(&block)
        .with_context(|| format!("at {at:#010x}: take the address from the line `dump N is ready` of SPUMONE's log"))?;
    match announced.stage {
        Stage::Ready => {}
        Stage::None => bail!("at {at:#010x}: no dump was made yet, or nobody fetched it in time"),
        Stage::Taken => bail!("dump {} was fetched before, and its guest has gone on", announced.number),
    }
    let plan = plan(announced.headers).with_context(|| format!("the headers of dump {}", announced.number))?;
    out.write_all(announced.headers)?;
    let all = plan.iter().map(|segment| segment.length).sum();
    let mut done = 0;
    for segment in &plan {
        let mut from = 0;
        while from < segment.length {
            let piece = PIECE.min(segment.length - from);
            // Within 29 bits, as `plan` saw to.
            let memory = board.read((segment.address + from) as u32, piece as usize)?;
            write_sparse(out, segment.offset + from, &memory)?;
            from += piece;
            done += piece;
            progress(done, all);
        }
    }
    out.flush()?;
    board.write_word(at + STAGE_OFFSET as u32, Stage::Taken as u32)?;
    Ok(Fetched { number: announced.number, bytes: all })
}

/// Orders what becomes of a guest that stands still; monitors look a few times a second. The block is at bus address `at`.
///
/// # Errors
/// When there is no block, or the board fails.
pub fn order(board: &mut dyn Board, at: u32, order: Order) -> Result<()> {
    let block = board.read(at, BLOCK_BYTES)?;
    Announced::read(&block).with_context(|| {
        format!("at {at:#010x}: take the address from the line `the guest stands still` of SPUMONE's log")
    })?;
    board.write_word(at + ORDER_OFFSET as u32, order as u32)
}

/// Memory that goes into the file.
struct Segment {
    address: u64,
    length: u64,
    offset: u64,
}

fn plan(headers: &[u8]) -> Result<Vec<Segment>> {
    let header = FileHeader32::<Endianness>::parse(headers)?;
    let endian = header.endian()?;
    let mut plan = Vec::new();
    for segment in header.program_headers(endian, headers)?.iter().filter(|s| s.p_type(endian) == elf::PT_LOAD) {
        let (address, length) = (u64::from(segment.p_paddr(endian)), u64::from(segment.p_filesz(endian)));
        let offset = u64::from(segment.p_offset(endian));
        ensure!(address + length <= EXTERNAL, "{length:#x} bytes at {address:#010x} are not on the bus");
        ensure!(offset >= headers.len() as u64, "memory would overwrite the headers at {offset:#x}");
        plan.push(Segment { address, length, offset });
    }
    ensure!(!plan.is_empty(), "there is no memory in it");
    Ok(plan)
}
