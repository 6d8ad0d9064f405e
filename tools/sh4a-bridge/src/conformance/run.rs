//! Runs every case everywhere and compares.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use provision::parallel;

use super::build::Suite;
use super::executor::{Executor, Outcome};
use crate::levels::{Level, Processor};

/// What to run.
pub struct Settings {
    /// The bridge program.
    pub bridge: PathBuf,
    /// Where to build; reused from run to run.
    pub build: PathBuf,
    /// What runs SH-4A programs; each case runs on all of them.
    pub executors: Vec<Executor>,
    /// Seed of the random programs.
    pub seed: u64,
    /// How many of them.
    pub programs: u32,
    /// Only levels whose name is this.
    pub level: Option<String>,
}

/// The result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Cases whose output was equal.
    pub passed: u32,
    /// A line for each that was not.
    pub failures: Vec<String>,
}

/// Runs the suite that [`super::build`] has built, several cases at a time; prints a line a case through `say`.
///
/// # Errors
/// When the host cannot run its own program; a case that differs, or a level that does not build, is a failure in the counts.
pub fn run(settings: &Settings, suite: &Suite, mut say: impl FnMut(&str)) -> Result<Counts> {
    let host = Executor::host();
    let on_host = |arguments: &[&str]| host.run(Processor::Sh4a, &suite.host, arguments);
    let names = String::from_utf8_lossy(&on_host(&[])?.output).into_owned();
    let names: Vec<&str> = names.lines().collect();
    ensure!(names.len() > 30, "the suite lists only {} cases", names.len());
    let outcomes = parallel::map(&names, |name| on_host(&[name])).into_iter().collect::<Result<Vec<_>>>()?;
    let expected: Vec<(&str, Outcome)> = names.into_iter().zip(outcomes).collect();
    let mut counts = Counts::default();
    for (level, program) in &suite.levels {
        match program {
            Ok(program) => {
                for executor in &settings.executors {
                    let cases: Vec<_> = expected.iter().filter(|(name, _)| can_run(executor, level, name)).collect();
                    let seen = parallel::map(&cases, |(name, _)| executor.run(level.processor, program, &[name]));
                    for ((name, outcome), seen) in cases.into_iter().zip(seen) {
                        judge(&mut counts, level, executor, name, outcome, seen, &mut say);
                    }
                }
            }
            Err(error) => {
                say(&format!("{:8} does not build: {error:#}", level.name));
                counts.failures.push(format!("{} does not build", level.name));
            }
        }
    }
    Ok(counts)
}

/// Cases with atomic read-modify-write.
const ATOMIC: &[&str] = &["atomics", "crates-log", "crates-spin", "statics"];

/// User mode cannot mask interrupts, which is how an SH-4 does atomics.
fn can_run(executor: &Executor, level: &Level, case: &str) -> bool {
    level.processor == Processor::Sh4a || executor.has_supervisor() || !ATOMIC.contains(&case)
}

fn judge(
    counts: &mut Counts,
    level: &Level,
    executor: &Executor,
    name: &str,
    expected: &Outcome,
    seen: Result<Outcome>,
    say: &mut impl FnMut(&str),
) {
    let head = format!("{:8} {} {name}", level.name, executor.name);
    let problem = match seen {
        Ok(seen) if seen == *expected => {
            counts.passed += 1;
            say(&format!("{head}: ok"));
            return;
        }
        Ok(seen) => difference(expected, &seen),
        Err(error) => format!("{error:#}"),
    };
    say(&format!("{head}: FAILED: {problem}"));
    counts.failures.push(format!("{head}: {problem}"));
}

/// The first line that differs, or the exit status.
fn difference(expected: &Outcome, seen: &Outcome) -> String {
    let (want, have) = (String::from_utf8_lossy(&expected.output), String::from_utf8_lossy(&seen.output));
    let (mut want_lines, mut have_lines) = (want.lines(), have.lines());
    for number in 1.. {
        match (want_lines.next(), have_lines.next()) {
            (None, None) => break,
            (a, b) if a != b => {
                return format!(
                    "line {number}: host has {:?}, SH-4A has {:?}",
                    a.unwrap_or("<end>"),
                    b.unwrap_or("<end>")
                );
            }
            _ => {}
        }
    }
    format!("exit status: host {:?}, SH-4A {:?}", expected.status, seen.status)
}

#[cfg(test)]
mod tests {
    use super::{Outcome, difference};

    #[test]
    fn the_first_difference_is_named() {
        let outcome = |text: &str, status| Outcome { output: text.into(), status: Some(status) };
        assert!(difference(&outcome("a\nb\n", 0), &outcome("a\nc\n", 0)).starts_with("line 2"));
        assert!(difference(&outcome("a\n", 0), &outcome("a\n", 1)).contains("exit status"));
    }
}
