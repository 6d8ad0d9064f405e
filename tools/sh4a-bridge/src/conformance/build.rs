//! Builds the suite for the host and, at every level, for SH-4A.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::levels::Level;

/// Where things are.
pub(super) struct Places {
    /// The suite's own workspace.
    pub suite: PathBuf,
    /// The target specification.
    pub target: PathBuf,
    /// Where to build.
    pub build: PathBuf,
    /// The bridge program.
    pub bridge: PathBuf,
    /// The generated programs.
    pub generated: PathBuf,
}

impl Places {
    /// The suite beside this crate's sources; builds go below `build`.
    pub(super) fn new(bridge: &Path, build: &Path) -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self {
            suite: here.join("conformance"),
            target: here.join("../../linker/target/sh4a-none.json"),
            build: build.to_owned(),
            bridge: bridge.to_owned(),
            generated: build.join("generated.rs"),
        }
    }

    fn cargo(&self, folder: &str) -> Command {
        let mut cargo = Command::new("cargo");
        cargo.arg("build").current_dir(&self.suite).arg("--target-dir").arg(self.build.join(folder));
        cargo.env("CONFORMANCE_GENERATED", &self.generated).env_remove("RUSTFLAGS").env_remove("CARGO_TARGET_DIR");
        cargo
    }

    /// The suite as a program of the host.
    pub(super) fn host(&self) -> Result<PathBuf> {
        let mut cargo = self.cargo("host");
        cargo.args(["--features", "host", "--release"]);
        finish(&mut cargo, "for the host")?;
        Ok(self.build.join("host/release/conformance"))
    }

    /// The suite as a program of SH-4A.
    pub(super) fn target(&self, level: &Level) -> Result<PathBuf> {
        let mut cargo = self.cargo(&folder(level));
        cargo.args(["-Zbuild-std=core", "-Zbuild-std-features=compiler-builtins-mem", "-Zjson-target-spec"]);
        cargo.arg("--target").arg(&self.target).arg("--release").envs(level.profile());
        cargo.env("CARGO_TARGET_SH4A_NONE_LINKER", &self.bridge).env("SH4A_BRIDGE_FLAGS", level.flags);
        finish(&mut cargo, &format!("for SH-4A at {}", level.name))?;
        Ok(program(&self.build, level))
    }
}

/// Where [`super::run`] leaves a level's program.
#[must_use]
pub fn program(build: &Path, level: &Level) -> PathBuf {
    build.join(folder(level)).join("sh4a-none/release/conformance")
}

fn folder(level: &Level) -> String {
    format!("sh4a-{}", level.name)
}

fn finish(cargo: &mut Command, what: &str) -> Result<()> {
    let output = cargo.output().context("cannot run cargo")?;
    if !output.status.success() {
        bail!("the conformance suite does not build {what}:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
