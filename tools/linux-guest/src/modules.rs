//! The modules of `guests/linux/attacks`, for kernels that load modules.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use provision::cache;
use provision::{ShGcc, cache::Inputs};

use crate::initramfs::Archive;
use crate::make::{self, Log};
use crate::musl::Musl;
use crate::recipe;

/// Where the sources are, below `guests/linux`.
const SOURCES: &str = "attacks";
/// What is loaded.
const MODULES: [&str; 2] = ["attack.ko", "bystander.ko"];

/// What they are made of, besides kernel and compiler.
pub(crate) fn inputs() -> Result<Inputs> {
    cache::hash().text("1").tree(&recipe::path(SOURCES))
}

/// Compiles them in `build`, where a kernel was just built, and appends them to the root file system `archive` with the program that loads
/// them. `make` is the kernel's make.
pub(crate) fn add(
    build: &Path,
    archive: &Path,
    gcc: &ShGcc,
    musl: &Musl,
    mut make: Command,
    log: &mut Log,
) -> Result<()> {
    let (sources, dir) = (recipe::path(SOURCES), build.join(SOURCES));
    fs::create_dir(&dir)?;
    for entry in fs::read_dir(&sources).with_context(|| format!("cannot list {}", sources.display()))? {
        let path = entry?.path();
        fs::copy(&path, dir.join(path.file_name().unwrap_or_default()))
            .with_context(|| format!("cannot copy {}", path.display()))?;
    }
    // What the kernel exports; `make modules` would name it so.
    fs::copy(build.join("vmlinux.symvers"), build.join("Module.symvers"))
        .context("the build left no vmlinux.symvers")?;
    make.arg(format!("M={}", dir.display())).arg("modules");
    log.run("building the modules for tests of monitors", &mut make)?;
    let mut strip = make::clean(&gcc.bin("strip").display().to_string());
    log.run("stripping them", strip.arg("--strip-debug").args(MODULES.map(|name| dir.join(name))))?;
    let program = dir.join("module");
    let mut cc = make::clean(&musl.cc.display().to_string());
    cc.args(["-std=gnu11", "-Os", "-s", "-static", "-Wall", "-Wextra", "-Werror", "-o"]).arg(&program);
    log.run("compiling the program that loads them", cc.arg(dir.join("module.c")))?;

    let out = OpenOptions::new().append(true).open(archive).context("cannot extend the initramfs")?;
    pack(BufWriter::new(out), &dir).context("cannot pack the modules")
}

/// An archive of its own: the kernel unpacks one after the other.
fn pack(out: BufWriter<File>, dir: &Path) -> Result<()> {
    let mut archive = Archive::new(out);
    archive.add_directory("lib/attacks")?;
    archive.add_file("bin/module", 0o755, &dir.join("module"))?;
    archive.add_file("lib/attacks/load", 0o755, &dir.join("load"))?;
    for name in MODULES {
        archive.add_file(&format!("lib/attacks/{name}"), 0o644, &dir.join(name))?;
    }
    archive.finish()?.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn the_script_parses() {
        let parsed = Command::new("sh").arg("-n").arg(recipe::path(SOURCES).join("load")).output().unwrap();
        assert!(parsed.status.success(), "{}", String::from_utf8_lossy(&parsed.stderr));
    }

    #[test]
    fn every_manipulation_has_a_name_of_its_own() {
        let mut names = Vec::new();
        for entry in fs::read_dir(recipe::path(SOURCES)).unwrap() {
            let text = fs::read_to_string(entry.unwrap().path()).unwrap();
            let table = text.lines().skip_while(|line| !line.ends_with("_attacks[] = {"));
            names.extend(table.filter_map(|line| Some(line.strip_prefix("\t{ \"")?.split('"').next()?.to_owned())));
        }
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
        assert!(all >= 20, "{names:?}");
    }
}
