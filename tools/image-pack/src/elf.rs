//! Reading SuperH programs.

use crate::error::PackError;
use object::elf::{EM_SH, ET_EXEC, FileHeader32, PT_LOAD, SHF_ALLOC, SHT_SYMTAB, SectionHeader32};
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader, Sym};
use object::{Endianness, FileKind};

/// A program: where it starts and what to load.
pub(crate) struct Elf<'a> {
    pub(crate) file: &'a str,
    pub(crate) entry: u32,
    pub(crate) segments: Vec<Segment>,
    bytes: &'a [u8],
}

/// A segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Where it is loaded (p_paddr), as a bus address.
    pub(crate) address: u32,
    /// Where it lies at run time (p_vaddr), as a bus address.
    pub(crate) runs_at: u32,
    /// Content; shorter than `memory` if zeros follow.
    pub(crate) data: Vec<u8>,
    /// Bytes in memory.
    pub(crate) memory: u32,
}

/// A symbol's address as the program sees it, and its size.
pub(crate) struct Symbol {
    pub(crate) address: u32,
    pub(crate) size: u32,
}

/// The 29-bit bus address behind an address in P0 to P3; P4 addresses stay.
pub(crate) fn bus(address: u32) -> u32 {
    if address >= 0xe000_0000 { address } else { address & 0x1fff_ffff }
}

impl Segment {
    /// Leaves the first `bytes` out.
    fn skip(&mut self, bytes: u32) {
        self.data.drain(..self.data.len().min(bytes as usize));
        self.address = self.address.wrapping_add(bytes);
        self.runs_at = self.runs_at.wrapping_add(bytes);
        self.memory -= bytes;
    }
}

/// The linker may begin the first segment with the file's own headers, pages before the first section. They are no part of the
/// program: this is how many bytes they and the gap behind them take. 0 if the file has no sections to tell.
fn headers_before_sections(
    header: &FileHeader32<Endianness>,
    endian: Endianness,
    bytes: &[u8],
    segment: &object::elf::ProgramHeader32<Endianness>,
) -> u32 {
    let Ok(sections) = header.sections(endian, bytes) else { return 0 };
    let loaded = sections.iter().filter(|section| section.sh_flags(endian).contains(SHF_ALLOC));
    let offset = |section: &SectionHeader32<Endianness>| section.sh_addr(endian).checked_sub(segment.p_vaddr(endian));
    loaded.filter_map(offset).filter(|offset| *offset < segment.p_memsz(endian)).min().unwrap_or(0)
}

impl<'a> Elf<'a> {
    /// Reads a linked 32-bit little-endian SuperH program.
    pub(crate) fn read(file: &'a str, bytes: &'a [u8]) -> Result<Self, PackError> {
        let not_elf = |reason: String| PackError::NotElf { file: file.into(), reason };
        match FileKind::parse(bytes).map_err(|error| not_elf(error.to_string()))? {
            FileKind::Elf32 => {}
            FileKind::Elf64 => {
                return Err(PackError::WrongMachine { file: file.into(), found: "a 64-bit machine".into() });
            }
            other => return Err(not_elf(format!("it is {other:?}"))),
        }
        let read = |error: object::read::Error| not_elf(error.to_string());
        let header = FileHeader32::<Endianness>::parse(bytes).map_err(read)?;
        let endian = header.endian().map_err(read)?;
        let machine = header.e_machine(endian);
        if machine != EM_SH || endian == Endianness::Big {
            let order = if endian == Endianness::Big { "big" } else { "little" };
            let found = format!("machine {} in {order}-endian order", machine.0);
            return Err(PackError::WrongMachine { file: file.into(), found });
        }
        let mut segments = Vec::new();
        for raw in header.program_headers(endian, bytes).map_err(read)? {
            let memory = raw.p_memsz(endian);
            if raw.p_type(endian) != PT_LOAD || memory == 0 {
                continue;
            }
            let data = raw.data(endian, bytes).map_err(|()| not_elf("a segment lies outside the file".into()))?;
            if data.len() > memory as usize {
                return Err(not_elf("a segment has more content than memory".into()));
            }
            let mut segment = Segment {
                address: bus(raw.p_paddr(endian)),
                runs_at: bus(raw.p_vaddr(endian)),
                data: data.to_vec(),
                memory,
            };
            if raw.p_offset(endian) == 0 {
                segment.skip(headers_before_sections(header, endian, bytes, raw));
            }
            segments.push(segment);
        }
        if segments.is_empty() || header.e_type(endian) != ET_EXEC {
            return Err(PackError::NotLinked { file: file.into() });
        }
        Ok(Self { file, entry: header.e_entry(endian), segments, bytes })
    }

    /// Looks a symbol up; `None` also if the file has no readable symbol table.
    pub(crate) fn symbol(&self, name: &str) -> Option<Symbol> {
        let header = FileHeader32::<Endianness>::parse(self.bytes).ok()?;
        let endian = header.endian().ok()?;
        let sections = header.sections(endian, self.bytes).ok()?;
        let symbols = sections.symbols(endian, self.bytes, SHT_SYMTAB).ok()?;
        let strings = symbols.strings();
        let named = |symbol: &&object::elf::Sym32<Endianness>| symbol.name(endian, strings) == Ok(name.as_bytes());
        let symbol = symbols.iter().filter(|symbol| !symbol.is_undefined(endian)).find(named)?;
        Some(Symbol { address: symbol.st_value(endian), size: symbol.st_size(endian) })
    }

    /// Overwrites what a run-time address shows at the start of the program; false if no segment holds all of it.
    pub(crate) fn write(&mut self, address: u32, bytes: &[u8]) -> bool {
        let address = bus(address);
        for segment in &mut self.segments {
            let Some(offset) = address.checked_sub(segment.runs_at).map(|offset| offset as usize) else { continue };
            let Some(end) = offset.checked_add(bytes.len()).filter(|end| *end <= segment.memory as usize) else {
                continue;
            };
            if segment.data.len() < end {
                segment.data.resize(end, 0);
            }
            segment.data[offset..end].copy_from_slice(bytes);
            return true;
        }
        false
    }
}
