//! The root file system of every kernel: busybox, our scripts, our one program, and the sums that the guest checks.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cpio::newc::{self, Builder, ModeFileType};
use provision::{ShGcc, cache};

use crate::busybox::{self, Busybox};
use crate::make::{self, Log};
use crate::musl::{self, Musl};
use crate::pattern;
use crate::recipe::{self, Recipe};

/// Scripts in `/lib/spumone`, apart from `/init`.
const SCRIPTS: [&str; 10] = ["demo", "bench", "load", "idle", "tour", "burst", "contend", "build", "smp", "lib.sh"];
/// The sources of `work`.
const SOURCES: [&str; 5] = ["work.c", "pairs.c", "contend.c", "spaces.c", "moves.c"];

/// The archive that is built into every kernel.
#[derive(Clone, Debug)]
pub struct Initramfs {
    /// `initramfs.cpio`, not compressed.
    pub archive: PathBuf,
    /// The hash of what it is made of.
    pub hash: String,
}

/// Builds the root file system.
pub fn initramfs() -> Result<Initramfs> {
    build(&Recipe::load()?, &provision::sh_gcc()?)
}

pub(crate) fn build(recipe: &Recipe, gcc: &ShGcc) -> Result<Initramfs> {
    let musl = musl::musl(recipe, gcc)?;
    let busybox = busybox::busybox(recipe, gcc, &musl)?;
    let userland = recipe::path("userland");
    let sums = pattern::sums(&recipe.pattern);
    let hash = cache::hash().text("1").text(&busybox.hash).tree(&userland)?.text(&sums).done();
    let entry = cache::entry("linux-initramfs", &hash, |dir| {
        let work = compile(&userland, gcc, &musl, dir)?;
        let file = BufWriter::new(File::create(dir.join("initramfs.cpio"))?);
        pack(file, &userland, &busybox, &work, &sums).context("cannot pack the initramfs")
    })?;
    Ok(Initramfs { archive: entry.join("initramfs.cpio"), hash })
}

fn compile(userland: &Path, gcc: &ShGcc, musl: &Musl, dir: &Path) -> Result<PathBuf> {
    let mut log = Log::new("linux-userland")?;
    let output = dir.join("work");
    let mut cc = make::clean(&musl.cc.display().to_string());
    cc.args(["-std=gnu11", "-Os", "-static", "-Wall", "-Wextra", "-Werror", "-o"]).arg(&output);
    cc.args(SOURCES.map(|name| userland.join(name)));
    log.run("compiling the guest's own program", &mut cc)?;
    let mut strip = make::clean(&gcc.bin("strip").display().to_string());
    log.run("stripping it", strip.arg(&output))?;
    Ok(output)
}

fn pack(out: impl Write, userland: &Path, busybox: &Busybox, work: &Path, sums: &str) -> Result<()> {
    let mut archive = Archive::new(out);
    for dir in ["dev", "bin", "lib", "lib/spumone", "proc", "sys", "tmp"] {
        archive.add_directory(dir)?;
    }
    // The kernel opens it for /init before anything is mounted.
    archive.add_node("dev/console", 5, 1)?;
    archive.add_file("init", 0o755, &userland.join("init"))?;
    for name in SCRIPTS {
        archive.add_file(&format!("lib/spumone/{name}"), 0o755, &userland.join(name))?;
    }
    archive.add("lib/spumone/expected.sha256", ModeFileType::Regular, 0o644, sums.as_bytes())?;
    archive.add_file("bin/work", 0o755, work)?;
    archive.add_file("bin/busybox", 0o755, &busybox.program)?;
    for applet in busybox.applets.iter().filter(|name| *name != "busybox") {
        archive.add(&format!("bin/{applet}"), ModeFileType::Symlink, 0o777, b"busybox")?;
    }
    archive.finish()?.flush()?;
    Ok(())
}

/// A cpio archive in which nothing depends on time or place.
pub(crate) struct Archive<W> {
    out: W,
    entries: u32,
}

impl<W: Write> Archive<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, entries: 0 }
    }

    pub(crate) fn finish(self) -> Result<W> {
        Ok(newc::trailer(self.out)?)
    }

    fn entry(&mut self, name: &str, kind: ModeFileType, mode: u32) -> Builder {
        self.entries += 1;
        Builder::new(name).ino(self.entries).mode(mode).set_mode_file_type(kind)
    }

    fn add(&mut self, name: &str, kind: ModeFileType, mode: u32, bytes: &[u8]) -> Result<()> {
        let length = u32::try_from(bytes.len()).with_context(|| format!("{name} is too long"))?;
        let mut entry = self.entry(name, kind, mode).write(&mut self.out, length);
        entry.write_all(bytes)?;
        entry.finish()?;
        Ok(())
    }

    fn add_node(&mut self, name: &str, major: u32, minor: u32) -> Result<()> {
        let entry = self.entry(name, ModeFileType::Char, 0o600).rdev_major(major).rdev_minor(minor);
        entry.write(&mut self.out, 0).finish()?;
        Ok(())
    }

    pub(crate) fn add_directory(&mut self, name: &str) -> Result<()> {
        self.add(name, ModeFileType::Directory, 0o755, &[])
    }

    pub(crate) fn add_file(&mut self, name: &str, mode: u32, path: &Path) -> Result<()> {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        self.add(name, ModeFileType::Regular, mode, &bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::process::Command;

    use super::*;

    #[test]
    fn scripts_parse() {
        for name in SCRIPTS.into_iter().chain(["init"]) {
            let path = recipe::path("userland").join(name);
            let parsed = Command::new("sh").arg("-n").arg(&path).output().unwrap();
            assert!(parsed.status.success(), "{}", String::from_utf8_lossy(&parsed.stderr));
        }
    }

    #[test]
    fn the_archive_holds_what_init_needs() {
        let program = tempfile::NamedTempFile::new().unwrap();
        fs::write(program.path(), "program").unwrap();
        let applets = vec!["sh".to_owned(), "busybox".to_owned()];
        let busybox = Busybox { program: program.path().to_owned(), applets, hash: String::new() };
        let mut bytes = Vec::new();
        pack(&mut bytes, &recipe::path("userland"), &busybox, program.path(), "sums\n").unwrap();

        let mut rest = bytes.as_slice();
        let mut names = Vec::new();
        loop {
            let mut reader = newc::Reader::new(rest).unwrap();
            let entry = reader.entry();
            if entry.is_trailer() {
                break;
            }
            let (name, mode, time) = (entry.name().to_owned(), entry.mode(), entry.mtime());
            assert_eq!(time, 0, "{name}");
            match name.as_str() {
                "dev/console" => assert_eq!((mode, entry.rdev_major(), entry.rdev_minor()), (0o020_600, 5, 1)),
                "init" => assert_eq!(mode, 0o100_755),
                "bin/sh" => {
                    let mut target = String::new();
                    reader.read_to_string(&mut target).unwrap();
                    assert_eq!((mode, target.as_str()), (0o120_777, "busybox"));
                }
                _ => {}
            }
            names.push(name);
            rest = reader.finish().unwrap();
        }
        for name in ["dev/console", "init", "bin/sh", "bin/work", "lib/spumone/demo", "lib/spumone/expected.sha256"] {
            assert_eq!(names.iter().filter(|have| *have == name).count(), 1, "{name}");
        }
    }
}
