//! Runs batches on both sides and compares.

use crate::deviations::{self, Ask};
use crate::elf::executable;
use crate::engine::{self, Ending, Qemu};
use crate::forms::{self, Class, Shape};
use crate::program::Program;
use crate::record::{self, Record};
use crate::report::{self, Mismatch};
use crate::space;
use crate::vector::{Subject, Vector};
use anyhow::{Context, Result};
use std::fmt;
use std::ops::AddAssign;

/// What to run.
#[derive(Clone, Debug)]
pub struct Config {
    /// Seed of all operands.
    pub seed: u64,
    /// Vectors of each form.
    pub count: u32,
    /// First vector's index, to repeat one.
    pub first: u32,
    /// Only forms whose text starts with this.
    pub form: Option<String>,
    /// Words outside the user-mode table that are tried (each is a process of its own); `None` for all of them.
    pub illegal: Option<usize>,
    /// Only this word, as one that must be illegal.
    pub word: Option<u16>,
    /// Mismatches printed in full.
    pub show: usize,
}

impl Default for Config {
    /// What CI runs.
    fn default() -> Self {
        Self { seed: 1, count: 64, first: 0, form: None, illegal: Some(256), word: None, show: 20 }
    }
}

/// How many vectors did what they should.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// As expected.
    pub passed: u64,
    /// Not as expected.
    pub failed: u64,
    /// Of the passed ones: those whose expectation comes from [`deviations::TABLE`].
    pub by_manual: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.by_manual += other.by_manual;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Instructions that one vector may take in our emulator, driver included.
const LIMIT_PER_VECTOR: u64 = 4000;

/// Runs the suite; mismatches go to standard error.
///
/// # Errors
/// If QEMU is missing or a test program cannot be built. Mismatches are no error: see [`Counts::failed`].
pub fn run(config: &Config) -> Result<Counts> {
    let mut suite = Suite { qemu: Qemu::find()?, config, left_to_show: config.show };
    if let Some(word) = config.word {
        return suite.ending(Subject::Illegal(word), &Ending::Illegal);
    }
    let mut counts = Counts::default();
    for (at, form) in forms::all().iter().enumerate() {
        let wanted = config.form.as_ref().is_none_or(|start| form.text.starts_with(start.as_str()));
        if wanted && form.class == Class::User {
            counts += suite.form(at).with_context(|| format!("form {}", form.text))?;
            if let Shape::Memory(size, _) = form.shape
                && size.align() > 1
                && !form.is_cache_operation()
            {
                counts += suite.ending(Subject::Misaligned(at), &Ending::AddressError)?;
            }
        }
    }
    if config.form.is_none() {
        for word in space::sample(config.illegal, config.seed) {
            counts += suite.ending(Subject::Illegal(word), &Ending::Illegal)?;
        }
    }
    Ok(counts)
}

fn is_asked(vector: &Vector) -> bool {
    !deviations::find(vector).is_some_and(|entry| matches!(entry.ask, Ask::Nothing))
}

struct Suite<'a> {
    qemu: Qemu,
    config: &'a Config,
    left_to_show: usize,
}

impl Suite<'_> {
    fn form(&mut self, at: usize) -> Result<Counts> {
        let Config { seed, first, count, .. } = *self.config;
        let wanted: Vec<_> = (first..first + count).map(|index| (Subject::Form(at), index)).collect();
        let program = Program::build(&wanted, seed);
        let theirs = self.ask_qemu(&program)?;
        let ours = engine::run_ours(
            &executable(&program, &program.data(|_, _| ()))?,
            LIMIT_PER_VECTOR * program.vectors.len() as u64 + 1_000_000,
        )?;
        let ours = match ours {
            Ending::Finished(output) => Program::records(&output),
            ending => return Ok(self.broken(&program.vectors, &ending)),
        };
        let mut counts = Counts::default();
        for (at, vector) in program.vectors.iter().enumerate() {
            counts += self.compare(vector, theirs.get(at).filter(|_| is_asked(vector)), ours.get(at));
        }
        Ok(counts)
    }

    /// QEMU's records; those of vectors that it is not asked about are what they were.
    fn ask_qemu(&mut self, program: &Program) -> Result<Vec<Record>> {
        if !program.vectors.iter().any(is_asked) {
            return Ok(Vec::new());
        }
        let data = program.data(|vector, record| match deviations::find(vector).map(|entry| entry.ask) {
            Some(Ask::Adapted(adapt)) => adapt(vector, record),
            Some(Ask::Nothing) => program.skip(record),
            Some(Ask::AsIs) | None => {}
        });
        match self.qemu.run(&executable(program, &data)?)? {
            Ending::Finished(output) => Ok(Program::records(&output)),
            ending => anyhow::bail!("QEMU did not finish the test program: {ending}"),
        }
    }

    fn compare(&mut self, vector: &Vector, theirs: Option<&Record>, ours: Option<&Record>) -> Counts {
        let deviation = deviations::find(vector);
        let mut expected = theirs.cloned().unwrap_or_else(|| vector.input.untouched(vector.scratch));
        if let Some(entry) = deviation {
            (entry.expect)(vector, &mut expected);
        }
        let wrong: Vec<usize> = match ours {
            None => vec![record::R],
            Some(ours) => (0..record::WORDS)
                .filter(|word| record::is_output(*word) && expected[*word] != ours[*word])
                .filter(|word| {
                    !deviation.is_some_and(|entry| (entry.close)(vector, *word, expected[*word], ours[*word]))
                })
                .collect(),
        };
        if wrong.is_empty() {
            return Counts { passed: 1, failed: 0, by_manual: deviation.is_some().into() };
        }
        self.show(&Mismatch { vector, seed: self.config.seed, expected: &expected, theirs, ours, wrong: &wrong });
        Counts { failed: 1, ..Counts::default() }
    }

    /// One vector in a process of its own, which must end as `expected` on both sides.
    fn ending(&mut self, subject: Subject, expected: &Ending) -> Result<Counts> {
        let program = Program::build(&[(subject, self.config.first)], self.config.seed);
        let vector = &program.vectors[0];
        let file = executable(&program, &program.data(|_, _| ()))?;
        let ours = engine::run_ours(&file, LIMIT_PER_VECTOR)?;
        let exception = space::deviation(vector);
        let theirs = if exception.is_some() { None } else { Some(self.qemu.run(&file)?) };
        if ours == *expected && theirs.as_ref().is_none_or(|theirs| theirs == expected) {
            return Ok(Counts { passed: 1, failed: 0, by_manual: exception.is_some().into() });
        }
        if self.left_to_show > 0 {
            self.left_to_show -= 1;
            eprintln!("{}", report::ending(vector, self.config.seed, expected, theirs.as_ref(), &ours));
        }
        Ok(Counts { failed: 1, ..Counts::default() })
    }

    fn show(&mut self, mismatch: &Mismatch<'_>) {
        if self.left_to_show > 0 {
            self.left_to_show -= 1;
            eprintln!("{mismatch}");
        }
    }

    /// Our side ended before it could write results.
    fn broken(&mut self, vectors: &[Vector], ending: &Ending) -> Counts {
        if let Some(vector) = vectors.first() {
            eprintln!("{}: sh4a-emu did not finish the program with these vectors: {ending}", report::subject(vector));
        }
        Counts { failed: vectors.len() as u64, ..Counts::default() }
    }
}
