//! Builds the suite for the host and, at every level, for SH-4A.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use provision::cache::Inputs;
use provision::{cache, parallel};

use super::generate::programs as random;
use super::run::Settings;
use crate::levels::{self, Level};
use crate::programs;

/// Where a program's debug information says that the suite lies, for it may come from another clone.
pub const SOURCES: &str = "/conformance";

/// The suite's programs.
pub struct Suite {
    /// For the host.
    pub(super) host: PathBuf,
    /// For SH-4A; an error where it does not build.
    pub(super) levels: Vec<(&'static Level, Result<PathBuf>)>,
}

impl Suite {
    /// The program of a level, if it was built.
    #[must_use]
    pub fn program(&self, level: &Level) -> Option<&Path> {
        let (_, program) = self.levels.iter().find(|(built, _)| *built == level)?;
        program.as_deref().ok()
    }
}

/// The suite's own workspace.
#[must_use]
pub fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance")
}

/// Builds the suite's programs, several at a time. One of the same inputs is taken from the cache.
///
/// # Errors
/// When something needed is missing or the host's own build fails.
pub fn build(settings: &Settings) -> Result<Suite> {
    fs::create_dir_all(&settings.build).with_context(|| format!("cannot create {}", settings.build.display()))?;
    let job = Job {
        bridge: &settings.bridge,
        build: &settings.build,
        generated: settings.build.join("generated.rs"),
        inputs: suite(programs::inputs(&settings.bridge)?)?.text(&random(settings.seed, settings.programs)),
    };
    fs::write(&job.generated, random(settings.seed, settings.programs)).context("cannot write the random programs")?;
    let wanted = |level: &&Level| settings.level.as_ref().is_none_or(|name| name == level.name);
    let levels = levels::all().filter(wanted).map(Some);
    let places: Vec<Option<&'static Level>> = std::iter::once(None).chain(levels).collect();
    let mut built = parallel::map(&places, |level| job.program(*level)).into_iter();
    let host = built.next().context("nothing was built")??;
    Ok(Suite { host, levels: places.into_iter().flatten().zip(built).collect() })
}

/// The suite's sources.
fn suite(inputs: Inputs) -> Result<Inputs> {
    let files = ["Cargo.toml", "Cargo.lock", "build.rs"];
    files.iter().try_fold(inputs.tree(&sources().join("src"))?, |inputs, name| inputs.file(&sources().join(name)))
}

struct Job<'a> {
    bridge: &'a Path,
    build: &'a Path,
    /// The random programs.
    generated: PathBuf,
    /// Without the level.
    inputs: Inputs,
}

impl Job<'_> {
    /// For a level, or for the host.
    fn program(&self, level: Option<&Level>) -> Result<PathBuf> {
        let key = self.inputs.clone().text(&format!("{level:?} {}", std::env::consts::ARCH)).done();
        cache::file("conformance", &key, |file| {
            let program = level.map_or_else(|| self.host(), |level| self.target(level))?;
            fs::copy(&program, file).context("cannot copy a program").map(drop)
        })
    }

    fn cargo(&self, folder: &Path) -> Command {
        let mut cargo = Command::new("cargo");
        cargo.arg("build").current_dir(sources()).arg("--target-dir").arg(folder);
        cargo.env("CONFORMANCE_GENERATED", &self.generated).env_remove("RUSTFLAGS").env_remove("CARGO_TARGET_DIR");
        cargo
    }

    fn host(&self) -> Result<PathBuf> {
        let folder = self.build.join("host");
        let mut cargo = self.cargo(&folder);
        cargo.args(["--features", "host", "--release"]);
        finish(&mut cargo, "for the host")?;
        Ok(folder.join("release/conformance"))
    }

    fn target(&self, level: &Level) -> Result<PathBuf> {
        let folder = self.build.join(format!("sh4a-{}", level.name));
        let mut cargo = self.cargo(&folder);
        cargo.args(["-Zbuild-std=core", "-Zbuild-std-features=compiler-builtins-mem", "-Zjson-target-spec"]);
        // Added to the flags that the workspace has for the target.
        let map = format!("--remap-path-prefix={}={SOURCES}", sources().display());
        cargo.arg("--config").arg(format!("target.sh4a-none.rustflags=[{map:?}]"));
        cargo.arg("--target").arg(programs::target()).arg("--release").envs(level.profile());
        cargo.env("CARGO_TARGET_SH4A_NONE_LINKER", self.bridge).env("SH4A_BRIDGE_FLAGS", level.flags);
        finish(&mut cargo, &format!("for SH-4A at {}", level.name))?;
        Ok(folder.join("sh4a-none/release/conformance"))
    }
}

fn finish(cargo: &mut Command, what: &str) -> Result<()> {
    let output = cargo.output().context("cannot run cargo")?;
    if !output.status.success() {
        bail!("the conformance suite does not build {what}:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
