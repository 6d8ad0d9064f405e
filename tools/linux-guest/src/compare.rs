//! Whether two kernels are the same code.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use object::{Object, ObjectSection, SectionKind};

/// The code of an ELF file: address and bytes of each executable section.
type Code = BTreeMap<String, (u64, Vec<u8>)>;

/// Bytes of code in the first file, and the executable sections that are not the same in both.
pub(crate) fn code(first: &Path, second: &Path) -> Result<(usize, Vec<String>)> {
    let (first, second) = (executable(first)?, executable(second)?);
    let names = first.keys().chain(second.keys());
    let mut differ: Vec<String> = names.filter(|name| first.get(*name) != second.get(*name)).cloned().collect();
    differ.sort();
    differ.dedup();
    Ok((first.values().map(|(_, bytes)| bytes.len()).sum(), differ))
}

fn executable(path: &Path) -> Result<Code> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let file = object::File::parse(bytes.as_slice()).with_context(|| format!("{} is no ELF file", path.display()))?;
    let mut code = Code::new();
    for section in file.sections() {
        if section.kind() == SectionKind::Text {
            code.insert(section.name()?.to_owned(), (section.address(), section.data()?.to_vec()));
        }
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use object::write::{Object, StandardSegment};
    use object::{Architecture, BinaryFormat, Endianness};

    use super::*;

    fn elf(text: &[u8], data: &[u8]) -> tempfile::NamedTempFile {
        let mut object = Object::new(BinaryFormat::Elf, Architecture::I386, Endianness::Little);
        for (name, kind, bytes) in [(".text", SectionKind::Text, text), (".data", SectionKind::Data, data)] {
            let segment = object.segment_name(StandardSegment::Text).to_vec();
            let id = object.add_section(segment, name.as_bytes().to_vec(), kind);
            object.append_section_data(id, bytes, 4);
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), object.write().unwrap()).unwrap();
        file
    }

    #[test]
    fn only_code_counts() {
        let (one, other) = (elf(b"code", b"data"), elf(b"code", b"DATA"));
        assert_eq!(code(one.path(), other.path()).unwrap(), (4, vec![]));
        let changed = elf(b"CODE", b"data");
        assert_eq!(code(one.path(), changed.path()).unwrap().1, [".text"]);
    }
}
