//! Building crates for SH-4A: cargo with the compiler bridge as its linker.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use provision::cache;

use crate::workspace;

/// More arguments for the compiler bridge.
const BRIDGE_FLAGS: &str = "SH4A_BRIDGE_FLAGS";

/// Package and board of what this run of xtask has built: the sources do not change under it, so cargo need not look again.
static BUILT: Mutex<BTreeSet<(String, String)>> = Mutex::new(BTreeSet::new());

/// A crate for the target, built for one board.
pub(crate) struct Built {
    dir: PathBuf,
}

impl Built {
    /// The ELF file of one of its programs.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }
}

/// Builds a package for a board (which is a feature of the package); cargo's own messages go to the terminal.
pub(crate) fn build(package: &str, board: &str) -> Result<Built> {
    let key = (package.to_owned(), board.to_owned());
    // Held while cargo works: nobody builds the same twice. A panic of another builder left a complete set.
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if !built.contains(&key) {
        let mut cargo = cargo_for_target("build", board)?;
        cargo.args(["--release", "--package", package, "--features", board]);
        run(&mut cargo).with_context(|| format!("{package} for {board} does not build"))?;
        built.insert(key);
    }
    // A folder a board: features would make each build undo the other's.
    Ok(Built { dir: target_dir(board).join("sh4a-none/release") })
}

/// `cargo SUBCOMMAND` for the target, with everything set up that it needs.
pub(crate) fn cargo_for_target(subcommand: &str, board: &str) -> Result<Command> {
    provision::rust_src()?;
    let gcc = provision::sh_gcc()?;
    let bridge = bridge()?;
    let mut cargo = workspace::cargo(subcommand);
    cargo.arg("--target").arg(workspace::root().join("linker/target/sh4a-none.json"));
    cargo.args(["-Zbuild-std=core", "-Zbuild-std-features=compiler-builtins-mem", "-Zjson-target-spec"]);
    cargo.arg("--target-dir").arg(target_dir(board));
    cargo.env("CARGO_TARGET_SH4A_NONE_LINKER", bridge).env("SH4A_GCC", gcc.bin("gcc"));
    if std::env::var_os(BRIDGE_FLAGS).is_none() {
        // LLVM's O2 vectorises, and SH-4A has no vectors; what O1 leaves, GCC does.
        cargo.env(BRIDGE_FLAGS, "--bridge-passes=default<O1>");
    }
    Ok(cargo)
}

/// The compiler bridge, built for the host. Its path names its content, so that cargo links again when it has changed.
pub(crate) fn bridge() -> Result<PathBuf> {
    run(workspace::cargo("build").args(["--package", "sh4a-bridge"])).context("the compiler bridge does not build")?;
    let built = workspace::target_dir().join("debug/sh4a-bridge");
    let hash = cache::hash().file(&built)?.done();
    let dir = workspace::target_dir().join("bridge").join(hash);
    let place = dir.join("sh4a-bridge");
    if !place.exists() {
        fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        // Renamed into place: another cargo may start it at any time.
        let draft = dir.join(format!("draft-{}", std::process::id()));
        fs::copy(&built, &draft).context("cannot copy the compiler bridge")?;
        fs::rename(&draft, &place).context("cannot place the compiler bridge")?;
    }
    Ok(place)
}

fn target_dir(board: &str) -> PathBuf {
    workspace::target_dir().join(Path::new(board))
}

fn run(command: &mut Command) -> Result<()> {
    let line = provision::command::describe(command);
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    ensure!(status.success(), "`{line}` failed ({status})");
    Ok(())
}
