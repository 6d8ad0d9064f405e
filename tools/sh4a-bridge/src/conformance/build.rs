//! Builds the suite for the host and, at every level that the project ships, for SH-4A.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// One way to build for SH-4A.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level {
    /// Its name in reports.
    pub name: &'static str,
    /// Cargo profile.
    pub profile: &'static str,
    /// Options for the bridge.
    pub flags: &'static str,
}

/// What is shipped, and everything checked with little optimisation.
pub(super) const LEVELS: &[Level] = &[
    Level { name: "O2", profile: "o2", flags: "--bridge-opt=2 --bridge-cpu=4a-nofpu" },
    Level { name: "Os", profile: "os", flags: "--bridge-opt=s --bridge-cpu=4a-nofpu" },
    Level { name: "O2-fpu", profile: "o2", flags: "--bridge-opt=2 --bridge-cpu=4a" },
    Level { name: "checked", profile: "checked", flags: "--bridge-opt=1 --bridge-cpu=4a-nofpu" },
];

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
        cargo.args(["--features", "host", "--profile", "o2"]);
        finish(&mut cargo, "for the host")?;
        Ok(self.build.join("host/o2/conformance"))
    }

    /// The suite as a program of SH-4A.
    pub(super) fn target(&self, level: Level) -> Result<PathBuf> {
        let folder = format!("sh4a-{}", level.name);
        let mut cargo = self.cargo(&folder);
        cargo.args(["-Zbuild-std=core", "-Zbuild-std-features=compiler-builtins-mem", "-Zjson-target-spec"]);
        cargo.arg("--target").arg(&self.target).args(["--profile", level.profile]);
        cargo.env("CARGO_TARGET_SH4A_NONE_LINKER", &self.bridge).env("SH4A_BRIDGE_FLAGS", level.flags);
        finish(&mut cargo, &format!("for SH-4A at {}", level.name))?;
        Ok(self.build.join(folder).join("sh4a-none").join(level.profile).join("conformance"))
    }
}

fn finish(cargo: &mut Command, what: &str) -> Result<()> {
    let output = cargo.output().context("cannot run cargo")?;
    if !output.status.success() {
        bail!("the conformance suite does not build {what}:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
