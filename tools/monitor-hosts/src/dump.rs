//! Memory dumps: ELF core files, and raw memory.

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use monitor_api::{AccessError, Clock, Host, Image, Memory, PhysAddr, Processors, Registers};
use object::Endianness;
use object::elf;
use object::read::elf::{FileHeader, ProgramHeader};
use spumone_core::dump::{NOTE, NOTE_REGISTERS, NOTE_WHY, Subject, compose};

use crate::gdb::registers;
use crate::target::Target;

/// Bytes that are looked at for being zero, which a file need not hold.
const PAGE: usize = 4096;

/// A guest that does not run any more: physical memory, and the registers of its virtual CPUs if the dump has them.
#[derive(Clone, Debug)]
pub struct Dump {
    pieces: Vec<(u64, Vec<u8>)>,
    cpus: Vec<Registers>,
    why: Option<String>,
}

impl Dump {
    /// Memory from `start` on.
    pub fn raw(start: u64, bytes: Vec<u8>) -> Self {
        Self { pieces: vec![(start, bytes)], cpus: Vec::new(), why: None }
    }

    /// The same, with registers.
    pub(crate) fn with_cpus(mut self, cpus: Vec<Registers>) -> Self {
        self.cpus = cpus;
        self
    }

    /// Reads an ELF core, whose segments are taken by their physical addresses.
    ///
    /// # Errors
    /// When the file cannot be read, or is no core of SuperH.
    pub fn read_core(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let cure = "take an ELF core, or say where raw memory begins (--raw 0x0c000000)";
        Self::core(&bytes).with_context(|| format!("{} is no usable core file: {cure}", path.display()))
    }

    /// Reads raw memory that begins at `start`. It may look like anything: an ELF file in its first page says nothing.
    ///
    /// # Errors
    /// When the file cannot be read or is empty.
    pub fn read_raw(path: &Path, start: u64) -> Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        ensure!(!bytes.is_empty(), "{} is empty", path.display());
        Ok(Self::raw(start, bytes))
    }

    fn core(bytes: &[u8]) -> Result<Self> {
        let header = elf::FileHeader32::<Endianness>::parse(bytes)?;
        let endian = header.endian()?;
        ensure!(endian == Endianness::Little && header.e_machine(endian) == elf::EM_SH, "not of little-endian SuperH");
        ensure!(header.e_type(endian) == elf::ET_CORE, "not a core file; a kernel or program has no memory to look at");
        let mut dump = Self { pieces: Vec::new(), cpus: Vec::new(), why: None };
        for segment in header.program_headers(endian, bytes)? {
            match segment.p_type(endian) {
                elf::PT_LOAD => {
                    let Ok(data) = segment.data(endian, bytes) else { bail!("a segment leaves the file") };
                    dump.pieces.push((segment.p_paddr(endian).into(), data.to_vec()));
                }
                elf::PT_NOTE => {
                    let mut notes = segment.notes(endian, bytes)?.context("notes that are none")?;
                    while let Some(note) = notes.next()? {
                        dump.note(note.name(), note.n_type(endian).0, note.desc())?;
                    }
                }
                _ => {}
            }
        }
        ensure!(!dump.pieces.is_empty(), "it has no memory in it");
        Ok(dump)
    }

    fn note(&mut self, name: &[u8], kind: u32, content: &[u8]) -> Result<()> {
        match kind {
            _ if name != NOTE.strip_suffix(&[0]).unwrap_or(NOTE) => {}
            NOTE_REGISTERS => self.cpus.push(registers::from_bytes(content).context("a note of the wrong length")?),
            NOTE_WHY => self.why = Some(String::from_utf8_lossy(content).into_owned()),
            _ => {}
        }
        Ok(())
    }

    /// Why it was made, where it says so.
    pub fn why(&self) -> Option<&str> {
        self.why.as_deref()
    }

    /// The pieces of memory: address and bytes.
    pub fn pieces(&self) -> impl Iterator<Item = (u64, &[u8])> {
        self.pieces.iter().map(|(start, bytes)| (*start, bytes.as_slice()))
    }

    /// Changes memory, for tests. False if a byte of it is not there.
    pub fn write(&mut self, address: u64, data: &[u8]) -> bool {
        self.pieces.iter_mut().any(|(start, bytes)| {
            let place = address.checked_sub(*start).and_then(|from| {
                let from = usize::try_from(from).ok()?;
                bytes.get_mut(from..from.checked_add(data.len())?)
            });
            place.map(|place| place.copy_from_slice(data)).is_some()
        })
    }
}

impl Target for Dump {
    fn host(&self) -> &dyn Host {
        self
    }

    fn pass(&mut self) -> Result<bool> {
        Ok(false)
    }
}

impl Memory for Dump {
    fn read(&self, address: PhysAddr, into: &mut [u8]) -> Result<(), AccessError> {
        let found = self
            .pieces
            .iter()
            .find_map(|(start, bytes)| Image::new(PhysAddr::new(*start), bytes).get(address, into.len()));
        let bytes = found.ok_or(AccessError::OutOfRange { address, length: into.len() as u64 })?;
        into.copy_from_slice(bytes);
        Ok(())
    }
}

impl Processors for Dump {
    fn count(&self) -> usize {
        self.cpus.len()
    }

    fn registers(&self, number: usize) -> Option<Registers> {
        self.cpus.get(number).copied()
    }
}

impl Clock for Dump {
    fn now(&self) -> u64 {
        0
    }
}

/// Writes an ELF core: one segment of memory, the notes of each virtual CPU. Pages of zeros become holes in the file.
///
/// # Errors
/// When `out` cannot be written, or the memory is too large for a 32-bit file.
pub fn write_core(mut out: impl Write + Seek, start: u32, memory: &[u8], cpus: &[Registers]) -> Result<()> {
    let mut headers = [0; 1 << 16];
    let length = u32::try_from(memory.len()).context("4 GB and more")?;
    let room = "registers of more CPUs than a dump has room for";
    let end = compose(&mut headers, Subject { start, length, why: "" }, cpus.iter().copied()).context(room)?;
    out.write_all(&headers[..end])?;
    write_sparse(&mut out, end.next_multiple_of(PAGE) as u64, memory)?;
    Ok(out.flush()?)
}

/// Writes memory at an offset of a file that has nothing there yet, and leaves pages of zeros out, but for the last one.
pub(crate) fn write_sparse(out: &mut (impl Write + Seek), offset: u64, memory: &[u8]) -> std::io::Result<()> {
    let last = memory.len().saturating_sub(1) / PAGE;
    for (number, page) in memory.chunks(PAGE).enumerate() {
        // The last page is written whatever it holds, so that the file has its length.
        if number == last || page.iter().any(|byte| *byte != 0) {
            out.seek(SeekFrom::Start(offset + (number * PAGE) as u64))?;
            out.write_all(page)?;
        }
    }
    Ok(())
}
