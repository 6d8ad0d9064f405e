//! What `rustc --test` expects of the crate `test`, and a harness that runs one test a process.
//!
//! `coretests` lists names, each with `ignored`, `runs`, `panics` or `panics "MESSAGE"`; `coretests NAME` runs one test.
#![allow(missing_docs)]

pub use TestFn::*;
pub use TestName::*;

pub enum TestType {
    UnitTest,
    IntegrationTest,
    DocTest,
    Unknown,
}

pub enum TestName {
    StaticTestName(&'static str),
}

#[derive(PartialEq)]
pub enum ShouldPanic {
    No,
    Yes,
    YesWithMessage(&'static str),
}

pub enum TestFn {
    StaticTestFn(fn() -> Result<(), String>),
    StaticBenchFn(fn(&mut Bencher) -> Result<(), String>),
}

pub struct TestDesc {
    pub name: TestName,
    pub ignore: bool,
    pub ignore_message: Option<&'static str>,
    pub source_file: &'static str,
    pub start_line: usize,
    pub start_col: usize,
    pub end_line: usize,
    pub end_col: usize,
    pub should_panic: ShouldPanic,
    pub compile_fail: bool,
    pub no_run: bool,
    pub test_type: TestType,
}

pub struct TestDescAndFn {
    pub desc: TestDesc,
    pub testfn: TestFn,
}

/// Benchmarks are not run.
pub struct Bencher;

pub trait Outcome {
    fn outcome(self) -> Result<(), String>;
}

impl Outcome for () {
    fn outcome(self) -> Result<(), String> {
        Ok(())
    }
}

impl<E: std::fmt::Debug> Outcome for Result<(), E> {
    fn outcome(self) -> Result<(), String> {
        self.map_err(|error| format!("{error:?}"))
    }
}

pub fn assert_test_result<T: Outcome>(result: T) -> Result<(), String> {
    result.outcome()
}

/// Lists all tests, or runs the one that the command line names.
pub fn test_main_static(tests: &[&TestDescAndFn]) {
    let wanted = std::start::ARGUMENT.lock().ok().and_then(|argument| *argument);
    for test in tests {
        let StaticTestName(name) = test.desc.name;
        match (wanted, &test.testfn) {
            (None, _) => {
                match (test.desc.ignore, &test.desc.should_panic) {
                    (true, _) => std::println!("{name} ignored"),
                    (_, ShouldPanic::No) => std::println!("{name} runs"),
                    (_, ShouldPanic::Yes) => std::println!("{name} panics"),
                    (_, ShouldPanic::YesWithMessage(message)) => std::println!("{name} panics {message:?}"),
                }
            }
            (Some(wanted), StaticTestFn(run)) if wanted == name => {
                if let Err(message) = run() {
                    panic!("{message}");
                }
                return;
            }
            _ => {}
        }
    }
    assert!(wanted.is_none(), "no such test");
}

pub fn test_main_static_abort(tests: &[&TestDescAndFn]) {
    test_main_static(tests);
}
