//! Programs of a newer Debian, unpacked into a folder with their own C library, made to run from there.
//!
//! A program built against a newer glibc does not start on an older host. So each one is told (by patchelf) to use the
//! dynamic loader and the libraries that lie beside it.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::apt::Suite;
use crate::progress::Step;
use crate::{command, source};

/// Unpacks `packages` of `suite` (their libraries and libc6 among them) into `dir`, which will be renamed to `home` before
/// anything in it runs.
pub(crate) fn install(suite: &Suite, packages: &[&str], dir: &Path, home: &Path) -> Result<()> {
    fetch(suite, packages, dir)?;
    // Always Debian 12's: version 0.18, which Debian 13 has, damages programs that are not position-independent (cc1).
    let tools = dir.join("patchelf");
    fetch(&Suite::open_with_security(source::DEBIAN_SUITE)?, &["patchelf"], &tools)?;
    let step = Step::new("making the unpacked programs independent of the host's libraries");
    patch(dir, home, &tools.join("usr/bin/patchelf"))?;
    step.done();
    Ok(fs::remove_dir_all(&tools)?)
}

fn fetch(suite: &Suite, packages: &[&str], dir: &Path) -> Result<()> {
    let debs = dir.join("debs");
    fs::create_dir_all(&debs)?;
    suite.download(packages, &debs)?;
    unpack_all(&debs, dir)?;
    Ok(fs::remove_dir_all(&debs)?)
}

/// Unpacks every package file in `debs` into `dir`.
pub(crate) fn unpack_all(debs: &Path, dir: &Path) -> Result<()> {
    for entry in fs::read_dir(debs)? {
        let deb = entry?.path();
        if deb.extension() == Some(OsStr::new("deb")) {
            command::capture(Command::new("dpkg").arg("-x").arg(&deb).arg(dir))?;
        }
    }
    Ok(())
}

/// Sets loader and library folder of every program. Libraries stay untouched: DT_RPATH, which `--force-rpath` writes, also
/// counts for what a program's libraries need.
fn patch(dir: &Path, home: &Path, patchelf: &Path) -> Result<()> {
    let files = host_elf_files(&dir.join("usr"))?;
    let Some(loader) = files.iter().find(|path| name(path).starts_with("ld-linux")) else {
        bail!("the unpacked packages hold no dynamic loader");
    };
    let interpreter = home.join(loader.strip_prefix(dir)?);
    let libraries = interpreter.parent().context("the dynamic loader lies nowhere")?;
    for file in files.iter().filter(|file| !name(file).contains(".so")) {
        let mut command = Command::new(patchelf);
        command
            .arg("--set-interpreter")
            .arg(&interpreter)
            .arg("--force-rpath")
            .arg("--set-rpath")
            .arg(libraries)
            .arg(file);
        command::capture(&mut command).with_context(|| format!("cannot patch {}", file.display()))?;
    }
    Ok(())
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// All dynamically linkable files for the host's own kind of CPU below `dir`, sorted.
fn host_elf_files(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let own = elf_machine(Path::new("/proc/self/exe"))?;
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
            let (path, kind) = {
                let entry = entry?;
                (entry.path(), entry.file_type()?)
            };
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && own.is_some() && elf_machine(&path)? == own {
                let mut mode = fs::metadata(&path)?.permissions();
                mode.set_mode(mode.mode() | 0o200);
                fs::set_permissions(&path, mode)?;
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Class, byte order and e_machine of a linked ELF file (executable or shared object); `None` for anything else.
fn elf_machine(path: &Path) -> Result<Option<[u8; 4]>> {
    let mut head = [0; 20];
    let mut file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    if file.read_exact(&mut head).is_err() || head[..4] != *b"\x7fELF" {
        return Ok(None);
    }
    // e_type 1 is a relocatable object, and both byte orders have that 1 in one of the two bytes of the field.
    let relocatable = head[16] == 1 || head[17] == 1;
    Ok((!relocatable).then_some([head[4], head[5], head[18], head[19]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_linked_files_of_the_host_are_patched() {
        let dir = tempfile::tempdir().unwrap();
        let own = fs::read("/proc/self/exe").unwrap();
        let write = |name: &str, bytes: &[u8]| fs::write(dir.path().join(name), bytes).unwrap();
        fs::create_dir(dir.path().join("bin")).unwrap();
        write("bin/own", &own);
        let mut relocatable = own[..64].to_vec();
        relocatable[16] = 1;
        write("object.o", &relocatable);
        let mut foreign = own[..64].to_vec();
        (foreign[18], foreign[19]) = (42, 0); // EM_SH
        write("foreign", &foreign);
        write("script", b"#!/bin/sh\n");
        write("empty", b"");
        assert_eq!(host_elf_files(dir.path()).unwrap(), [dir.path().join("bin/own")]);
    }
}
