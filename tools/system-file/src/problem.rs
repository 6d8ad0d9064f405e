//! One problem of a system file, and all of them.

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource};
use std::fmt;
use std::ops::Range;

/// What is wrong, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Diagnostic)]
#[error("{message}")]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// What to do.
    #[help]
    pub cure: String,
    /// Places in the file, the one to change first.
    #[label(collection)]
    pub labels: Vec<LabeledSpan>,
}

impl Problem {
    pub(crate) fn new(span: Range<usize>, message: impl Into<String>, cure: impl Into<String>) -> Self {
        let labels = vec![LabeledSpan::new_primary_with_span(Some("here".into()), span)];
        Self { message: message.into(), cure: cure.into(), labels }
    }

    /// Points at a second place.
    pub(crate) fn and(mut self, span: Range<usize>, label: &str) -> Self {
        self.labels.push(LabeledSpan::new_with_span(Some(label.into()), span));
        self
    }

    fn offset(&self) -> usize {
        self.labels.first().map_or(0, LabeledSpan::offset)
    }
}

/// Everything that is wrong with a system file. `Display` has a line a problem, [`BadSystemFile::picture`] shows the places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadSystemFile {
    file: String,
    text: String,
    problems: Vec<Problem>,
}

impl BadSystemFile {
    pub(crate) fn new(file: &str, text: &str, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(Problem::offset);
        Self { file: file.into(), text: text.into(), problems }
    }

    /// The problems, in the order of the file.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Line and column, from 1, of a problem.
    pub fn place(&self, problem: &Problem) -> (usize, usize) {
        let offset = problem.offset();
        let before: String = self.text.char_indices().take_while(|(at, _)| *at < offset).map(|(_, c)| c).collect();
        let line = before.matches('\n').count() + 1;
        (line, before.chars().rev().take_while(|c| *c != '\n').count() + 1)
    }

    /// The problems with the lines of the file that they are about, for a terminal.
    pub fn picture(&self) -> String {
        let theme = GraphicalTheme::unicode_nocolor();
        let handler = GraphicalReportHandler::new_themed(theme).with_width(110).without_syntax_highlighting();
        let mut picture = String::new();
        let shown = Shown {
            title: self.title(),
            text: NamedSource::new(&self.file, self.text.clone()),
            problems: self.problems.clone(),
        };
        // Writing into a String does not fail; if the handler itself refuses, the plain lines do.
        match handler.render_report(&mut picture, &shown) {
            Ok(()) => picture,
            Err(_) => self.to_string(),
        }
    }

    fn title(&self) -> String {
        match self.problems.len() {
            1 => format!("{}: 1 problem", self.file),
            number => format!("{}: {number} problems", self.file),
        }
    }
}

impl fmt::Display for BadSystemFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title())?;
        for problem in &self.problems {
            let (line, column) = self.place(problem);
            write!(f, "\n{}:{line}:{column}: {problem}; {}", self.file, problem.cure)?;
        }
        Ok(())
    }
}

impl std::error::Error for BadSystemFile {}

/// The form that miette draws.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{title}")]
struct Shown {
    title: String,
    #[source_code]
    text: NamedSource<String>,
    #[related]
    problems: Vec<Problem>,
}
