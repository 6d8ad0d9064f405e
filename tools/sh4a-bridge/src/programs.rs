//! Test programs for SH-4A in the user's cache: what they are made of, wherever this workspace lies.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use object::{Object, ObjectSection, SectionFlags, SectionKind, elf::SHF_ALLOC};
use provision::cache::{self, Inputs};

/// The target specification.
pub(crate) fn target() -> PathBuf {
    workspace().join("linker/target/sh4a-none.json")
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What every such program depends on: the bridge, rustc and its library, GCC, and how they are called everywhere.
pub(crate) fn inputs(bridge: &Path) -> Result<Inputs> {
    let mut inputs = loaded(cache::hash(), bridge)?.file(&target())?.file(&workspace().join(".cargo/config.toml"))?;
    inputs = inputs.tree(&provision::rust_src()?)?;
    inputs = inputs.text(&provision::nightly_toolchain()?.version).text(provision::sh_gcc()?.version());
    for name in ["SH4A_BRIDGE_LLVM", "SH4A_GCC"] {
        inputs = inputs.text(&std::env::var(name).unwrap_or_default());
    }
    Ok(inputs)
}

/// The parts of a program that are loaded. The rest (debug information, the linker's own digest) differs from clone to clone.
fn loaded(mut inputs: Inputs, program: &Path) -> Result<Inputs> {
    let bytes = std::fs::read(program).with_context(|| format!("cannot read {}", program.display()))?;
    let elf = object::File::parse(&*bytes).with_context(|| program.display().to_string())?;
    for section in elf.sections().filter(|section| section.kind() != SectionKind::Note) {
        if matches!(section.flags(), SectionFlags::Elf { sh_flags, .. } if sh_flags.contains(SHF_ALLOC)) {
            inputs = inputs.text(&format!("{} {:#x}", section.name()?, section.address())).bytes(section.data()?);
        }
    }
    Ok(inputs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_loaded_counts() {
        let of = |bytes: &[u8]| {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), bytes).unwrap();
            loaded(cache::hash(), file.path()).map(Inputs::done)
        };
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let hash = of(&own).unwrap();
        let changed = |name: &str| {
            let elf = object::File::parse(&*own).unwrap();
            let section = elf.sections().find(|section| section.name().is_ok_and(|found| found.starts_with(name)));
            let section = section.unwrap_or_else(|| panic!("this test has no section {name}"));
            let (start, length) = section.file_range().unwrap();
            let mut bytes = own.clone();
            bytes[(start + length / 2) as usize] ^= 1;
            of(&bytes).unwrap()
        };
        assert_ne!(changed(".text"), hash);
        assert_ne!(changed(".rodata"), hash);
        assert_eq!(changed(".debug_line"), hash);
        assert_eq!(changed(".note"), hash);
        assert!(of(b"no program").is_err());
    }
}
