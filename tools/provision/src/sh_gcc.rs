//! The SH cross compiler: the host's own if it is good, Debian 13's in a private prefix otherwise.

use std::fmt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::apt::Suite;
use crate::cache::{self, Cache};
use crate::{command, elf_prefix, host, self_test};

/// Debian's name for the target.
const TARGET: &str = "sh4-linux-gnu";

/// The suite whose compiler passes the self-test, and its compiler's major version.
const SUITE: &str = "trixie";
const MAJOR: &str = "14";

/// Tools of binutils that a usable compiler has beside it.
const TOOLS: [&str; 5] = ["as", "ld", "ar", "objcopy", "objdump"];

/// Debian 13's compiler with everything that it needs to run anywhere.
const PACKAGES: [&str; 16] = [
    "gcc-14-sh4-linux-gnu",
    "cpp-14-sh4-linux-gnu",
    "libgcc-14-dev-sh4-cross",
    "binutils-sh4-linux-gnu",
    "libbinutils",
    "libsframe1",
    "libc6",
    "libgmp10",
    "libmpfr6",
    "libmpc3",
    "libisl23",
    "libzstd1",
    "zlib1g",
    "libjansson4",
    "libstdc++6",
    "libgcc-s1",
];

/// An SH cross compiler that passed the self-test, with its binutils.
#[derive(Clone, Debug)]
pub struct ShGcc {
    bin: PathBuf,
    version: String,
    evidence: [String; 2],
}

impl ShGcc {
    /// The tool's full path: `gcc`, `ld`, `ar`, `objcopy`, `objdump`, `nm`, `readelf`, `strip`, ...
    #[must_use]
    pub fn bin(&self, tool: &str) -> PathBuf {
        self.bin.join(format!("{TARGET}-{tool}"))
    }

    /// The value of `CROSS_COMPILE=` for kernel-like makefiles: folder and prefix of all tools.
    #[must_use]
    pub fn cross_compile(&self) -> String {
        self.bin.join(format!("{TARGET}-")).display().to_string()
    }

    /// The folder of the tools.
    #[must_use]
    pub fn bin_dir(&self) -> &Path {
        &self.bin
    }

    /// First line of `gcc --version`: part of the inputs of whatever is built with it.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The load and the test that the self-test found in the compiler's output.
    #[must_use]
    pub fn evidence(&self) -> &[String; 2] {
        &self.evidence
    }

    /// Takes the compiler in a folder if it is complete and passes the self-test.
    pub fn in_dir(bin: &Path) -> Result<Self> {
        let gcc = bin.join(format!("{TARGET}-gcc"));
        for tool in TOOLS.map(|tool| bin.join(format!("{TARGET}-{tool}"))) {
            if !tool.exists() {
                bail!("{} has no {}", gcc.display(), tool.display());
            }
        }
        let evidence = self_test::self_test(&gcc)?;
        let version = command::capture(Command::new(&gcc).arg("--version"))?;
        let version = version.lines().next().unwrap_or_default().to_owned();
        Ok(Self { bin: bin.to_owned(), version, evidence })
    }
}

impl fmt::Display for ShGcc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.version, self.bin.display())
    }
}

/// A good compiler that is there already, without fetching anything; otherwise why there is none.
pub fn find_sh_gcc() -> Result<ShGcc> {
    let mut reasons = Vec::new();
    if let Some(gcc) = host::which(&format!("{TARGET}-gcc")) {
        match ShGcc::in_dir(gcc.parent().unwrap_or(Path::new("/"))) {
            Ok(good) => return Ok(good),
            Err(error) => reasons.push(format!("{error:#}")),
        }
    } else {
        reasons.push(format!("no {TARGET}-gcc in PATH"));
    }
    let prefix = cache::path("sh-gcc", &prefix_hash())?;
    if prefix.exists() {
        match ShGcc::in_dir(&prefix.join("usr/bin")) {
            Ok(good) => return Ok(good),
            Err(error) => reasons.push(format!("{error:#}")),
        }
    } else {
        reasons.push(format!("gcc {MAJOR} of Debian {SUITE} is not in the cache yet"));
    }
    bail!("no usable SH compiler: {}", reasons.join("; "))
}

/// A compiler that passed the self-test; fetches Debian 13's into the user's cache (35 MB) if there is no other.
pub fn sh_gcc() -> Result<ShGcc> {
    if let Ok(found) = find_sh_gcc() {
        return Ok(found);
    }
    let (cache, hash) = (Cache::user()?, prefix_hash());
    let build = |dir: &Path| private_prefix(dir, &cache.path("sh-gcc", &hash));
    let prefix = cache.entry("sh-gcc", &hash, build).context("the SH compiler cannot be fetched")?;
    ShGcc::in_dir(&prefix.join("usr/bin")).or_else(|error| {
        // Damaged, or patched wrongly: the next call fetches it again.
        cache.remove("sh-gcc", &hash)?;
        Err(error).context("the SH compiler that was fetched is not usable")
    })
}

fn prefix_hash() -> String {
    cache::hash().text("2").text(SUITE).text(&PACKAGES.join(" ")).text(std::env::consts::ARCH).done()
}

fn private_prefix(dir: &Path, home: &Path) -> Result<()> {
    elf_prefix::install(&Suite::open(SUITE)?, &PACKAGES, dir, home)?;
    for tool in ["gcc", "cpp", "gcc-ar", "gcc-nm", "gcc-ranlib"] {
        let versioned = format!("{TARGET}-{tool}-{MAJOR}");
        if dir.join("usr/bin").join(&versioned).exists() {
            symlink(&versioned, dir.join("usr/bin").join(format!("{TARGET}-{tool}")))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(dir: &Path, name: &str, script: &str) {
        self_test::install_script(&dir.join(format!("{TARGET}-{name}")), &format!("#!/bin/sh\n{script}\n"));
    }

    #[test]
    fn a_compiler_without_binutils_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        tool(dir.path(), "gcc", "echo 'mov.l @r4,r1'; echo 'tst r1,r1'");
        let error = ShGcc::in_dir(dir.path()).unwrap_err().to_string();
        assert!(error.contains("sh4-linux-gnu-as"), "{error}");
    }

    #[test]
    fn a_good_one_is_described_and_names_its_tools() {
        let dir = tempfile::tempdir().unwrap();
        for name in TOOLS {
            tool(dir.path(), name, "");
        }
        tool(dir.path(), "gcc", "echo 'mov.l @r4,r1'; echo 'tst r1,r1'");
        let gcc = ShGcc::in_dir(dir.path()).unwrap();
        assert_eq!(gcc.bin("objcopy"), dir.path().join("sh4-linux-gnu-objcopy"));
        assert_eq!(gcc.cross_compile(), format!("{}/sh4-linux-gnu-", dir.path().display()));
        assert_eq!(gcc.evidence(), &["mov.l @r4,r1", "tst r1,r1"]);
    }

    #[test]
    fn a_miscompiling_one_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        for name in TOOLS {
            tool(dir.path(), name, "");
        }
        tool(dir.path(), "gcc", "echo 'mov #5,r0'");
        assert!(ShGcc::in_dir(dir.path()).unwrap_err().to_string().contains("miscompiles"));
    }
}
