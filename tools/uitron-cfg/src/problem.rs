//! One problem of a configuration, and all of them.

use crate::source::{Place, Sources, Span};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteSpanContents, SourceCode, SourceSpan,
};
use std::fmt;

/// Beyond so many, the rest is only counted: one slip can make a thousand.
const SHOWN: usize = 100;

/// A problem while texts are still being read.
#[derive(Clone, Debug)]
pub(crate) struct Complaint {
    span: Span,
    message: String,
    cure: String,
}

impl Complaint {
    pub(crate) fn new(span: Span, message: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { span, message: message.into(), cure: cure.into() }
    }
}

/// What is wrong, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where: the file that a person wrote, not the preprocessor's output.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub cure: String,
    excerpt: Excerpt,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl Diagnostic for Problem {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.cure))
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = LabeledSpan::new_primary_with_span(Some("here".into()), self.excerpt.span.clone());
        Some(Box::new(std::iter::once(label)))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }
}

/// A few lines of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Excerpt {
    file: String,
    text: String,
    first: usize,
    span: std::ops::Range<usize>,
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn miette::SpanContents<'a> + 'a>, miette::MietteError> {
        let inner = self.text.read_span(span, before, after)?;
        let line = inner.line() + self.first - 1;
        let (data, span, column, count) = (inner.data(), *inner.span(), inner.column(), inner.line_count());
        Ok(Box::new(MietteSpanContents::new_named(self.file.clone(), data, span, line, column, count)))
    }
}

/// Everything that is wrong. `Display` has a line a problem, [`BadConfiguration::picture`] shows the places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadConfiguration {
    file: String,
    number: usize,
    problems: Vec<Problem>,
}

impl BadConfiguration {
    pub(crate) fn new(file: &str, sources: &Sources, mut complaints: Vec<Complaint>) -> Self {
        complaints.sort_by_key(|complaint| (complaint.span.source, complaint.span.bytes.start));
        let number = complaints.len();
        let problem = |complaint: Complaint| {
            let place = sources.place(&complaint.span);
            let (text, first, span) = sources.excerpt(&complaint.span);
            let excerpt = Excerpt { file: place.file.clone(), text, first, span };
            Problem { place, message: complaint.message, cure: complaint.cure, excerpt }
        };
        Self { file: file.into(), number, problems: complaints.into_iter().take(SHOWN).map(problem).collect() }
    }

    /// The problems, in the order of the text; of very many the first.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// How many there are.
    pub fn number(&self) -> usize {
        self.number
    }

    /// The problems with the lines that they are about, for a terminal.
    pub fn picture(&self) -> String {
        let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor());
        let handler = handler.with_width(110).without_syntax_highlighting();
        let mut picture = String::new();
        // Writing into a String does not fail; if the handler itself refuses, the plain lines do.
        match handler.render_report(&mut picture, &Shown { title: self.title(), problems: &self.problems }) {
            Ok(()) => picture,
            Err(_) => self.to_string(),
        }
    }

    fn title(&self) -> String {
        let problems = if self.number == 1 { "problem" } else { "problems" };
        let shown = if self.number > SHOWN { format!(", the first {SHOWN} of them:") } else { String::new() };
        format!("{}: {} {problems}{shown}", self.file, self.number)
    }
}

impl fmt::Display for BadConfiguration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title())?;
        for problem in &self.problems {
            write!(f, "\n{}: {problem}; {}", problem.place, problem.cure)?;
        }
        Ok(())
    }
}

impl std::error::Error for BadConfiguration {}

/// The form that miette draws.
#[derive(Debug, thiserror::Error)]
#[error("{title}")]
struct Shown<'p> {
    title: String,
    problems: &'p [Problem],
}

impl Diagnostic for Shown<'_> {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.problems.iter().map(|problem| problem as &dyn Diagnostic)))
    }
}
