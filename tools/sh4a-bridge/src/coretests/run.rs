//! Runs every test in a process of its own and holds the result against the list of exceptions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use provision::parallel;

use super::build;
use super::exceptions::EXCEPTIONS;
use crate::conformance::{Executor, Outcome};
use crate::levels::{Level, Processor};

/// The exit status of a process that panicked.
const PANICKED: i32 = 101;

/// What to run.
pub struct Settings {
    /// The bridge program.
    pub bridge: PathBuf,
    /// Where to build; reused from run to run.
    pub build: PathBuf,
    /// How they are compiled.
    pub level: &'static Level,
    /// What runs SH-4A programs.
    pub executor: Executor,
    /// Only tests whose name contains this text.
    pub only: Option<String>,
}

/// The result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tests that passed.
    pub passed: u32,
    /// A line for each that failed and is no exception, and for each exception that passed or is no test.
    pub failures: Vec<String>,
    /// Exceptions that failed, as they should.
    pub excepted: u32,
    /// Tests that are `#[ignore]`d in their source, most of them where a panic cannot be caught.
    pub ignored: u32,
}

/// Builds the tests and runs them; prints a line for each that does not pass through `say`.
///
/// # Errors
/// When something needed is missing or the tests do not build.
pub fn run(settings: &Settings, mut say: impl FnMut(&str)) -> Result<Counts> {
    std::fs::create_dir_all(&settings.build).with_context(|| format!("cannot create {}", settings.build.display()))?;
    let program = build::program(&settings.bridge, &settings.build, settings.level)?;
    let runner = Runner { executor: &settings.executor, processor: settings.level.processor, program: &program };
    let list = runner.run(&[])?;
    let list = String::from_utf8_lossy(&list.output);
    let wanted = |name: &str| settings.only.as_ref().is_none_or(|text| name.contains(text.as_str()));
    let mut tests: Vec<(&str, &str)> = Vec::new();
    for line in list.lines() {
        let (name, kind) = line.split_once(' ').with_context(|| format!("the list of tests has a line `{line}`"))?;
        tests.push((name, kind));
    }
    ensure!(tests.len() > 1000, "coretests lists only {} tests", tests.len());
    let mut exceptions: BTreeMap<&str, &str> = EXCEPTIONS.iter().copied().filter(|(name, _)| wanted(name)).collect();
    let mut counts = Counts::default();
    tests.retain(|(name, _)| wanted(name));
    let all = tests.len();
    tests.retain(|&(_, kind)| kind != "ignored");
    counts.ignored = (all - tests.len()) as u32;
    tests.sort_unstable();
    let results =
        parallel::map(&tests, |&(name, kind)| run_one(runner, name, kind).map_err(|error| format!("{error:#}")));
    for (&(name, _), result) in tests.iter().zip(results) {
        match (result, exceptions.remove(name)) {
            (Ok(()), None) => counts.passed += 1,
            (Err(problem), Some(reason)) => {
                say(&format!("excepted ({reason}): {name}: {problem}"));
                counts.excepted += 1;
            }
            (Ok(()), Some(reason)) => counts.failures.push(format!("{name}: passes, but is an exception ({reason})")),
            (Err(problem), None) => counts.failures.push(format!("{name}: {problem}")),
        }
    }
    counts.failures.extend(exceptions.keys().map(|name| format!("{name}: is an exception, but no test")));
    for failure in &counts.failures {
        say(&format!("FAILED {failure}"));
    }
    Ok(counts)
}

/// The test program and what runs it.
#[derive(Clone, Copy)]
struct Runner<'a> {
    executor: &'a Executor,
    processor: Processor,
    program: &'a Path,
}

impl Runner<'_> {
    fn run(self, arguments: &[&str]) -> Result<Outcome> {
        self.executor.run(self.processor, self.program, arguments)
    }
}

/// `kind` is `runs`, `panics`, or `panics "MESSAGE"` with Rust's escapes.
fn run_one(runner: Runner<'_>, name: &str, kind: &str) -> Result<()> {
    let outcome = runner.run(&[name])?;
    let said = String::from_utf8_lossy(&outcome.output);
    let last: Vec<&str> = said.lines().rev().take(3).collect();
    let last = last.into_iter().rev().collect::<Vec<_>>().join(" / ");
    match (outcome.status, kind.strip_prefix("panics")) {
        (Some(0), None) => Ok(()),
        (Some(0), Some(_)) => bail!("does not panic"),
        (Some(PANICKED), Some(message)) => {
            let escaped = format!("{said:?}");
            let message = message.trim().trim_matches('"');
            ensure!(escaped.contains(message), "panics with another message than `{message}`: {last}");
            ensure!(!said.contains("memory allocation of"), "out of memory: {last}");
            Ok(())
        }
        (Some(status), _) => bail!("status {status}: {last}"),
        (None, _) => bail!("ended by a signal: {last}"),
    }
}
