//! Builds `library/coretests` of rust-src for SH-4A, with the shims for `std` and `test` in `coretests/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use provision::cache;

use crate::levels::Level;
use crate::programs;

/// Parts of the tests that cannot be translated must not keep the others from running.
const MORE_FLAGS: &str = "--bridge-unknown=trap";

/// The test program at `level`, linked by `bridge`; `build` is for what cargo keeps. A program of the same inputs is taken from the
/// cache.
///
/// # Errors
/// When rust-src cannot be had, does not look as expected, or does not build.
pub(super) fn program(bridge: &Path, build: &Path, level: &Level) -> Result<PathBuf> {
    let shims = Path::new(env!("CARGO_MANIFEST_DIR")).join("coretests");
    let key = programs::inputs(bridge)?.tree(&shims)?.text(&format!("{level:?} {MORE_FLAGS}")).done();
    cache::file("coretests", &key, |file| {
        let program = compile(bridge, build, level, &shims, &provision::rust_src()?.join("coretests/tests"))?;
        fs::copy(&program, file).context("cannot copy the test program").map(drop)
    })
}

fn compile(bridge: &Path, build: &Path, level: &Level, shims: &Path, source: &Path) -> Result<PathBuf> {
    // Cargo links again only when something compiled anew; a source whose time changes is.
    let _ = fs::remove_file(build.join("tests/lib.rs"));
    let left_out = copy(source, &build.join("tests"))?;
    ensure!(left_out > 0, "no test of f16 or f128 is in {}: the rules that leave them out are stale", source.display());
    write(&build.join("Cargo.toml"), &manifest(shims))?;
    fs::copy(shims.join("Cargo.lock"), build.join("Cargo.lock")).context("cannot copy the lock file")?;
    // Levels of the same optimisation share the libraries.
    let folder = build.join(format!("target-O{}", level.opt_level));
    let mut cargo = Command::new("cargo");
    cargo.arg("rustc").current_dir(build).args(["--bin", "coretests", "--release"]);
    cargo.args(["-Zbuild-std=core,alloc", "-Zbuild-std-features=compiler-builtins-mem", "-Zjson-target-spec"]);
    cargo.arg("--target").arg(programs::target()).arg("--target-dir").arg(&folder);
    cargo.args(["--", "--test", "-Zpanic-abort-tests", "--cap-lints=allow"]);
    cargo.env("CARGO_TARGET_SH4A_NONE_LINKER", bridge);
    cargo.env("SH4A_BRIDGE_FLAGS", format!("{} {MORE_FLAGS}", level.flags));
    cargo.envs(level.profile()).env("CARGO_PROFILE_RELEASE_DEBUG", "false");
    cargo.env_remove("RUSTFLAGS").env_remove("CARGO_TARGET_DIR");
    let output = cargo.output().context("cannot run cargo")?;
    if !output.status.success() {
        bail!("coretests does not build at {}:\n{}", level.name, String::from_utf8_lossy(&output.stderr));
    }
    Ok(folder.join("sh4a-none/release/coretests"))
}

/// The tests have no manifest that builds outside of rustc's own tree; theirs names the same two crates.
fn manifest(shims: &Path) -> String {
    format!(
        r#"[package]
name = "coretests"
version = "0.1.0"
edition = "2024"
publish = false
autotests = false

[[bin]]
name = "coretests"
path = "tests/lib.rs"
test = false

[dependencies]
std = {{ path = {std:?}, package = "std-shim" }}
test = {{ path = {test:?}, package = "test-shim" }}
rand = {{ version = "0.9.0", default-features = false }}
rand_xorshift = {{ version = "0.4.0", default-features = false }}

[workspace]

[profile.release]
panic = "abort"
"#,
        std = shims.join("std"),
        test = shims.join("test")
    )
}

/// Copies a folder of sources without the tests of f16 and f128; returns how many changes that took.
fn copy(from: &Path, to: &Path) -> Result<usize> {
    fs::create_dir_all(to).with_context(|| format!("cannot create {}", to.display()))?;
    let mut left_out = 0;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry.with_context(|| format!("cannot read {}", from.display()))?;
        let (path, goal) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            left_out += copy(&path, &goal)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let (text, changes) = without_odd_floats(&text);
            left_out += changes;
            write(&goal, &text)?;
        } else {
            fs::copy(&path, &goal).with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    Ok(left_out)
}

/// Leaves a file alone that is as it should be, so that cargo need not build again.
fn write(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).ok().as_deref() != Some(text) {
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// A test file as it would be on a target that has no reliable f16 and f128 at all; also how many places changed.
fn without_odd_floats(text: &str) -> (String, usize) {
    let (mut text, mut changes) = (text.to_owned(), 0);
    for float in ["f16_math", "f128_math", "f16", "f128"] {
        for before in ["(", " "] {
            let condition = format!("{before}target_has_reliable_{float}");
            changes += text.matches(&condition).count();
            text = text.replace(&condition, &format!("{before}false"));
        }
        let test = format!("fn test_{float}()");
        changes += text.matches(&test).count();
        text = text.replace(&test, &format!("#[cfg(false)] {test}"));
    }
    (text, changes)
}

#[cfg(test)]
mod tests {
    use super::without_odd_floats;

    #[test]
    fn only_conditions_and_tests_of_odd_floats_change() {
        let (text, changes) = without_odd_floats(
            "#![feature(cfg_target_has_reliable_f16_f128)]\n#[cfg(any(miri, target_has_reliable_f16_math))]\nfn test_f32() {}\nfn test_f128() {}",
        );
        assert_eq!(changes, 2);
        assert_eq!(
            text,
            "#![feature(cfg_target_has_reliable_f16_f128)]\n#[cfg(any(miri, false))]\nfn test_f32() {}\n#[cfg(false)] fn test_f128() {}"
        );
    }
}
