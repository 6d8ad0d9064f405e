//! The shell and its tools.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use provision::{ShGcc, cache};

use crate::config;
use crate::make::{self, Log};
use crate::musl::Musl;
use crate::recipe::{self, Recipe};

/// busybox, static.
#[derive(Clone, Debug)]
pub(crate) struct Busybox {
    /// The program.
    pub(crate) program: PathBuf,
    /// The names under which it does something.
    pub(crate) applets: Vec<String>,
    /// The hash of what it is made of.
    pub(crate) hash: String,
}

/// Builds busybox with `guests/linux/configs/busybox.config`.
pub(crate) fn busybox(recipe: &Recipe, gcc: &ShGcc, musl: &Musl) -> Result<Busybox> {
    let source = provision::debian_source(&recipe.busybox.package)?;
    let fragment = recipe::path("configs/busybox.config");
    let hash = cache::hash().text("1").text(&musl.hash).text(&source.version).file(&fragment)?.done();
    let entry = cache::entry("busybox", &hash, |dir| {
        make::host_tools()?;
        let mut log = Log::new("busybox")?;
        let build = dir.join("build");
        fs::create_dir(&build)?;
        let make = || {
            let mut make = make::make(&source.dir);
            make.arg(format!("O={}", build.display())).arg("ARCH=sh");
            make.arg(format!("CROSS_COMPILE={}", gcc.cross_compile())).arg(format!("CC={}", musl.cc.display()));
            make
        };
        log.run("configuring busybox", make().arg("allnoconfig"))?;
        let defaults = fs::read_to_string(build.join(".config")).context("busybox's allnoconfig left no .config")?;
        let wanted = fs::read_to_string(&fragment)?;
        fs::write(build.join(".config"), config::override_options(&defaults, &wanted))?;
        // It asks about every option that the new ones bring with them, and the answer is the default.
        let mut oldconfig = make::clean("sh");
        oldconfig.args(["-c", "yes '' | \"$@\"", "sh"]).args(words(make().arg("oldconfig")));
        log.run("configuring busybox again", &mut oldconfig)?;
        config::check(&wanted, &fs::read_to_string(build.join(".config"))?).context("busybox")?;
        log.run(&format!("building busybox {}", source.version), make().args(["busybox", "busybox.links"]))?;
        for name in ["busybox", "busybox.links"] {
            fs::rename(build.join(name), dir.join(name)).with_context(|| format!("busybox's build left no {name}"))?;
        }
        fs::remove_dir_all(&build).context("cannot remove the build folder")
    })?;
    let links = fs::read_to_string(entry.join("busybox.links"))?;
    let applets = links.lines().filter_map(|path| path.rsplit('/').next()).map(str::to_owned).collect();
    Ok(Busybox { program: entry.join("busybox"), applets, hash })
}

/// A command as words for another one.
fn words(command: &Command) -> Vec<OsString> {
    std::iter::once(command.get_program()).chain(command.get_args()).map(ToOwned::to_owned).collect()
}
