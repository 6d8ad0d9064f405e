//! From files to calls: the C preprocessor's output, and files that INCLUDE names.

use crate::check;
use crate::lex::{self, lex};
use crate::model::System;
use crate::parse::{Argument, Call, parse as parse_tokens};
use crate::problem::{BadConfiguration, Complaint};
use crate::source::{Source, Sources, Span};
use crate::token::Shape;
use std::io;
use std::path::{Path, PathBuf};
use winnow::Parser;

/// How files named by INCLUDE are read.
pub type Reader<'a> = &'a dyn Fn(&Path) -> io::Result<Vec<u8>>;

/// INCLUDE inside INCLUDE, at most so deep.
const DEEPEST: usize = 16;

/// Reads a file, which may be the C preprocessor's output.
///
/// # Errors
/// Everything that is wrong with it, or that it cannot be read.
pub fn load(path: &Path) -> Result<System, BadConfiguration> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| {
        let mut sources = Sources::default();
        sources.add(Source::new(&name, "\n", Vec::new()));
        let message = format!("the file cannot be read: {error}");
        let start = Span { source: 0, bytes: 0..0 };
        BadConfiguration::new(&name, &sources, vec![Complaint::new(start, message, "check its name")])
    })?;
    parse(&name, &decoded(&bytes), &|path| std::fs::read(path))
}

/// Reads a text; `read` gets the files that it includes.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse(name: &str, text: &str, read: Reader<'_>) -> Result<System, BadConfiguration> {
    let mut run = Run {
        read,
        sources: Sources::default(),
        headers: Vec::new(),
        calls: Vec::new(),
        complaints: Vec::new(),
        too_deep: false,
    };
    run.text(name, text, 0);
    let mut system = check::system(&run.calls, &run.sources, &mut run.complaints);
    system.includes = run.headers;
    if run.complaints.is_empty() { Ok(system) } else { Err(BadConfiguration::new(name, &run.sources, run.complaints)) }
}

/// JSP's files have comments in EUC-JP or Shift JIS; only comments can, so their characters do not matter.
fn decoded(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

struct Run<'a> {
    read: Reader<'a>,
    sources: Sources,
    headers: Vec<String>,
    calls: Vec<Call>,
    complaints: Vec<Complaint>,
    too_deep: bool,
}

impl Run<'_> {
    fn text(&mut self, name: &str, text: &str, depth: usize) {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let source = self.sources.next();
        let lexed = lex(source, text);
        self.sources.add(Source::new(name, text, lexed.marks));
        self.complaints.extend(lexed.complaints);
        let end = Span { source, bytes: text.len()..text.len() };
        for call in parse_tokens(&lexed.tokens, end, &mut self.complaints) {
            if call.api.text == "INCLUDE" { self.include(&call, depth) } else { self.calls.push(call) }
        }
    }

    /// `INCLUDE("\"header.h\"")` and `INCLUDE("<header.h>")` go into the generated C; `INCLUDE("more.cfg")` is read here.
    fn include(&mut self, call: &Call, depth: usize) {
        let form = "write INCLUDE(\"\\\"header.h\\\"\"), INCLUDE(\"<header.h>\") or INCLUDE(\"file.cfg\")";
        let argument = match call.arguments.as_slice() {
            [Argument::Plain(tokens)] if tokens.len() == 1 && tokens[0].shape == Shape::Text => &tokens[0],
            _ => return self.complain(&call.api.span, "INCLUDE takes one string", form),
        };
        let Ok(wanted) = lex::string.parse(argument.text.as_str()) else {
            return self.complain(&argument.span, "INCLUDE takes one string", form);
        };
        let header = |open, close| wanted.len() > 2 && wanted.starts_with(open) && wanted.ends_with(close);
        if header('"', '"') || header('<', '>') {
            if !self.headers.contains(&wanted) {
                self.headers.push(wanted);
            }
        } else if wanted.ends_with(".cfg") {
            self.nested(&argument.span, &wanted, depth);
        } else {
            self.complain(&argument.span, format!("INCLUDE names neither a header nor a .cfg file: `{wanted}`"), form);
        }
    }

    fn nested(&mut self, span: &Span, wanted: &str, depth: usize) {
        if self.too_deep || depth >= DEEPEST {
            if !self.too_deep {
                let message = format!("INCLUDE goes more than {DEEPEST} files deep");
                self.complain(span, message, "see whether a file includes itself");
            }
            self.too_deep = true;
            return;
        }
        let place = self.sources.place(span);
        let path = Path::new(&place.file).parent().map_or_else(PathBuf::new, Path::to_path_buf).join(wanted);
        match (self.read)(&path) {
            Ok(bytes) => self.text(&path.display().to_string(), &decoded(&bytes), depth + 1),
            Err(error) => {
                let message = format!("`{}` cannot be read: {error}", path.display());
                self.complain(span, message, "name it relative to the folder of this file");
            }
        }
    }

    fn complain(&mut self, span: &Span, message: impl Into<String>, cure: &str) {
        self.complaints.push(Complaint::new(span.clone(), message, cure));
    }
}
