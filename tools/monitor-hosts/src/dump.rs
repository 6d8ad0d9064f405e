//! Memory dumps: ELF core files, and raw memory.

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use monitor_api::{AccessError, Clock, Host, Image, Memory, PhysAddr, Processors, Registers};
use object::elf;
use object::read::elf::{FileHeader, ProgramHeader};
use object::{Endianness, LittleEndian, U16, U32};

use crate::gdb::registers;
use crate::target::Target;

/// Name and type of the note that holds one virtual CPU's registers: 59 words in gdb's order for sh4.
const NOTE_NAME: &[u8] = b"SPUMONE\0";
const NOTE_TYPE: u32 = 1;
/// Bytes that are looked at for being zero, which a file need not hold.
const PAGE: usize = 4096;

/// A guest that does not run any more: physical memory, and the registers of its virtual CPUs if the dump has them.
#[derive(Clone, Debug)]
pub struct Dump {
    pieces: Vec<(u64, Vec<u8>)>,
    cpus: Vec<Registers>,
}

impl Dump {
    /// Memory from `start` on.
    pub fn raw(start: u64, bytes: Vec<u8>) -> Self {
        Self { pieces: vec![(start, bytes)], cpus: Vec::new() }
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
        let mut dump = Self { pieces: Vec::new(), cpus: Vec::new() };
        for segment in header.program_headers(endian, bytes)? {
            match segment.p_type(endian) {
                elf::PT_LOAD => {
                    let Ok(data) = segment.data(endian, bytes) else { bail!("a segment leaves the file") };
                    dump.pieces.push((segment.p_paddr(endian).into(), data.to_vec()));
                }
                elf::PT_NOTE => {
                    let mut notes = segment.notes(endian, bytes)?.context("notes that are none")?;
                    while let Some(note) = notes.next()? {
                        if note.name() == &NOTE_NAME[..NOTE_NAME.len() - 1] && note.n_type(endian).0 == NOTE_TYPE {
                            dump.cpus.push(registers::from_bytes(note.desc()).context("a note of the wrong length")?);
                        }
                    }
                }
                _ => {}
            }
        }
        ensure!(!dump.pieces.is_empty(), "it has no memory in it");
        Ok(dump)
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

/// Writes an ELF core: one segment of memory, one note a virtual CPU. Pages of zeros become holes in the file.
///
/// # Errors
/// When `out` cannot be written, or the memory is too large for a 32-bit file.
pub fn write_core(mut out: impl Write + Seek, start: u32, memory: &[u8], cpus: &[Registers]) -> Result<()> {
    let mut notes = Vec::new();
    for cpu in cpus {
        let desc = registers::to_bytes(cpu);
        for word in [NOTE_NAME.len() as u32, desc.len() as u32, NOTE_TYPE] {
            notes.extend_from_slice(&word.to_le_bytes());
        }
        notes.extend_from_slice(NOTE_NAME);
        notes.extend_from_slice(&desc);
    }
    let headers = size_of::<elf::FileHeader32<LittleEndian>>() + 2 * size_of::<elf::ProgramHeader32<LittleEndian>>();
    let data = (headers + notes.len()).next_multiple_of(PAGE);
    let (notes_len, memory_len) = (u32::try_from(notes.len())?, u32::try_from(memory.len()).context("4 GB and more")?);
    let word = |value: u32| U32::new(LittleEndian, value);
    let segment = |kind, offset: usize, address, length, flags| elf::ProgramHeader32 {
        p_type: U32::new(LittleEndian, kind),
        p_offset: word(offset as u32),
        p_vaddr: word(address),
        p_paddr: word(address),
        p_filesz: word(length),
        p_memsz: word(length),
        p_flags: U32::new(LittleEndian, flags),
        p_align: word(4),
    };
    out.write_all(object::pod::bytes_of(&file_header()))?;
    out.write_all(object::pod::bytes_of(&segment(elf::PT_NOTE, headers, 0, notes_len, elf::PF_R)))?;
    out.write_all(object::pod::bytes_of(&segment(elf::PT_LOAD, data, start, memory_len, elf::PF_R | elf::PF_W)))?;
    out.write_all(&notes)?;
    let last = memory.len().saturating_sub(1) / PAGE;
    for (number, page) in memory.chunks(PAGE).enumerate() {
        // The last page is written whatever it holds, so that the file has its length.
        if number == last || page.iter().any(|byte| *byte != 0) {
            out.seek(SeekFrom::Start((data + number * PAGE) as u64))?;
            out.write_all(page)?;
        }
    }
    out.flush()?;
    Ok(())
}

fn file_header() -> elf::FileHeader32<LittleEndian> {
    let half = |value: u16| U16::new(LittleEndian, value);
    let word = |value: u32| U32::new(LittleEndian, value);
    elf::FileHeader32 {
        e_ident: elf::Ident {
            magic: elf::ELFMAG,
            class: elf::ELFCLASS32,
            data: elf::ELFDATA2LSB,
            version: elf::EV_CURRENT,
            os_abi: elf::ELFOSABI_NONE,
            abi_version: 0,
            padding: [0; 7],
        },
        e_type: U16::new(LittleEndian, elf::ET_CORE),
        e_machine: U16::new(LittleEndian, elf::EM_SH),
        e_version: word(1),
        e_entry: word(0),
        e_phoff: word(size_of::<elf::FileHeader32<LittleEndian>>() as u32),
        e_shoff: word(0),
        e_flags: Default::default(),
        e_ehsize: half(size_of::<elf::FileHeader32<LittleEndian>>() as u16),
        e_phentsize: half(size_of::<elf::ProgramHeader32<LittleEndian>>() as u16),
        e_phnum: half(2),
        e_shentsize: half(0),
        e_shnum: half(0),
        e_shstrndx: Default::default(),
    }
}
