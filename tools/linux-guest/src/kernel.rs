//! The kernels.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use provision::{ShGcc, cache};

use crate::make::{self, Log};
use crate::musl::Musl;
use crate::recipe::Recipe;
use crate::trees::{self, Tree};
use crate::variant::{Flavour, Variant};
use crate::{config, initramfs, modules, musl};

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
    let tree = match variant {
        Variant { flavour, .. } if flavour.is_patched() => trees::patched(&recipe)?,
        Variant { smp: true, .. } => trees::fixed(&recipe)?,
        _ => trees::pristine(&recipe)?,
    };
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
    let inputs = inputs.text(&wanted);
    let hash = if variant.modules { inputs.text(&modules::inputs()?.done()) } else { inputs }.done();
    let with_image = variant.flavour == Flavour::Upstream && !variant.modules;
    let entry = cache::entry("linux", &hash, |dir| {
        make::host_tools()?;
        // With a part of the hash: two processes may build the same kernel from different sources.
        let log = Log::new(&format!("linux-{name}-{}", &hash[..8]))?;
        let musl = if variant.modules { Some(musl::musl(recipe, gcc)?) } else { None };
        let job =
            Job { gcc, tree, initramfs: &initramfs.archive, wanted: &wanted, with_image, modules: musl.as_ref(), name };
        job.run(dir, log)
    })?;
    Ok(KernelFiles {
        vmlinux: entry.join("vmlinux"),
        zimage: with_image.then(|| entry.join("zImage")),
        system_map: entry.join("System.map"),
        config: entry.join("config"),
    })
}

/// One kernel to compile.
struct Job<'a> {
    gcc: &'a ShGcc,
    tree: &'a Tree,
    initramfs: &'a Path,
    wanted: &'a str,
    with_image: bool,
    /// What programs are compiled against, if there are modules.
    modules: Option<&'a Musl>,
    name: &'a str,
}

impl Job<'_> {
    /// Compiles in a folder below `dir`, leaves the results in `dir`.
    fn run(&self, dir: &Path, mut log: Log) -> Result<()> {
        let name = self.name;
        let build = dir.join("build");
        fs::create_dir(&build)?;
        // A name without a folder, so that the configuration does not depend on where the cache is.
        fs::copy(self.initramfs, build.join("initramfs.cpio")).context("cannot copy the initramfs")?;
        let fragment = build.join("wanted.config");
        fs::write(&fragment, self.wanted)?;
        let mut configure = self.make(&build);
        configure.arg(format!("KCONFIG_ALLCONFIG={}", fragment.display())).arg("allnoconfig");
        log.run(&format!("configuring Linux for {name}"), &mut configure)?;
        let config = fs::read_to_string(build.join(".config")).context("allnoconfig left no .config")?;
        config::check(self.wanted, &config).with_context(|| format!("Linux for {name}"))?;

        if let Some(musl) = self.modules {
            let mut first = self.make(&build);
            log.run(
                &format!("building Linux for {name} without its modules"),
                first.args(["vmlinux", "modules_prepare"]),
            )?;
            modules::add(&build, &build.join("initramfs.cpio"), self.gcc, musl, self.make(&build), &mut log)?;
        }
        let image = self.with_image.then_some(("arch/sh/boot/zImage", "zImage"));
        let mut compile = self.make(&build);
        compile.arg("vmlinux").args(image.map(|(_, target)| target));
        log.run(&format!("building Linux for {name}"), &mut compile)?;
        let results = [("vmlinux", "vmlinux"), ("System.map", "System.map"), (".config", "config")];
        for (from, to) in results.into_iter().chain(image) {
            fs::rename(build.join(from), dir.join(to))
                .with_context(|| format!("the build of {name} left no {from}"))?;
        }
        fs::remove_dir_all(&build).context("cannot remove the build folder")
    }

    fn make(&self, build: &Path) -> Command {
        let mut make = make::make(&self.tree.dir);
        make.arg(format!("O={}", build.display())).arg("ARCH=sh");
        make.arg(format!("CROSS_COMPILE={}", self.gcc.cross_compile()));
        // Where each variable is at each instruction: a third of the compiler's time, and no type depends on it.
        make.arg("KCFLAGS=-fno-var-tracking");
        make
    }
}
