//! `cargo test` must build on what `cargo xtask` has built, instead of building the same crates again with other features.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use provision::command;
use serde::Deserialize;

use crate::workspace;

/// What cargo would compile.
#[derive(Deserialize)]
struct Graph {
    units: Vec<Unit>,
}

/// One call of rustc.
#[derive(Deserialize)]
struct Unit {
    pkg_id: String,
    target: Target,
    profile: Profile,
    mode: String,
    features: Vec<String>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Profile {
    opt_level: String,
}

/// Features and optimisation levels with which each library is built; macros and what they need are compiled for themselves.
type Libraries = BTreeMap<String, BTreeSet<(Vec<String>, String)>>;

/// Every library of `cargo xtask` is among those of `cargo test`, with the same features.
pub(super) fn nothing_is_built_twice() -> Result<()> {
    let ours = libraries(&["build", "--package", "xtask"])?;
    let tests = libraries(&["test", "--no-run"])?;
    let twice = twice(&ours, &tests);
    ensure!(
        twice.is_empty(),
        "\n    {}\n    tools/xtask/Cargo.toml has a list for such features",
        twice.join("\n    ")
    );
    Ok(())
}

fn libraries(words: &[&str]) -> Result<Libraries> {
    let mut cargo = workspace::cargo(words[0]);
    cargo.args(&words[1..]).args(["--unit-graph", "-Zunstable-options"]);
    parse(&command::capture(&mut cargo)?)
}

fn parse(json: &str) -> Result<Libraries> {
    let graph: Graph = serde_json::from_str(json).context("cargo's unit graph is not as expected")?;
    let mut libraries = Libraries::new();
    for unit in graph.units {
        if unit.mode == "build" && unit.target.kind == ["lib"] {
            libraries.entry(unit.pkg_id).or_default().insert((unit.features, unit.profile.opt_level));
        }
    }
    Ok(libraries)
}

/// A line for each library that the tests would build in a way of their own.
fn twice(ours: &Libraries, tests: &Libraries) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, ways) in ours {
        let found = tests.get(name).cloned().unwrap_or_default();
        for (features, _) in ways.difference(&found) {
            let others: Vec<_> = found.iter().map(|(features, _)| features.join(" ")).collect();
            lines.push(format!("{name} with `{}`; for the tests with `{}`", features.join(" "), others.join("` or `")));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(features: &str) -> Libraries {
        let unit = |kind: &str, features: &str| {
            format!(
                r#"{{"pkg_id":"a","target":{{"kind":["{kind}"]}},"profile":{{"opt_level":"1"}},"mode":"build","features":[{features}]}}"#
            )
        };
        parse(&format!(r#"{{"units":[{},{}]}}"#, unit("lib", features), unit("bin", ""))).unwrap()
    }

    #[test]
    fn other_features_are_another_build() {
        let (plain, more) = (graph(""), graph(r#""std""#));
        assert!(twice(&plain, &plain).is_empty());
        assert_eq!(twice(&plain, &more), ["a with ``; for the tests with `std`"]);
    }
}
