//! The kernels.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use provision::{ShGcc, cache};

use crate::make::{self, Log};
use crate::recipe::Recipe;
use crate::trees::{self, Tree};
use crate::variant::{Flavour, Variant};
use crate::{config, initramfs};

/// The build's results. They lie in the cache: copy them, do not change them.
#[derive(Clone, Debug)]
pub struct KernelFiles {
    /// The ELF file with its symbols.
    pub vmlinux: PathBuf,
    /// The self-extracting image, flat; kernels for guests have none.
    pub zimage: Option<PathBuf>,
    /// Addresses and symbols, as `nm` prints them.
    pub system_map: PathBuf,
    /// The final configuration.
    pub config: PathBuf,
}

/// Builds a kernel with everything that it needs, or takes it from the cache.
pub fn kernel(variant: Variant) -> Result<KernelFiles> {
    let (recipe, gcc) = (Recipe::load()?, provision::sh_gcc()?);
    let tree = if variant.flavour.is_patched() { trees::patched(&recipe)? } else { trees::pristine(&recipe)? };
    build(&recipe, &gcc, &tree, variant, &variant.to_string())
}

/// The unmodified kernel's configuration, built from the patched tree: what shows that the patches change nothing until
/// they are switched on.
pub(crate) fn switched_off(recipe: &Recipe, gcc: &ShGcc, variant: Variant) -> Result<KernelFiles> {
    build(recipe, gcc, &trees::patched(recipe)?, variant, &format!("{variant}-from-patched"))
}

fn build(recipe: &Recipe, gcc: &ShGcc, tree: &Tree, variant: Variant, name: &str) -> Result<KernelFiles> {
    let initramfs = initramfs::build(recipe, gcc)?;
    let wanted = format!("{}CONFIG_INITRAMFS_SOURCE=\"initramfs.cpio\"\n", config::fragments(variant)?);
    let inputs = cache::hash().text("1").text(gcc.version()).text(&tree.hash).text(&initramfs.hash);
    let with_image = variant.flavour == Flavour::Upstream;
    let entry = cache::entry("linux", &inputs.text(&wanted).done(), |dir| {
        make::host_tools()?;
        compile(gcc, tree, &initramfs.archive, &wanted, with_image, dir, name)
    })?;
    Ok(KernelFiles {
        vmlinux: entry.join("vmlinux"),
        zimage: with_image.then(|| entry.join("zImage")),
        system_map: entry.join("System.map"),
        config: entry.join("config"),
    })
}

fn compile(
    gcc: &ShGcc,
    tree: &Tree,
    initramfs: &Path,
    wanted: &str,
    with_image: bool,
    dir: &Path,
    name: &str,
) -> Result<()> {
    let mut log = Log::new(&format!("linux-{name}"))?;
    let build = dir.join("build");
    fs::create_dir(&build)?;
    // A name without a folder, so that the configuration does not depend on where the cache is.
    fs::copy(initramfs, build.join("initramfs.cpio")).context("cannot copy the initramfs")?;
    let fragment = build.join("wanted.config");
    fs::write(&fragment, wanted)?;
    let make = || {
        let mut make = make::make(&tree.dir);
        make.arg(format!("O={}", build.display())).arg("ARCH=sh");
        make.arg(format!("CROSS_COMPILE={}", gcc.cross_compile()));
        make
    };
    let fragment = format!("KCONFIG_ALLCONFIG={}", fragment.display());
    log.run(&format!("configuring Linux for {name}"), make().arg(fragment).arg("allnoconfig"))?;
    config::check(wanted, &fs::read_to_string(build.join(".config"))?).with_context(|| format!("Linux for {name}"))?;
    let targets: &[&str] = if with_image { &["vmlinux", "zImage"] } else { &["vmlinux"] };
    log.run(&format!("building Linux for {name}"), make().args(targets))?;

    let image = with_image.then_some(("arch/sh/boot/zImage", "zImage"));
    for (from, to) in
        [("vmlinux", "vmlinux"), ("System.map", "System.map"), (".config", "config")].into_iter().chain(image)
    {
        fs::rename(build.join(from), dir.join(to)).with_context(|| format!("the build of {name} left no {from}"))?;
    }
    fs::remove_dir_all(&build).context("cannot remove the build folder")
}
