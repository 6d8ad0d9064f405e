//! Texts that were read, and the way from an offset back to the file and line that a person wrote.

use std::fmt;
use std::ops::Range;

/// Bytes of one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) source: usize,
    pub(crate) bytes: Range<usize>,
}

impl Span {
    /// From the start of this one to the end of another in the same text (or just this one).
    pub(crate) fn to(&self, end: &Span) -> Span {
        let stop = if end.source == self.source { end.bytes.end.max(self.bytes.end) } else { self.bytes.end };
        Span { source: self.source, bytes: self.bytes.start..stop }
    }
}

/// A place that a person can go to. Line and column count from 1, columns are characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file as the line markers of the C preprocessor name it, or the file that was read.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A line marker at `offset`: the line after it is line `line` of `file`.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    pub(crate) offset: usize,
    pub(crate) file: Option<String>,
    pub(crate) line: usize,
}

/// One text: a file, perhaps after the C preprocessor.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    name: String,
    text: String,
    /// Offset of the first byte of each line.
    lines: Vec<usize>,
    marks: Vec<Mark>,
}

impl Source {
    pub(crate) fn new(name: &str, text: &str, marks: Vec<Mark>) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        // A marker without a file name goes on with the file before it.
        let mut file = name.to_string();
        let named = |mut mark: Mark| {
            file = mark.file.take().unwrap_or_else(|| file.clone());
            Mark { file: Some(file.clone()), ..mark }
        };
        let marks = marks.into_iter().map(named).collect();
        Self { name: name.into(), text: text.into(), lines, marks }
    }

    /// Index of the line that holds a byte.
    fn index(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// File and number of a line of the text.
    fn origin(&self, index: usize) -> (&str, usize) {
        let passed = self.marks.partition_point(|mark| mark.offset < self.lines[index]);
        // gcc gives line 0 to what it defines before the first line.
        match self.marks[..passed].last() {
            Some(mark) => {
                let since = index.saturating_sub(self.index(mark.offset) + 1);
                (mark.file.as_deref().unwrap_or(&self.name), mark.line.saturating_add(since).max(1))
            }
            None => (&self.name, index + 1),
        }
    }

    fn line(&self, index: usize) -> &str {
        let end = self.lines.get(index + 1).map_or(self.text.len(), |next| next - 1);
        self.text.get(self.lines[index]..end).unwrap_or_default()
    }
}

/// All texts of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources(Vec<Source>);

impl Sources {
    pub(crate) fn next(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn add(&mut self, source: Source) {
        self.0.push(source);
    }

    pub(crate) fn place(&self, span: &Span) -> Place {
        let source = &self.0[span.source];
        let index = source.index(span.bytes.start);
        let (file, line) = source.origin(index);
        let before = source.text.get(source.lines[index]..span.bytes.start).unwrap_or_default();
        Place { file: file.into(), line, column: before.chars().count() + 1 }
    }

    /// The line of a place with its neighbours, and the bytes of the span in it: text, number of its first line, span.
    pub(crate) fn excerpt(&self, span: &Span) -> (String, usize, Range<usize>) {
        let source = &self.0[span.source];
        let index = source.index(span.bytes.start);
        let (file, line) = source.origin(index);
        let mut first = index;
        let neighbour = |at: usize, number: usize| source.origin(at) == (file, number);
        while first > 0
            && index - first < 2
            && line > index - first + 1
            && neighbour(first - 1, line - (index - first) - 1)
        {
            first -= 1;
        }
        let mut text = String::new();
        for at in first..=index {
            text.push_str(source.line(at));
            text.push('\n');
        }
        let start = span.bytes.start - source.lines[first];
        let end = (span.bytes.end - source.lines[first]).min(text.len() - 1).max(start);
        (text, line - (index - first), start..end)
    }
}
