//! Building crates for SH-4A: cargo with the compiler bridge as its linker.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use provision::cache;
use sh4a_bridge::levels;

use crate::workspace;

/// Arguments for the compiler bridge; those of the user come after the board's.
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

/// The same out of the workspace at `root`, a copy of this one, into the folder `dir`.
pub(crate) fn build_copy(root: &Path, dir: &Path, package: &str, board: &str) -> Result<Built> {
    let mut cargo = cargo_for_target_in(root, dir, "build", board)?;
    cargo.args(["--release", "--package", package, "--features", board]);
    run(&mut cargo).with_context(|| format!("{package} of {} does not build", root.display()))?;
    Ok(Built { dir: dir.join("sh4a-none/release") })
}

/// `cargo SUBCOMMAND` for the target, with everything set up that it needs.
pub(crate) fn cargo_for_target(subcommand: &str, board: &str) -> Result<Command> {
    cargo_for_target_in(workspace::root(), &target_dir(board), subcommand, board)
}

fn cargo_for_target_in(root: &Path, dir: &Path, subcommand: &str, board: &str) -> Result<Command> {
    provision::rust_src()?;
    let gcc = provision::sh_gcc()?;
    let bridge = bridge()?;
    let mut cargo = workspace::cargo(subcommand);
    cargo.current_dir(root).arg("--target").arg(root.join("linker/target/sh4a-none.json"));
    cargo.args(["-Zbuild-std=core", "-Zbuild-std-features=compiler-builtins-mem", "-Zjson-target-spec"]);
    cargo.arg("--target-dir").arg(dir);
    cargo.env("CARGO_TARGET_SH4A_NONE_LINKER", bridge).env("SH4A_GCC", gcc.bin("gcc"));
    let level = levels::shipped(board).with_context(|| format!("nobody says how to compile for board {board}"))?;
    let more = std::env::var(BRIDGE_FLAGS).unwrap_or_default();
    cargo.env(BRIDGE_FLAGS, format!("{} {more}", level.flags).trim_end()).envs(level.profile());
    Ok(cargo)
}

/// A program of a host crate. Built beside xtask, so that both share the same libraries.
pub(crate) fn host_program(package: &str, name: &str) -> Result<PathBuf> {
    let mut cargo = workspace::cargo("build");
    cargo.args(["--quiet", "--package", "xtask", "--package", package, "--bin", name]);
    run(&mut cargo).with_context(|| format!("{name} does not build"))?;
    Ok(workspace::target_dir().join("debug").join(name))
}

/// The compiler bridge, built for the host. Its path names its content, so that cargo links again when it has changed.
pub(crate) fn bridge() -> Result<PathBuf> {
    static PLACE: Mutex<Option<PathBuf>> = Mutex::new(None);
    let mut place = PLACE.lock().unwrap_or_else(PoisonError::into_inner);
    if place.is_none() {
        *place = Some(place_bridge()?);
    }
    place.clone().context("the compiler bridge has no place")
}

fn place_bridge() -> Result<PathBuf> {
    let built = host_program("sh4a-bridge", "sh4a-bridge")?;
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

#[cfg(test)]
mod tests {
    use std::fs;

    use sh4a_bridge::levels;
    use system_file::board::BOARDS;

    use crate::workspace;

    /// The conformance suite runs at each level of `levels::all`, so what is shipped must be one of them and nothing else.
    #[test]
    fn every_board_is_compiled_at_a_level_that_the_conformance_suite_runs() {
        for board in BOARDS {
            let level = levels::shipped(board.name).unwrap_or_else(|| panic!("no level for board {}", board.name));
            assert!(levels::all().any(|tested| tested == level), "{} is not tested", level.name);
        }
    }

    /// A flag that a crate adds by itself would make code that no level stands for.
    #[test]
    fn no_crate_changes_the_flags_of_its_board() {
        let files = workspace::files(workspace::root()).expect("the sources");
        // A build script stands beside its manifest; `linker` is a library for build scripts.
        let suspects = files.iter().filter(|path| {
            let beside = |name: &str| path.with_file_name(name).exists();
            path.ends_with("Cargo.toml")
                || path.ends_with("build.rs") && beside("Cargo.toml")
                || path.ends_with("linker/src/lib.rs")
        });
        let mut seen = 0;
        for path in suspects {
            seen += 1;
            let text = fs::read_to_string(path).expect("readable");
            for word in ["--bridge-", "-Copt-level", "[profile.release", "rustc-link-arg=-m"] {
                let own = path.starts_with(workspace::root().join("tools/sh4a-bridge")) && word == "[profile.release";
                assert!(own || !text.contains(word), "{} has {word}: put it into sh4a_bridge::levels", path.display());
            }
        }
        assert!(seen > 10, "only {seen} build files were found");
    }
}
