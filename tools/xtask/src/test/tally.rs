//! Counting tests.

use std::fmt::Display;

/// What a stage's tests came to.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    passed: usize,
    failures: Vec<String>,
}

impl Tally {
    /// `count` more tests passed.
    pub(super) fn pass(&mut self, count: usize) {
        self.passed += count;
    }

    /// The test `name` failed because of `reason`.
    pub(super) fn fail(&mut self, name: &str, reason: &str) {
        self.failures.push(format!("{name}: {}", reason.trim_end()));
    }

    /// One more test, failed if it has an error.
    pub(super) fn check<T, E: Display>(&mut self, name: &str, result: Result<T, E>) {
        match result {
            Ok(_) => self.pass(1),
            Err(error) => self.fail(name, &format!("{error:#}")),
        }
    }

    /// How many passed.
    pub(super) fn passed(&self) -> usize {
        self.passed
    }

    /// One text a failed test: its name and why.
    pub(super) fn failures(&self) -> &[String] {
        &self.failures
    }

    /// True if no test ran.
    pub(super) fn is_empty(&self) -> bool {
        self.passed == 0 && self.failures.is_empty()
    }

    /// A few words, not in the form of the verdict line.
    pub(super) fn summary(&self) -> String {
        match self.failures.len() {
            0 => format!("{} tests ok", self.passed),
            failed => format!("{} tests ok, {failed} NOT", self.passed),
        }
    }
}
