//! A static ELF executable around a program's two segments.

use crate::driver::DATA;
use crate::program::{CODE, Program};
use object::elf;
use object::write::elf::{FileHeader, ProgramHeader, Writer};

const PAGE: u64 = 0x1000;
/// EF_SH4A: SH-4A instructions and the FPU.
const FLAGS: u32 = 0xc;

/// The bytes of the executable; `initial` is the data segment.
///
/// # Errors
/// If the `object` crate refuses the layout.
pub fn executable(program: &Program, initial: &[u8]) -> Result<Vec<u8>, object::write::Error> {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(object::Endianness::Little, false, &mut bytes);
    writer.reserve_file_header();
    writer.reserve_program_headers(2);
    let code = writer.reserve(program.code.len() as u64, PAGE);
    let data = writer.reserve(initial.len() as u64, PAGE);
    writer.write_file_header(&FileHeader {
        os_abi: elf::ELFOSABI_NONE,
        abi_version: 0,
        e_type: elf::ET_EXEC,
        e_machine: elf::EM_SH,
        e_entry: program.entry().into(),
        e_flags: elf::FileFlags(FLAGS),
    })?;
    writer.write_align_program_headers();
    let segments =
        [(elf::PF_R | elf::PF_X, code, CODE, program.code.len()), (elf::PF_R | elf::PF_W, data, DATA, initial.len())];
    for (p_flags, offset, address, len) in segments {
        writer.write_program_header(&ProgramHeader {
            p_type: elf::PT_LOAD,
            p_flags,
            p_offset: offset,
            p_vaddr: address.into(),
            p_paddr: address.into(),
            p_filesz: len as u64,
            p_memsz: len as u64,
            p_align: PAGE,
        });
    }
    writer.write_align(PAGE);
    writer.write(&program.code);
    writer.write_align(PAGE);
    writer.write(initial);
    Ok(bytes)
}
