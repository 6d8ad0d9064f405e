//! The rules of style that a program can check. Each rule counts as one test.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};
use provision::command;

use super::{Depth, examples, shared, tally::Tally};
use crate::workspace;

/// A longer file needs the words of [`REASON`] and then its reason.
const MAX_LINES: usize = 500;
const REASON: &str = "over 500 lines:";

/// Where `unsafe` may be: the hypervisor, the guests, and the bridge's calls of LLVM's C API.
const UNSAFE_ALLOWED: [&str; 3] = ["spumone-sh4a/", "guests/", "tools/sh4a-bridge/src/llvm"];

/// The crate whose every public item has an example that is run.
const MONITOR_API: &str = "monitor-api/src/";

pub(super) fn run(_: Depth) -> Result<Tally> {
    let root = workspace::root();
    let mut tally = Tally::default();
    if workspace::has_cargo("fmt") {
        tally.check("formatted", tool("checking the formatting", workspace::cargo("fmt").args(["--all", "--check"])));
    } else {
        println!("      cargo fmt is not installed: formatting is not checked");
    }
    if workspace::has_cargo("clippy") {
        let mut clippy = workspace::cargo("clippy");
        tally.check("clippy", tool("clippy", clippy.args(["--all-targets", "--quiet", "--", "-D", "warnings"])));
    } else {
        println!("      cargo clippy is not installed: its lints are not checked");
    }
    tally.check("nothing is built twice", shared::nothing_is_built_twice());
    let sources = Sources::read(root)?;
    tally.check("a README in every crate", none(sources.crates_without_readme()));
    tally.check("no long file without a reason", none(sources.long_files()));
    tally.check("unsafe only where it is allowed", none(sources.unsafe_elsewhere()));
    tally.check("workspace lints in every crate", none(sources.crates_without_lints()));
    tally.check("a reason for every dependency", none(sources.dependencies_without_reason()));
    let without = examples::missing(&sources.0, MONITOR_API);
    tally.check("an example for every item of the monitor API", without.and_then(none));
    Ok(tally)
}

fn tool(title: &str, command: &mut Command) -> Result<()> {
    command::run(title, command).map(drop)
}

fn none(offenders: Vec<String>) -> Result<()> {
    if offenders.is_empty() {
        return Ok(());
    }
    bail!("\n    {}", offenders.join("\n    "))
}

/// Every text file of ours: path from the top, and content.
struct Sources(Vec<(String, String)>);

impl Sources {
    fn read(root: &Path) -> Result<Self> {
        let mut sources = Vec::new();
        for path in workspace::files(root)? {
            if let (Ok(name), Ok(text)) = (path.strip_prefix(root), fs::read_to_string(&path)) {
                sources.push((name.display().to_string(), text));
            }
        }
        Ok(Self(sources))
    }

    /// Folders (ending in `/`) and manifests of the crates.
    fn crates(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(name, text)| {
            let folder = name.strip_suffix("Cargo.toml")?;
            text.contains("[package]").then_some((folder, text.as_str()))
        })
    }

    fn crates_without_readme(&self) -> Vec<String> {
        let has = |folder: &str| {
            self.0.iter().any(|(name, text)| *name == format!("{folder}README.md") && text.lines().count() > 2)
        };
        self.crates()
            .filter(|(folder, _)| !has(folder))
            .map(|(folder, _)| format!("{folder} has no README.md"))
            .collect()
    }

    fn crates_without_lints(&self) -> Vec<String> {
        let bad = |(_, manifest): &(&str, &str)| {
            !manifest.contains("[lints]\nworkspace = true") && !manifest.contains("[lints.")
        };
        self.crates().filter(bad).map(|(folder, _)| format!("{folder}Cargo.toml has no [lints]")).collect()
    }

    /// Names below `dependencies` tables that come from outside and are not in docs/dependencies.md.
    fn dependencies_without_reason(&self) -> Vec<String> {
        let reasons =
            self.0.iter().find(|(name, _)| name == "docs/dependencies.md").map_or("", |(_, text)| text.as_str());
        let ours: Vec<_> =
            self.crates().filter_map(|(_, manifest)| quoted(manifest.split_once("name = ")?.1)).collect();
        let mut found = Vec::new();
        for (name, manifest) in self.0.iter().filter(|(name, _)| name.ends_with("Cargo.toml")) {
            for dependency in dependencies(manifest) {
                if !ours.contains(&dependency) && !reasons.contains(&format!("`{dependency}`")) {
                    found.push(format!("{name}: {dependency} is not in docs/dependencies.md"));
                }
            }
        }
        found
    }

    fn long_files(&self) -> Vec<String> {
        let code = |name: &str| {
            [".rs", ".c", ".h", ".S", ".ld", ".sh", ".py"].iter().any(|extension| name.ends_with(extension))
        };
        let long = self
            .0
            .iter()
            .filter(|(name, text)| code(name) && text.lines().count() > MAX_LINES && !text.contains(REASON));
        long.map(|(name, text)| {
            format!("{name}: {} lines; split it, or say why after `{REASON}`", text.lines().count())
        })
        .collect()
    }

    fn unsafe_elsewhere(&self) -> Vec<String> {
        let allowed = |name: &str| UNSAFE_ALLOWED.iter().any(|place| name.starts_with(place));
        let mut found = Vec::new();
        for (name, text) in self.0.iter().filter(|(name, _)| name.ends_with(".rs") && !allowed(name)) {
            for (number, line) in text.lines().enumerate() {
                let code = line.trim_start();
                if ["#[", "#!["].iter().any(|start| code.starts_with(start))
                    && code.contains("unsafe_code")
                    && !code.contains("deny")
                    && !code.contains("forbid")
                {
                    found.push(format!("{name}:{}: {code}", number + 1));
                }
            }
        }
        found
    }
}

/// The text between the first two quotes.
fn quoted(text: &str) -> Option<&str> {
    text.split('"').nth(1)
}

/// The keys of every table of a manifest whose name ends in `dependencies`.
fn dependencies(manifest: &str) -> Vec<&str> {
    let mut inside = false;
    let mut names = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.trim_end().ends_with("dependencies]");
        } else if let Some((name, _)) = line.split_once('=').filter(|_| inside && !line.starts_with(['#', ' '])) {
            names.push(name.trim());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(files: &[(&str, &str)]) -> Sources {
        Sources(files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
    }

    #[test]
    fn a_crate_needs_a_readme_that_says_something() {
        let manifest = "[package]\nname = \"a\"\n";
        let readme = "# a\n\nWhat it is.\n";
        assert_eq!(sources(&[("a/Cargo.toml", manifest), ("a/README.md", readme)]).crates_without_readme().len(), 0);
        assert_eq!(sources(&[("a/Cargo.toml", manifest), ("a/README.md", "# a\n")]).crates_without_readme().len(), 1);
        assert_eq!(sources(&[("a/Cargo.toml", manifest), ("b/README.md", readme)]).crates_without_readme().len(), 1);
        assert_eq!(sources(&[("Cargo.toml", "[workspace]\n")]).crates_without_readme().len(), 0);
    }

    #[test]
    fn a_long_file_needs_a_reason() {
        let (short, long) = ("x\n".repeat(500), "x\n".repeat(501));
        let reasoned = format!("// {REASON} one table\n{long}");
        let found = sources(&[("a.rs", &short), ("b.rs", &long), ("c.rs", &reasoned), ("d.md", &long)]).long_files();
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("b.rs: 501 lines"));
    }

    #[test]
    fn lints_are_switched_off_only_where_allowed() {
        let (allow, deny) = ("#![allow(unsafe_code)]\n", "#![deny(unsafe_code)]\n");
        let files = [("spumone-sh4a/src/lib.rs", allow), ("tools/a/src/lib.rs", allow), ("b/src/lib.rs", deny)];
        assert_eq!(sources(&files).unsafe_elsewhere(), ["tools/a/src/lib.rs:1: #![allow(unsafe_code)]"]);
    }

    #[test]
    fn a_crate_without_the_lints_is_named() {
        let files = [("a/Cargo.toml", "[package]\n[lints]\nworkspace = true\n"), ("b/Cargo.toml", "[package]\n")];
        assert_eq!(sources(&files).crates_without_lints(), ["b/Cargo.toml has no [lints]"]);
    }

    #[test]
    fn a_dependency_from_outside_needs_a_reason() {
        let ours = "[package]\nname = \"ours\"\n";
        let user = "[package]\nname = \"user\"\n[dependencies]\n# none = 1\nours = { path = \"x\" }\nknown = \"1\"\nnew = \"2\"\n[lints]\nworkspace = true\n";
        let files =
            [("o/Cargo.toml", ours), ("u/Cargo.toml", user), ("docs/dependencies.md", "| `known` | everywhere |")];
        assert_eq!(sources(&files).dependencies_without_reason(), ["u/Cargo.toml: new is not in docs/dependencies.md"]);
    }
}
