//! Small SuperH programs, made here so that no test needs a compiler.
#![allow(dead_code, reason = "each test file uses a part of it")]

use object::Endianness;
use object::elf::{
    EM_SH, ET_EXEC, FileFlags, Machine, PF_R, PT_LOAD, SHF_ALLOC, SHN_ABS, SHT_PROGBITS, STB_GLOBAL, STT_OBJECT,
    SymbolInfo,
};
use object::write::elf::{FileHeader, ProgramHeader, SectionHeader, Sym, Writer};
use spumone_core::system::MAX_BYTES;
use system_file::System;

/// What an ELF file is made of.
#[derive(Clone)]
pub(crate) struct Program {
    pub(crate) machine: Machine,
    pub(crate) endian: Endianness,
    pub(crate) entry: u32,
    /// Address, content, bytes in memory.
    pub(crate) segments: Vec<(u32, Vec<u8>, u32)>,
    /// The first segment begins with the file's headers, as GNU ld may do it; a section says where its content begins.
    pub(crate) headers_loaded: bool,
    /// Name, address, size.
    pub(crate) symbols: Vec<(&'static str, u32, u32)>,
}

impl Program {
    pub(crate) fn new(entry: u32, segments: &[(u32, &[u8], u32)]) -> Self {
        let segments = segments.iter().map(|(address, data, memory)| (*address, data.to_vec(), *memory)).collect();
        Self { machine: EM_SH, endian: Endianness::Little, entry, segments, headers_loaded: false, symbols: Vec::new() }
    }

    pub(crate) fn symbol(mut self, name: &'static str, address: u32, size: u32) -> Self {
        self.symbols.push((name, address, size));
        self
    }

    pub(crate) fn elf(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let mut writer = Writer::new(self.endian, false, &mut file);
        writer.reserve_file_header();
        writer.reserve_program_headers(self.segments.len() as u32);
        let offsets: Vec<_> = self.segments.iter().map(|(_, data, _)| writer.reserve(data.len() as u64, 4)).collect();
        let names: Vec<_> = self.symbols.iter().map(|(name, ..)| writer.add_string(name.as_bytes())).collect();
        writer.reserve_null_symbol_index();
        for _ in &self.symbols {
            writer.reserve_symbol_index(None);
        }
        writer.reserve_symtab();
        writer.reserve_strtab().expect("room");
        writer.reserve_null_section_index();
        if self.headers_loaded {
            writer.reserve_section_index();
        }
        writer.reserve_symtab_section_index();
        writer.reserve_strtab_section_index();
        writer.reserve_shstrtab_section_index();
        writer.reserve_shstrtab().expect("room");
        writer.reserve_section_headers();
        let header = FileHeader {
            e_type: ET_EXEC,
            e_machine: self.machine,
            e_entry: self.entry.into(),
            e_flags: FileFlags(9),
            ..FileHeader::default()
        };
        writer.write_file_header(&header).expect("a header");
        writer.write_align_program_headers();
        for (index, ((address, data, memory), offset)) in self.segments.iter().zip(&offsets).enumerate() {
            let before = if self.headers_loaded && index == 0 { *offset } else { 0 };
            writer.write_program_header(&ProgramHeader {
                p_type: PT_LOAD,
                p_flags: PF_R,
                p_offset: *offset - before,
                p_vaddr: u64::from(*address) - before,
                p_paddr: u64::from(*address) - before,
                p_filesz: data.len() as u64 + before,
                p_memsz: u64::from(*memory) + before,
                p_align: 4,
            });
        }
        for ((_, data, _), offset) in self.segments.iter().zip(&offsets) {
            writer.pad_until(*offset);
            writer.write(data);
        }
        writer.write_null_symbol();
        for ((_, address, size), name) in self.symbols.iter().zip(&names) {
            let st_name = writer.string_offset(Some(*name));
            writer.write_symbol(&Sym {
                st_name,
                section: None,
                st_info: SymbolInfo::new(STB_GLOBAL, STT_OBJECT),
                st_other: Default::default(),
                st_shndx: SHN_ABS,
                st_value: (*address).into(),
                st_size: (*size).into(),
            });
        }
        writer.write_strtab();
        writer.write_shstrtab();
        writer.write_null_section_header();
        if self.headers_loaded {
            writer.write_section_header(&SectionHeader {
                sh_name: 0,
                sh_type: SHT_PROGBITS,
                sh_flags: SHF_ALLOC,
                sh_addr: self.segments[0].0.into(),
                sh_offset: offsets[0],
                sh_size: self.segments[0].1.len() as u64,
                sh_link: 0,
                sh_info: 0,
                sh_addralign: 4,
                sh_entsize: 0,
            });
        }
        writer.write_symtab_section_header(1);
        writer.write_strtab_section_header();
        writer.write_shstrtab_section_header();
        file
    }
}

/// A system of configs/.
pub(crate) fn system(name: &str) -> System {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../configs/");
    system_file::load(format!("{path}{name}.toml").as_ref()).expect("a good system")
}

/// Programs for rp1-linux-rt or r2d-linux-rt.
#[derive(Clone)]
pub(crate) struct Programs {
    pub(crate) boot: Program,
    pub(crate) instance: Program,
    pub(crate) linux: Program,
    pub(crate) rt: Program,
}

pub(crate) const CMDLINE_AT: usize = 0x100;

impl Programs {
    pub(crate) fn rp1() -> Self {
        let main = 0xe55f_0000;
        Self {
            boot: Program::new(0xa000_0000, &[(0xa000_0000, &[0x09; 64], 64)]),
            instance: Program::new(main, &[(main, b"instance", 32), (0xe520_0000, b"vectors!", 8)]),
            linux: Self::linux(),
            rt: Program::new(0x8c00_0000, &[(0x8c00_0000, &[7; 99], 200), (0x8c00_1000, &[], 0x100)]).symbol(
                "__spumone_params",
                0x8c00_0010,
                8,
            ),
        }
    }

    pub(crate) fn r2d() -> Self {
        let main = 0x8c00_0000;
        Self {
            boot: Program::new(0xac80_0000, &[(0xac80_0000, &[0x09; 64], 64)]),
            instance: Program::new(main, &[(main, b"instance", 32)]),
            linux: Self::linux(),
            rt: Program::new(0x8c10_0000, &[(0x8c10_0000, &[7; 99], 200)]).symbol("__spumone_params", 0x8c10_0010, 8),
        }
    }

    fn linux() -> Program {
        Program::new(0x8c40_2000, &[(0x8c40_1000, &[0x55; 0x1800], 0x2000)]).symbol("empty_zero_page", 0x8c40_1000, 0)
    }
}

/// The number of bytes that a system table takes in memory.
pub(crate) const TABLE: u32 = MAX_BYTES as u32;
