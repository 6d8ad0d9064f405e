//! From an ELF executable to memory, and the stack that Linux gives a new program.

use super::space::{PAGE, Space, TOP};
use object::LittleEndian;
use object::elf::{EM_SH, ET_EXEC, FileHeader32, PT_LOAD};
use object::read::elf::{FileHeader, ProgramHeader};
use thiserror::Error;

/// Why a program cannot be run.
#[derive(Debug, Error)]
pub enum ProgramError {
    /// Not an ELF file, or a damaged one.
    #[error("not a readable 32-bit little-endian ELF file: {0}")]
    Elf(#[from] object::read::Error),
    /// For another processor, or not a static executable.
    #[error(
        "not a static executable for SuperH (machine {machine}, type {kind}): link it with -static and without -pie"
    )]
    Kind {
        /// e_machine.
        machine: u16,
        /// e_type.
        kind: u16,
    },
    /// A segment outside the space that programs have.
    #[error("a segment lies at 0x{start:08x}..0x{end:08x}: link programs below 0x{TOP:08x} and above 0x1000")]
    Place {
        /// First address.
        start: u64,
        /// After the last.
        end: u64,
    },
    /// More than [`super::Config::memory`].
    #[error("the program does not fit into the memory that it is given")]
    Memory,
    /// Arguments and environment do not fit.
    #[error("{bytes} bytes of arguments and environment do not fit into the stack")]
    Arguments {
        /// Bytes that they need.
        bytes: usize,
    },
}

/// What the loader found out.
#[derive(Debug)]
pub(super) struct Image {
    /// First instruction.
    pub(super) entry: u32,
    /// First address after the last segment: where the heap begins.
    pub(super) end: u32,
    /// The auxiliary vector's facts about program headers: address, size of one, number.
    headers: (u32, u32, u32),
}

/// Copies the segments into `space`.
pub(super) fn load(file: &[u8], space: &mut Space) -> Result<Image, ProgramError> {
    let endian = LittleEndian;
    let header = FileHeader32::<LittleEndian>::parse(file)?;
    header.endian()?;
    let (machine, kind) = (header.e_machine(endian), header.e_type(endian));
    if machine != EM_SH || kind != ET_EXEC {
        return Err(ProgramError::Kind { machine: machine.0, kind: kind.0 });
    }
    let segments = header.program_headers(endian, file)?;
    let mut image = Image { entry: header.e_entry(endian), end: 0, headers: (0, 32, segments.len() as u32) };
    for segment in segments.iter().filter(|segment| segment.p_type(endian) == PT_LOAD) {
        let start = u64::from(segment.p_vaddr(endian));
        let end = start + u64::from(segment.p_memsz(endian));
        if start < PAGE.into() || end > space.stack_bottom().into() {
            return Err(ProgramError::Place { start, end });
        }
        let data = segment.data(endian, file).unwrap_or_default();
        if !space.map(start as u32, (end - start) as u32) {
            return Err(ProgramError::Memory);
        }
        space.copy_in(start as u32, data);
        image.end = image.end.max(end as u32);
        let offset = u64::from(segment.p_offset(endian));
        let table = u64::from(header.e_phoff(endian));
        if (offset..offset + data.len() as u64).contains(&table) {
            image.headers.0 = (start + table - offset) as u32;
        }
    }
    Ok(image)
}

/// Auxiliary vector types (`linux/auxvec.h`) that C libraries look at.
mod auxv {
    pub(super) const NULL: u32 = 0;
    pub(super) const PHDR: u32 = 3;
    pub(super) const PHENT: u32 = 4;
    pub(super) const PHNUM: u32 = 5;
    pub(super) const PAGESZ: u32 = 6;
    pub(super) const ENTRY: u32 = 9;
    pub(super) const HWCAP: u32 = 16;
    pub(super) const RANDOM: u32 = 25;
}

/// CPU_HAS_FPU | CPU_HAS_LLSC of `asm/cpu-features.h`.
const HWCAP: u32 = 0x41;

/// Writes strings, vectors and argc below [`TOP`] and gives R15.
pub(super) fn stack(space: &mut Space, image: &Image, args: &[String], env: &[String]) -> Result<u32, ProgramError> {
    let strings: usize = args.iter().chain(env).map(|text| text.len() + 1).sum();
    let words = args.len() + env.len() + 3 + 16;
    let bytes = strings + 16 + 4 * words;
    if bytes as u64 > space.stack_bytes() as u64 / 2 {
        return Err(ProgramError::Arguments { bytes });
    }
    let mut at = TOP - 16;
    // "Random" bytes: a fixed pattern, for repeatable runs.
    space.copy_in(at, b"SPUMONE user run");
    let random = at;
    let mut push = |text: &String| {
        at -= text.len() as u32 + 1;
        space.copy_in(at, text.as_bytes());
        at
    };
    let args: Vec<u32> = args.iter().map(&mut push).collect();
    let env: Vec<u32> = env.iter().map(&mut push).collect();
    let (phdr, phent, phnum) = image.headers;
    let mut vector = vec![args.len() as u32];
    vector.extend(args);
    vector.push(0);
    vector.extend(env);
    vector.push(0);
    for (key, value) in [
        (auxv::PHDR, phdr),
        (auxv::PHENT, phent),
        (auxv::PHNUM, phnum),
        (auxv::PAGESZ, PAGE),
        (auxv::ENTRY, image.entry),
        (auxv::HWCAP, HWCAP),
        (auxv::RANDOM, random),
        (auxv::NULL, 0),
    ] {
        vector.extend([key, value]);
    }
    let sp = (at - 4 * vector.len() as u32) & !7;
    let bytes: Vec<u8> = vector.into_iter().flat_map(u32::to_le_bytes).collect();
    space.copy_in(sp, &bytes);
    Ok(sp)
}
