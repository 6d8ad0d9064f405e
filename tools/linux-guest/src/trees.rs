//! The kernel's source: pristine, and with our patches.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use provision::{cache, command};

use crate::make::{self, Log};
use crate::patches;
use crate::recipe::{self, Recipe};

/// Folders of the archive that no build for SH looks into. Kconfig reads a file of every architecture, so those stay.
const LEFT_OUT: [&str; 14] = [
    "arch/arm/boot",
    "arch/arm64/boot",
    "arch/mips/boot",
    "arch/powerpc/boot",
    "Documentation/ABI",
    "Documentation/admin-guide",
    "Documentation/devicetree",
    "Documentation/driver-api",
    "Documentation/networking",
    "Documentation/translations",
    "Documentation/userspace-api",
    "drivers/gpu/drm/amd/include/asic_reg",
    "tools/perf",
    "tools/testing",
];

/// A source tree in the cache; read-only.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    /// Where it is.
    pub(crate) dir: PathBuf,
    /// The hash of what it is made of.
    pub(crate) hash: String,
}

/// Debian's source as it comes.
pub(crate) fn pristine(recipe: &Recipe) -> Result<Tree> {
    let package = provision::debian_package(&recipe.linux.package)?;
    let hash = cache::hash().text("1").text(&package.version).text(&LEFT_OUT.join(" ")).done();
    let dir = cache::entry("linux-pristine", &hash, |dir| {
        make::host_tools()?;
        let archive = package.root.join(&recipe.linux.archive);
        let mut tar = Command::new("tar");
        tar.args(["--extract", "--strip-components=1", "--file"]).arg(&archive).arg("--directory").arg(dir);
        // Whole folders: `tools/perf` is not `tools/performance`.
        tar.args(["--no-wildcards", "--anchored"]);
        tar.args(LEFT_OUT.map(|name| format!("--exclude={}/{name}", recipe.linux.package)));
        command::run(&format!("unpacking Linux {}", package.version), &mut tar)?;
        Ok(())
    })?;
    Ok(Tree { dir, hash })
}

/// The pristine tree with what SMP on SH-X3 needs mended.
pub(crate) fn fixed(recipe: &Recipe) -> Result<Tree> {
    let pristine = pristine(recipe)?;
    let hash = cache::hash().text("1").text(&pristine.hash).tree(&recipe::path(patches::FIXES))?.done();
    let dir = cache::entry("linux-fixed", &hash, |dir| apply(recipe, &pristine, patches::FIXES, dir))?;
    Ok(Tree { dir, hash })
}

/// The mended tree with the patches, our new files and the guest ABI's header.
pub(crate) fn patched(recipe: &Recipe) -> Result<Tree> {
    let fixed = fixed(recipe)?;
    let (patches, files, header) = (recipe::path(patches::PATCHES), recipe::path("files"), recipe::abi_header());
    let hash = cache::hash().text("1").text(&fixed.hash).tree(&patches)?.tree(&files)?.file(&header)?.done();
    let dir = cache::entry("linux-patched", &hash, |dir| {
        apply(recipe, &fixed, patches::PATCHES, dir)?;
        add_files(&files, dir, Path::new(""))?;
        fs::copy(&header, dir.join("arch/sh/include/asm/spumone-abi.h"))
            .with_context(|| format!("cannot copy {}", header.display()))?;
        Ok(())
    })?;
    Ok(Tree { dir, hash })
}

/// Makes `dir` a copy of `base` and applies the patches of folder `set` to it.
fn apply(recipe: &Recipe, base: &Tree, set: &str, dir: &Path) -> Result<()> {
    // Hard links: patch writes new files, and what nobody patches exists once.
    command::capture(Command::new("cp").arg("-al").arg(base.dir.join(".")).arg(dir))?;
    let mut log = Log::new(&format!("linux-{set}"))?;
    for patch in patches::files(set)? {
        let mut apply = make::clean("patch");
        apply.arg("--directory").arg(dir).args(["-p1", "--fuzz=0", "--no-backup-if-mismatch", "--forward"]);
        apply.arg("--input").arg(fs::canonicalize(&patch)?);
        let name = patch.file_name().unwrap_or_default().to_string_lossy();
        log.run(&format!("applying {name}"), &mut apply)
            .with_context(|| format!("the patch was made for {}", recipe.linux.tested))?;
    }
    Ok(())
}

/// Copies our files; one that the kernel already has would be a change of an existing file, which only patches may make.
fn add_files(from: &Path, to: &Path, below: &Path) -> Result<()> {
    let dir = from.join(below);
    for entry in fs::read_dir(&dir).with_context(|| format!("cannot list {}", dir.display()))? {
        let entry = entry?;
        let name = below.join(entry.file_name());
        let target = to.join(&name);
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&target)?;
            add_files(from, to, &name)?;
        } else if target.exists() {
            bail!("the kernel has a {} of its own: change it by a patch", name.display());
        } else {
            fs::copy(entry.path(), &target).with_context(|| format!("cannot write {}", target.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_files_never_replace_old_ones() {
        let (ours, kernel) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(ours.path().join("arch")).unwrap();
        fs::write(ours.path().join("arch/new.c"), "new").unwrap();
        add_files(ours.path(), kernel.path(), Path::new("")).unwrap();
        assert_eq!(fs::read_to_string(kernel.path().join("arch/new.c")).unwrap(), "new");
        let error = add_files(ours.path(), kernel.path(), Path::new("")).unwrap_err().to_string();
        assert!(error.contains("arch/new.c"), "{error}");
    }
}
