//! The guest's folder in the repository, and its `guest.toml`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::pattern::Pattern;

/// `guests/linux/guest.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Lines that the patches may change in existing files.
    pub changed_lines_limit: usize,
    /// The kernel.
    pub linux: Linux,
    /// The kernel's headers for the C library's users.
    pub linux_headers: Headers,
    /// The C library.
    pub musl: Source,
    /// The shell and its tools.
    pub busybox: Source,
    /// The files that the guest makes and checks.
    pub pattern: Vec<Pattern>,
}

/// A Debian source package.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Debian's name.
    pub package: String,
    /// The version that it was tested with.
    pub tested: String,
    /// SPDX expression.
    pub licence: String,
}

/// The Debian package that holds the kernel's source.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Linux {
    /// Debian's name.
    pub package: String,
    /// The archive in it.
    pub archive: String,
    /// The version that the patches were made for.
    pub tested: String,
    /// SPDX expression.
    pub licence: String,
}

/// The Debian package that holds the kernel's headers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Headers {
    /// Debian's name.
    pub package: String,
    /// The folder of headers in it.
    pub include: String,
    /// The version that it was tested with.
    pub tested: String,
    /// SPDX expression.
    pub licence: String,
}

/// A path in `guests/`.
fn guests(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../guests").join(path)
}

/// A path in `guests/linux`.
pub(crate) fn path(name: &str) -> PathBuf {
    guests("linux").join(name)
}

/// The C header of the guest ABI.
pub(crate) fn abi_header() -> PathBuf {
    guests("abi/include/spumone.h")
}

impl Recipe {
    /// Reads the recipe.
    pub fn load() -> Result<Self> {
        let path = path("guest.toml");
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let recipe: Self = toml::from_str(&text).with_context(|| format!("{} is wrong", path.display()))?;
        for pattern in &recipe.pattern {
            if pattern.seed == 0 {
                bail!("{}: a pattern has seed 0, from which the generator makes nothing but zeros", path.display());
            }
        }
        Ok(recipe)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recipe_is_right() {
        let recipe = Recipe::load().unwrap();
        assert_eq!(recipe.changed_lines_limit, 40, "the limit that was set for the patches");
        assert!(recipe.pattern.len() >= 8);
    }
}
