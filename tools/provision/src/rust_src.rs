//! The source of Rust's own library, which `-Zbuild-std` compiles for SH-4A.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::apt::Suite;
use crate::cache::Cache;
use crate::progress::Step;
use crate::{command, elf_prefix, host};

/// Debian suites that may have `rust-src` of the compiler's version.
const SUITES: [&str; 3] = ["sid", "forky", "trixie"];

/// The compiler that `rust-toolchain.toml` selects for the current folder.
#[derive(Clone, Debug)]
pub struct RustToolchain {
    /// `rustc --version`.
    pub version: String,
    /// Major and minor number, e.g. `1.97`.
    pub minor: String,
    /// True for a nightly.
    pub nightly: bool,
    /// `rustc --print sysroot`.
    pub sysroot: PathBuf,
}

impl RustToolchain {
    /// The folder of the library source, if it is there and whole.
    #[must_use]
    pub fn library_source(&self) -> Option<PathBuf> {
        let library = self.source_dir().join("library");
        let whole =
            ["Cargo.lock", "core/src/lib.rs", "compiler-builtins"].iter().all(|part| library.join(part).exists());
        whole.then_some(library)
    }

    /// libLLVM of this compiler, which the compiler bridge loads.
    #[must_use]
    pub fn llvm_library(&self) -> Option<PathBuf> {
        let entries = fs::read_dir(self.sysroot.join("lib")).ok()?;
        let is_llvm =
            |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("libLLVM"));
        entries.filter_map(|entry| Some(entry.ok()?.path())).find(is_llvm)
    }

    fn source_dir(&self) -> PathBuf {
        self.sysroot.join("lib/rustlib/src/rust")
    }
}

/// Asks the compiler in use what it is.
pub fn nightly_toolchain() -> Result<RustToolchain> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let ask = |argument: &[&str]| {
        Ok::<_, anyhow::Error>(command::capture(Command::new(&rustc).args(argument))?.trim().to_owned())
    };
    let (version, sysroot) = (ask(&["--version"])?, ask(&["--print", "sysroot"])?);
    let minor = minor_version(&version).with_context(|| format!("cannot read the version in `{version}`"))?;
    Ok(RustToolchain { nightly: version.contains("-nightly"), minor, version, sysroot: PathBuf::from(sysroot) })
}

/// `1.97` of `rustc 1.97.0-nightly (e50aa6fba 2026-05-19)` or of `1.97.1+dfsg1-1`.
fn minor_version(version: &str) -> Option<String> {
    let number = version.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let mut parts = number.split('.');
    let (major, minor) = (parts.next()?, parts.next()?);
    let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    (digits(major) && digits(minor)).then(|| format!("{major}.{minor}"))
}

/// Makes sure that the compiler in use has its library source; returns the folder `library`. Tried in turn: it is there;
/// rustup downloads the component; Debian's package of the same minor version is unpacked into the sysroot.
pub fn rust_src() -> Result<PathBuf> {
    let toolchain = nightly_toolchain()?;
    if let Some(library) = toolchain.library_source() {
        return Ok(library);
    }
    let _lock = Cache::user()?.lock("rust-src")?;
    if let Some(library) = toolchain.library_source() {
        return Ok(library);
    }
    let mut reasons = Vec::new();
    for attempt in [from_rustup as fn(&RustToolchain) -> Result<()>, from_debian] {
        match attempt(&toolchain) {
            Ok(()) => match toolchain.library_source() {
                Some(library) => return Ok(library),
                None => reasons.push("the source arrived incomplete".to_owned()),
            },
            Err(error) => reasons.push(format!("{error:#}")),
        }
    }
    bail!(
        "the library source of {} is missing in {} and cannot be fetched; install the rustup component rust-src by hand.\n{}",
        toolchain.version,
        toolchain.sysroot.display(),
        reasons.join("\n")
    )
}

fn from_rustup(toolchain: &RustToolchain) -> Result<()> {
    let rustup = host::which("rustup").context("no rustup in PATH")?;
    let name = toolchain.sysroot.file_name().context("the sysroot has no name")?;
    let mut add = Command::new("timeout");
    add.arg("300").arg(rustup).args(["component", "add", "rust-src", "--toolchain"]).arg(name);
    let step = Step::new("downloading the Rust library source with rustup");
    match command::watch(&mut add, |line| step.note(line)) {
        Ok(_) => step.done(),
        Err(error) => {
            step.gave_up();
            return Err(error);
        }
    }
    Ok(())
}

fn from_debian(toolchain: &RustToolchain) -> Result<()> {
    let mut seen = Vec::new();
    for name in SUITES {
        let Ok(suite) = Suite::open(name) else {
            seen.push(format!("{name} cannot be asked"));
            continue;
        };
        match suite.version("rust-src")? {
            Some(version) if minor_version(&version).as_ref() == Some(&toolchain.minor) => {
                return unpack(&suite, &toolchain.source_dir());
            }
            Some(version) => seen.push(format!("{name} has {version}")),
            None => seen.push(format!("{name} has none")),
        }
    }
    bail!("Debian has no rust-src {}: {}", toolchain.minor, seen.join(", "))
}

fn unpack(suite: &Suite, source_dir: &Path) -> Result<()> {
    let work = tempfile::tempdir().context("no temporary folder")?;
    suite.download(&["rust-src"], work.path())?;
    let step = Step::new("unpacking the Rust library source");
    elf_prefix::unpack_all(work.path(), work.path())?;
    let library = find_library(work.path())?;
    // Copied beside its place and renamed, so that no other cargo ever sees half of it.
    let parent = source_dir.parent().context("the sysroot has no parent")?;
    let unfinished = parent.join(".rust-unfinished");
    let _ = fs::remove_dir_all(&unfinished);
    fs::create_dir_all(&unfinished).with_context(|| format!("cannot write to {}", parent.display()))?;
    // -L: the vendored crates and the lock file are links in some versions of the package.
    command::capture(Command::new("cp").args(["-rL", "--"]).arg(&library).arg(unfinished.join("library")))?;
    let _ = fs::remove_dir_all(source_dir);
    fs::rename(&unfinished, source_dir).with_context(|| format!("cannot place {}", source_dir.display()))?;
    step.done();
    Ok(())
}

/// The folder `library` that the package unpacked below usr/src/rustc-VERSION.
fn find_library(root: &Path) -> Result<PathBuf> {
    let src = root.join("usr/src");
    for entry in fs::read_dir(&src).context("the package rust-src has no usr/src")? {
        let library = entry?.path().join("library");
        if library.join("core/src/lib.rs").exists() {
            return Ok(library);
        }
    }
    bail!("the package rust-src holds no library")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minor_versions_of_rustc_and_debian_compare() {
        assert_eq!(minor_version("rustc 1.97.0-nightly (e50aa6fba 2026-05-19)").as_deref(), Some("1.97"));
        assert_eq!(minor_version("1.97.1+dfsg1-1").as_deref(), Some("1.97"));
        assert_eq!(minor_version("1.9").as_deref(), Some("1.9"));
        for bad in ["", "rustc", "1", "1.x.2"] {
            assert_eq!(minor_version(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_source_that_is_not_whole_does_not_count() {
        let dir = tempfile::tempdir().unwrap();
        let toolchain = RustToolchain {
            version: String::new(),
            minor: String::new(),
            nightly: true,
            sysroot: dir.path().to_owned(),
        };
        let library = dir.path().join("lib/rustlib/src/rust/library");
        fs::create_dir_all(library.join("core/src")).unwrap();
        fs::create_dir_all(library.join("compiler-builtins")).unwrap();
        fs::write(library.join("core/src/lib.rs"), "").unwrap();
        assert_eq!(toolchain.library_source(), None);
        fs::write(library.join("Cargo.lock"), "").unwrap();
        assert_eq!(toolchain.library_source(), Some(library));
    }

    #[test]
    fn the_compiler_in_use_describes_itself() {
        let toolchain = nightly_toolchain().unwrap();
        assert!(toolchain.sysroot.join("lib").is_dir());
        assert!(toolchain.version.contains(&toolchain.minor));
    }
}
