//! Which function and which line of a source an address belongs to.

use std::path::PathBuf;

use anyhow::{Context, Result};
use gimli::{EndianSlice, LittleEndian};
use object::{Object, ObjectSection, ObjectSymbol, SymbolKind};

/// Functions and lines of a program, each by the address where it begins.
pub(in crate::bench) struct Code {
    functions: Vec<(u32, String)>,
    /// `None` where a sequence of lines ends.
    lines: Vec<(u32, Option<Line>)>,
}

/// A line of a source: its file as the compiler was given it, and its number.
pub(super) type Line = (PathBuf, u64);

impl Code {
    /// Reads ELF files of different addresses, which need not have debug information.
    pub(in crate::bench) fn load(paths: &[PathBuf]) -> Result<Self> {
        let mut code = Self { functions: Vec::new(), lines: Vec::new() };
        for path in paths {
            let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            code.add(&bytes).with_context(|| path.display().to_string())?;
        }
        code.functions.sort();
        // Where one sequence ends and another begins, the beginning counts.
        code.lines.sort_by_key(|(address, line)| (*address, line.is_some()));
        Ok(code)
    }

    fn add(&mut self, bytes: &[u8]) -> Result<()> {
        let elf = object::File::parse(bytes).context("not an ELF file")?;
        for symbol in elf.symbols() {
            // Assembly's labels have no type.
            let code = matches!(symbol.kind(), SymbolKind::Text | SymbolKind::Label | SymbolKind::Unknown);
            let name = symbol.name().context("a symbol's name")?;
            if code && symbol.is_definition() && !name.is_empty() && !name.starts_with(['.', '$']) {
                let address =
                    u32::try_from(symbol.address()).with_context(|| format!("{name} is no 32-bit address"))?;
                self.functions.push((address, format!("{:#}", rustc_demangle::demangle(name))));
            }
        }
        self.lines.append(&mut lines(&elf)?);
        Ok(())
    }

    /// The function, or the label, that `pc` lies behind.
    pub(in crate::bench) fn function(&self, pc: u32) -> &str {
        before(&self.functions, pc).map_or("(no symbol)", String::as_str)
    }

    /// The line that `pc` was compiled from; of what was put in from elsewhere, the innermost.
    pub(super) fn line(&self, pc: u32) -> Option<&Line> {
        before(&self.lines, pc)?.as_ref()
    }
}

fn before<T>(sorted: &[(u32, T)], pc: u32) -> Option<&T> {
    let behind = sorted.partition_point(|(address, _)| *address <= pc);
    Some(&sorted.get(behind.checked_sub(1)?)?.1)
}

fn lines(elf: &object::File<'_>) -> Result<Vec<(u32, Option<Line>)>> {
    let load = |id: gimli::SectionId| -> Result<&[u8]> {
        elf.section_by_name(id.name()).map_or(Ok(&[][..]), |section| section.data().context(id.name()))
    };
    let sections = gimli::DwarfSections::load(load)?;
    let dwarf = sections.borrow(|bytes| EndianSlice::new(bytes, LittleEndian));
    let (mut units, mut lines) = (dwarf.units(), Vec::new());
    while let Some(header) = units.next()? {
        let unit = dwarf.unit(header)?;
        let Some(program) = unit.line_program.clone() else { continue };
        let mut rows = program.rows();
        while let Some((header, row)) = rows.next_row()? {
            let address = u32::try_from(row.address()).context("a line beyond 32-bit addresses")?;
            let line = match (row.end_sequence(), row.file(header), row.line()) {
                (false, Some(file), Some(number)) => {
                    let name = dwarf.attr_string(&unit, file.path_name())?.to_string_lossy().into_owned();
                    let folder = file.directory(header).map(|folder| dwarf.attr_string(&unit, folder)).transpose()?;
                    let folder = folder.map(|folder| PathBuf::from(&*folder.to_string_lossy()));
                    Some((folder.unwrap_or_default().join(name), number.get()))
                }
                _ => None,
            };
            lines.push((address, line));
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_belongs_to_what_begins_before_it() {
        let line = |number| Some((PathBuf::from("a.rs"), number));
        let code = Code {
            functions: vec![(0x10, "first".into()), (0x20, "second".into())],
            lines: vec![(0x10, line(1)), (0x14, line(2)), (0x18, None)],
        };
        assert_eq!([0xf, 0x10, 0x1f, 0x20].map(|pc| code.function(pc)), ["(no symbol)", "first", "first", "second"]);
        assert_eq!([0x12, 0x14, 0x18].map(|pc| code.line(pc).map(|line| line.1)), [Some(1), Some(2), None]);
    }
}
