//! Debian's packages and source packages, unpacked in the cache.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::apt::Suite;
use crate::cache::{self, hash};
use crate::progress::Step;
use crate::{command, elf_prefix, host};

/// The suite whose Linux, musl and busybox our guests are made of, on whatever host.
pub const DEBIAN_SUITE: &str = "bookworm";

/// An unpacked source package.
#[derive(Clone, Debug)]
pub struct DebianSource {
    /// Debian's version, e.g. `1.2.3-1`: part of the inputs of whatever is built from it.
    pub version: String,
    /// The source tree with Debian's patches applied. Read-only: build elsewhere or copy it.
    pub dir: PathBuf,
}

/// An unpacked binary package.
#[derive(Clone, Debug)]
pub struct DebianPackage {
    /// Debian's version, e.g. `6.1.192-1`.
    pub version: String,
    /// The folder that stands for `/`: `usr`, ... lie in it. Read-only.
    pub root: PathBuf,
}

/// The source package (`musl`, `busybox`, ...) of [`DEBIAN_SUITE`], downloaded, checked and unpacked.
pub fn debian_source(package: &str) -> Result<DebianSource> {
    let entry = cache::entry("debian-source", &key(package), |dir| {
        host::host_packages(&["dpkg-dev"])?;
        let files = dir.join("files");
        fs::create_dir(&files)?;
        Suite::open_with_security(DEBIAN_SUITE)?.download_source(package, &files)?;
        let dsc = only(&files, "dsc")?;
        let step = Step::new(&format!("unpacking the source of {package}"));
        // apt has checked the files against the signed lists.
        let mut unpack = Command::new("dpkg-source");
        unpack.args(["--no-check", "-x"]).arg(&dsc).arg(dir.join("tree"));
        command::capture(&mut unpack)?;
        fs::write(dir.join("version"), field(&fs::read_to_string(&dsc)?, "Version")?)?;
        fs::remove_dir_all(&files)?;
        step.done();
        Ok(())
    })?;
    Ok(DebianSource { version: version(&entry)?, dir: entry.join("tree") })
}

/// The binary package (`linux-source-6.1`, `linux-libc-dev-sh4-cross`, ...) of [`DEBIAN_SUITE`], downloaded and unpacked.
pub fn debian_package(package: &str) -> Result<DebianPackage> {
    let entry = cache::entry("debian-package", &key(package), |dir| {
        let files = dir.join("files");
        fs::create_dir(&files)?;
        Suite::open_with_security(DEBIAN_SUITE)?.download(&[package], &files)?;
        let deb = only(&files, "deb")?;
        elf_prefix::unpack_all(&files, &dir.join("root"))?;
        let shown = command::capture(Command::new("dpkg-deb").arg("-f").arg(&deb).arg("Version"))?;
        fs::write(dir.join("version"), shown.trim())?;
        fs::remove_dir_all(&files)?;
        Ok(())
    })?;
    Ok(DebianPackage { version: version(&entry)?, root: entry.join("root") })
}

fn key(package: &str) -> String {
    hash().text("2").text(DEBIAN_SUITE).text(package).done()
}

fn version(entry: &Path) -> Result<String> {
    fs::read_to_string(entry.join("version")).with_context(|| format!("{} is damaged; delete it", entry.display()))
}

/// The one file with that extension.
fn only(dir: &Path, extension: &str) -> Result<PathBuf> {
    let mut paths = fs::read_dir(dir)?.filter_map(|entry| Some(entry.ok()?.path()));
    paths
        .find(|path| path.extension().is_some_and(|found| found == extension))
        .with_context(|| format!("the download holds no .{extension} file"))
}

/// The value of a field of a Debian control file.
fn field(control: &str, name: &str) -> Result<String> {
    let value = control.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    Ok(value.with_context(|| format!("no field {name} in the package's description"))?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_whole_names() {
        let dsc = "Format: 3.0 (quilt)\nStandards-Version: 4.6\nVersion: 1:1.35.0-4+b1\nVersionX: 3\n";
        assert_eq!(field(dsc, "Version").unwrap(), "1:1.35.0-4+b1");
        assert!(field(dsc, "Binary").unwrap_err().to_string().contains("Binary"));
    }
}
