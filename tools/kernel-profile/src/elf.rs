//! What a kernel's ELF file says: symbols, banner, build id, and the pieces that never change.

use std::collections::HashMap;

use anyhow::{Context, Result, bail, ensure};
use monitor_api::profile::Paging;
use object::read::elf::ElfFile32;
use object::{LittleEndian, Object, ObjectSection, ObjectSymbol, SectionKind, SymbolKind};

use crate::builder::Builder;
use crate::dwarf;
use crate::lists;

type Elf<'d> = ElfFile32<'d, LittleEndian>;

/// Bytes of a block of text or read-only data that has a digest of its own.
const BLOCK: u32 = 4096;

/// Makes the profile of a kernel from its ELF file with debug information (`vmlinux`). A program without `linux_banner`, such as
/// our RTOS, gets a profile with an empty banner.
///
/// # Errors
/// When it is no 32-bit little-endian ELF file, or has no debug information.
pub fn extract(vmlinux: &[u8]) -> Result<Vec<u8>> {
    Ok(read(vmlinux)?.finish())
}

/// What goes into the profile of a kernel, to be written or to be selected from.
///
/// # Errors
/// As [`extract`].
pub fn read(vmlinux: &[u8]) -> Result<Builder> {
    let elf = Elf::parse(vmlinux).context("not a 32-bit little-endian ELF file")?;
    let kernel = Kernel::read(&elf)?;
    let mut builder = Builder::new(&kernel.banner()?);
    if let Some((id, address)) = kernel.build_id()? {
        builder.build_id(&id, address);
    }
    let load = |id: gimli::SectionId| -> Result<&[u8]> {
        elf.section_by_name(id.name()).map_or(Ok(&[][..]), |section| section.data().context(id.name()))
    };
    let sections = gimli::DwarfSections::load(load)?;
    ensure!(
        elf.section_by_name(".debug_info").is_some(),
        "the kernel has no debug information: build it with CONFIG_DEBUG_INFO_DWARF4"
    );
    let variables = dwarf::read(&sections, &mut builder)?;
    kernel.paging(&mut builder);
    for (name, address, size) in &kernel.symbols {
        match variables.get(address).filter(|_| *size > 0) {
            Some(ty) => builder.variable(name, *address, *size, *ty),
            None => builder.symbol(name, *address, *size),
        }
    }
    for (head, element, link) in lists::KNOWN {
        let (variable, path) = head.split_once('.').unwrap_or((head, "next"));
        let head_type = kernel.address(variable).and_then(|address| variables.get(&address).copied());
        let (Some(head_type), Some(element)) = (head_type, builder.by_name(element)) else { continue };
        if builder.has_member(head_type, path) && builder.has_member(element, link) {
            builder.list(head, element, link);
        }
    }
    kernel.regions(&mut builder)?;
    Ok(builder)
}

struct Kernel<'a, 'd> {
    elf: &'a Elf<'d>,
    /// Name, address, size.
    symbols: Vec<(String, u32, u32)>,
    by_name: HashMap<String, (u32, u32)>,
}

impl<'a, 'd> Kernel<'a, 'd> {
    fn read(elf: &'a Elf<'d>) -> Result<Self> {
        let mut symbols = Vec::new();
        for symbol in elf.symbols() {
            let name = symbol.name().context("a symbol's name")?;
            let kind =
                matches!(symbol.kind(), SymbolKind::Text | SymbolKind::Data | SymbolKind::Unknown | SymbolKind::Label);
            // Undefined ones, files and sections, and the compiler's own labels.
            if symbol.is_undefined()
                || !kind
                || name.is_empty()
                || name.starts_with(['.', '$'])
                || symbol.address() == 0
            {
                continue;
            }
            if let (Ok(address), Ok(size)) = (u32::try_from(symbol.address()), u32::try_from(symbol.size())) {
                symbols.push((name.to_owned(), address, size));
            }
        }
        if symbols.is_empty() {
            bail!("the kernel has no symbols: take the unstripped file");
        }
        let by_name = symbols.iter().map(|(name, address, size)| (name.clone(), (*address, *size))).collect();
        Ok(Self { elf, symbols, by_name })
    }

    fn address(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).map(|(address, _)| *address)
    }

    /// Bytes of the loaded kernel.
    fn bytes(&self, address: u32, length: u32) -> Option<&'d [u8]> {
        let holds = |section: &object::read::elf::ElfSection32<'d, '_, LittleEndian>| {
            let from = u64::from(address).checked_sub(section.address())?;
            (section.address() != 0 && from < section.size()).then_some(())?;
            let bytes = section.data().ok()?;
            bytes.get(from as usize..from.checked_add(length.into())? as usize)
        };
        self.elf.sections().find_map(|section| holds(&section))
    }

    fn banner(&self) -> Result<String> {
        let Some((address, size)) = self.by_name.get("linux_banner") else { return Ok(String::new()) };
        let bytes = self.bytes(*address, *size).context("linux_banner lies in no section")?;
        let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        Ok(String::from_utf8_lossy(text).into_owned())
    }

    /// The identifier in hexadecimal and where the guest has it.
    fn build_id(&self) -> Result<Option<(String, u32)>> {
        const SHA1: usize = 20;
        let Some(id) = self.elf.build_id().context("the build id")?.filter(|id| id.len() == SHA1) else {
            return Ok(None);
        };
        for section in self.elf.sections().filter(|section| section.name().is_ok_and(|name| name.contains("note"))) {
            let data = section.data()?;
            if section.address() != 0
                && let Some(at) = data.windows(SHA1).position(|bytes| bytes == id)
            {
                let address = u32::try_from(section.address() + at as u64)?;
                return Ok(Some((id.iter().map(|byte| format!("{byte:02x}")).collect(), address)));
            }
        }
        Ok(None)
    }

    fn paging(&self, builder: &mut Builder) {
        // arch/sh/kernel/head_32.S: the zero page is a page in a section of its own.
        let page = self.elf.section_by_name(".empty_zero_page").map_or(4096, |section| section.size());
        let shift = page.max(1).ilog2() as u8;
        let entry = builder.by_name("pte_t").map_or(0, |entry| builder.size(entry));
        let paging = match (self.address("swapper_pg_dir"), entry) {
            (None, _) => Paging::Flat,
            (Some(_), 8) => Paging::ShThreeLevel,
            (Some(_), _) => Paging::ShTwoLevel,
        };
        builder.paging(paging, shift);
    }

    /// Text and read-only data by digests, the table of system calls by its words.
    fn regions(&self, builder: &mut Builder) -> Result<()> {
        match self.range("_stext", "_etext") {
            Some((from, to)) => match self.written_text() {
                Some((hole, end)) => {
                    self.digests(builder, from, hole)?;
                    self.digests(builder, end, to)?;
                }
                None => self.digests(builder, from, to)?,
            },
            None => self.constant_sections(builder)?,
        }
        if let Some((from, to)) = self.range("__start_rodata", "__end_rodata") {
            // What is written once at boot lies in the middle of it (include/asm-generic/vmlinux.lds.h, RO_AFTER_INIT_DATA).
            let (written, again) = self.range("__start_ro_after_init", "__end_ro_after_init").unwrap_or((to, to));
            self.digests(builder, from, written)?;
            self.digests(builder, again, to)?;
        }
        if let Some(table) = self.address("sys_call_table") {
            let next = self.symbols.iter().map(|(_, address, _)| *address).filter(|address| *address > table).min();
            let length = next.map_or(0, |next| next - table).min(4096) & !3;
            let bytes = self.bytes(table, length).context("sys_call_table lies in no section")?;
            builder.exact_region("sys_call_table", table, bytes);
        }
        Ok(())
    }

    /// Words among the code that a kernel for several CPUs writes to: where the CPU that is started next begins (`stack_start` in
    /// arch/sh/kernel/{head_32.S,smp.c}, six words).
    fn written_text(&self) -> Option<(u32, u32)> {
        self.address("__per_cpu_offset")?;
        let words = self.address("stack_start")?;
        Some((words, words.checked_add(6 * 4)?))
    }

    /// What a program that is no Linux never writes to: its code and read-only data, section by section.
    fn constant_sections(&self, builder: &mut Builder) -> Result<()> {
        for section in self.elf.sections() {
            let constant = matches!(section.kind(), SectionKind::Text | SectionKind::ReadOnlyData);
            if section.address() != 0 && section.size() > 0 && constant {
                let address = u32::try_from(section.address())?;
                builder.digested_region(section.name().context("a section's name")?, address, section.data()?, BLOCK);
            }
        }
        Ok(())
    }

    fn range(&self, from: &str, to: &str) -> Option<(u32, u32)> {
        self.address(from).zip(self.address(to)).filter(|(from, to)| from <= to)
    }

    /// What the sections between two addresses hold; gaps between them belong to nobody.
    fn digests(&self, builder: &mut Builder, from: u32, to: u32) -> Result<()> {
        for section in self
            .elf
            .sections()
            .filter(|section| section.address() != 0 && section.kind() != SectionKind::UninitializedData)
        {
            let start = u64::from(from).max(section.address());
            let end = u64::from(to).min(section.address() + section.size());
            if start < end {
                let (start, length) = (u32::try_from(start)?, u32::try_from(end - start)?);
                let name = section.name().context("a section's name")?;
                let bytes = self.bytes(start, length).with_context(|| format!("{name} is cut off"))?;
                builder.digested_region(name, start, bytes, BLOCK);
            }
        }
        Ok(())
    }
}
