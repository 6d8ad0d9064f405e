//! Running `cargo test` and reading what Rust's test harness prints.

use std::process::Command;

use anyhow::Result;
use provision::command;
use provision::progress::Step;

use super::tally::Tally;

/// Runs a `cargo test` (with `--no-fail-fast`) to its end and counts its tests.
pub(super) fn run(title: &str, cargo_test: &mut Command) -> Result<Tally> {
    let step = Step::new(title);
    let ended = command::observe(cargo_test, |line| step.note(line))?;
    let tally = count(&ended.output, ended.status.success());
    if tally.failures().is_empty() {
        step.done();
    }
    Ok(tally)
}

/// Counts the harness's own summaries. Failed tests are named with what they printed; a run that failed without naming a
/// test (it does not compile, a test process died) is one failure with the end of the output.
fn count(output: &str, success: bool) -> Tally {
    let mut tally = Tally::default();
    for line in output.lines() {
        if let Some(passed) = line.strip_prefix("test result: ").and_then(|rest| number_before(rest, " passed")) {
            tally.pass(passed);
        }
        if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
            tally.fail(name, printed_by(output, name));
        }
        if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.split_once(" ... ignored")) {
            tally.fail(name.0, "it is ignored, so it proves nothing");
        }
    }
    if !success && tally.failures().is_empty() {
        let lines: Vec<&str> = output.lines().collect();
        tally.fail("cargo test", &lines[lines.len().saturating_sub(60)..].join("\n"));
    }
    tally
}

fn number_before(text: &str, word: &str) -> Option<usize> {
    let (before, _) = text.split_once(word)?;
    before.rsplit(' ').next()?.parse().ok()
}

/// What the harness shows of a failed test's output.
fn printed_by<'a>(output: &'a str, name: &str) -> &'a str {
    let header = format!("---- {name} stdout ----");
    let Some((_, after)) = output.split_once(header.as_str()) else {
        return "it failed";
    };
    let ends = ["\n---- ", "\nfailures:\n"].iter().filter_map(|mark| after.find(mark));
    after[..ends.min().unwrap_or(after.len())].trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
running 3 tests
test a::good ... ok
test a::bad ... FAILED
test a::worse - should panic ... FAILED

failures:

---- a::bad stdout ----

thread 'a::bad' panicked at src/lib.rs:3:5:
because of this

---- a::worse stdout ----
note: it did not panic

failures:
    a::bad
    a::worse

test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
     Running tests/other.rs
running 10 tests
test result: ok. 10 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";

    #[test]
    fn results_of_all_binaries_are_added() {
        let tally = count(OUTPUT, false);
        assert_eq!(tally.passed(), 11);
        assert_eq!(tally.failures().len(), 2);
    }

    #[test]
    fn a_failure_shows_what_its_test_printed_and_no_more() {
        let tally = count(OUTPUT, false);
        let bad = &tally.failures()[0];
        assert!(
            bad.starts_with("a::bad:") && bad.contains("because of this") && !bad.contains("did not panic"),
            "{bad}"
        );
    }

    #[test]
    fn a_run_that_does_not_compile_is_a_failure() {
        let tally = count("error[E0425]: cannot find value\nerror: could not compile", false);
        assert_eq!((tally.passed(), tally.failures().len()), (0, 1));
        assert!(tally.failures()[0].contains("E0425"));
    }

    #[test]
    fn a_test_process_that_dies_is_a_failure() {
        let output = "test result: ok. 4 passed; 0 failed;\nrunning 2 tests\nerror: test failed\n(signal: 11)\n";
        let tally = count(output, false);
        assert_eq!((tally.passed(), tally.failures().len()), (4, 1));
    }

    #[test]
    fn an_ignored_test_is_a_failure() {
        let tally = count("test slow ... ignored, too slow\ntest result: ok. 0 passed; 0 failed; 1 ignored;", true);
        assert_eq!((tally.passed(), tally.failures().len()), (0, 1));
    }
}
