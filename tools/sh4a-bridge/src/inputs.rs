//! What the command line's files are: bitcode, native objects, archives of either, sources, linker scripts.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use object::read::archive::ArchiveFile;
use object::{Object, ObjectSymbol};

use crate::args::{Args, Item};

/// Name and contents of a bitcode object.
pub type Bitcode = (String, Vec<u8>);

/// The inputs, sorted.
#[derive(Default)]
pub struct Inputs {
    /// Bitcode of the program and its crates.
    pub program: Vec<Bitcode>,
    /// Bitcode of compiler_builtins, used as needed.
    pub builtins: Vec<Bitcode>,
    /// Native objects that stood inside rlibs.
    pub embedded: Vec<Bitcode>,
    /// Assembly and C files to compile.
    pub sources: Vec<PathBuf>,
    /// Native files that go to ld as they are: objects, archives.
    pub native: Vec<PathBuf>,
    /// Objects that rustc makes only to name the symbols that must stay; never linked.
    pub symbol_lists: Vec<PathBuf>,
    /// Linker scripts.
    pub scripts: Vec<PathBuf>,
}

impl Inputs {
    /// Reads all input files.
    ///
    /// # Errors
    /// For files that cannot be read.
    pub fn read(args: &Args) -> Result<Self> {
        let mut inputs = Self::default();
        for item in &args.items {
            if let Item::File(path) = item {
                inputs.add(path)?;
            }
        }
        let folders: Vec<PathBuf> = args.values("-L", "--library-path").map(PathBuf::from).collect();
        for name in args.values("-l", "--library") {
            inputs
                .native
                .extend(folders.iter().map(|folder| folder.join(format!("lib{name}.a"))).find(|path| path.exists()));
        }
        for script in args.values("-T", "--script") {
            let found = std::iter::once(PathBuf::from(script))
                .chain(folders.iter().map(|folder| folder.join(script)))
                .find(|path| path.exists());
            inputs.scripts.push(found.with_context(|| format!("cannot find the linker script {script}"))?);
        }
        inputs.follow_includes(&folders);
        Ok(inputs)
    }

    fn add(&mut self, path: &Path) -> Result<()> {
        let data = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if is_bitcode(&data) {
            self.program.push((name, data));
        } else if data.starts_with(b"!<arch>\n") {
            self.add_archive(path, &name, &data)?;
        } else if data.starts_with(b"\x7fELF") && name == "symbols.o" {
            self.symbol_lists.push(path.into());
        } else if data.starts_with(b"\x7fELF") {
            self.native.push(path.into());
        } else if matches!(path.extension().and_then(|e| e.to_str()), Some("S" | "s" | "c")) {
            self.sources.push(path.into());
        } else {
            self.scripts.push(path.into());
        }
        Ok(())
    }

    fn add_archive(&mut self, path: &Path, name: &str, data: &[u8]) -> Result<()> {
        let archive = ArchiveFile::parse(data).with_context(|| format!("{} is no archive", path.display()))?;
        let mut members = Vec::new();
        for member in archive.members() {
            let member = member.with_context(|| format!("{} is damaged", path.display()))?;
            let label = format!("{name}({})", String::from_utf8_lossy(member.name()));
            members
                .push((label, member.data(data).with_context(|| format!("{} is damaged", path.display()))?.to_vec()));
        }
        if !members.iter().any(|(_, data)| is_bitcode(data)) && !name.ends_with(".rlib") {
            self.native.push(path.into());
            return Ok(());
        }
        for (label, data) in members {
            if is_bitcode(&data) {
                let list =
                    if name.starts_with("libcompiler_builtins-") { &mut self.builtins } else { &mut self.program };
                list.push((label, data));
            } else if is_sh(&data) {
                self.embedded.push((label, data));
            }
        }
        Ok(())
    }

    /// Adds scripts that scripts include.
    fn follow_includes(&mut self, folders: &[PathBuf]) {
        let mut next = 0;
        while let Some(script) = self.scripts.get(next).cloned() {
            next += 1;
            let text = std::fs::read_to_string(&script).unwrap_or_default();
            let names: Vec<&str> = text.split_whitespace().collect();
            for pair in names.windows(2).filter(|pair| pair[0] == "INCLUDE") {
                let places = [Path::new("").to_path_buf()].into_iter().chain(folders.iter().cloned());
                let found = places.map(|folder| folder.join(pair[1])).find(|path| path.exists());
                self.scripts.extend(found.filter(|path| !self.scripts.contains(path)));
            }
        }
    }

    /// The text of all linker scripts.
    ///
    /// # Errors
    /// For scripts that cannot be read.
    pub fn script_text(&self) -> Result<String> {
        let mut text = String::new();
        for script in &self.scripts {
            text += &std::fs::read_to_string(script)
                .with_context(|| format!("cannot read {} as a linker script", script.display()))?;
            text.push('\n');
        }
        Ok(text)
    }
}

fn is_bitcode(data: &[u8]) -> bool {
    data.starts_with(b"BC\xc0\xde") || data.starts_with(&[0xde, 0xc0, 0x17, 0x0b])
}

/// Whether these bytes are an ELF file for SuperH; what rustc itself puts into rlibs is for the stand-in.
fn is_sh(data: &[u8]) -> bool {
    const EM_SH: u8 = 42;
    data.starts_with(b"\x7fELF") && data.get(18) == Some(&EM_SH)
}

/// Symbols that an object or the members of an archive need and do not define themselves.
///
/// # Errors
/// For files that are neither.
pub fn undefined_symbols(name: &str, data: &[u8]) -> Result<HashSet<String>> {
    let mut undefined = HashSet::new();
    let mut scan = |label: &str, data: &[u8]| -> Result<()> {
        let file = object::File::parse(data).with_context(|| format!("{label} is no object file"))?;
        undefined.extend(file.symbols().filter(|s| s.is_undefined()).filter_map(|s| s.name().ok().map(str::to_owned)));
        Ok(())
    };
    if data.starts_with(b"!<arch>\n") {
        for member in ArchiveFile::parse(data).with_context(|| format!("{name} is no archive"))?.members() {
            let member = member.with_context(|| format!("{name} is damaged"))?;
            scan(name, member.data(data).with_context(|| format!("{name} is damaged"))?)?;
        }
    } else {
        scan(name, data)?;
    }
    undefined.remove("");
    Ok(undefined)
}

#[cfg(test)]
mod tests {
    use super::{is_bitcode, undefined_symbols};

    #[test]
    fn bitcode_is_known_by_its_magic() {
        assert!(is_bitcode(b"BC\xc0\xde...."));
        assert!(!is_bitcode(b"\x7fELF"));
    }

    #[test]
    fn garbage_is_an_error_with_its_name() {
        assert!(undefined_symbols("x.o", b"junk").expect_err("junk").to_string().contains("x.o"));
    }
}
