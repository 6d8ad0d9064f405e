//! From text to tokens and line markers.

use crate::problem::Complaint;
use crate::source::{Mark, Span};
use crate::token::{Shape, Token};
use winnow::ascii::{dec_uint, multispace1, space0, space1, till_line_ending};
use winnow::combinator::{alt, delimited, opt, preceded, repeat};
use winnow::error::EmptyError;
use winnow::prelude::*;
use winnow::stream::LocatingSlice;
use winnow::token::{any, none_of, one_of, rest, take_until, take_while};

/// Signs of one character.
const SIGNS: [char; 24] = [
    '+', '-', '*', '/', '%', '&', '|', '^', '~', '!', '<', '>', '=', '?', ':', '.', ',', ';', '(', ')', '{', '}', '[',
    ']',
];

type Input<'s> = LocatingSlice<&'s str>;
type Result<T> = winnow::Result<T, EmptyError>;

#[derive(Clone)]
enum Lexeme {
    Blank,
    Token(Shape),
    Directive,
    Bad(&'static str, &'static str),
}

/// What a text consists of; problems do not stop it.
#[derive(Default)]
pub(crate) struct Lexed {
    pub(crate) tokens: Vec<Token>,
    pub(crate) marks: Vec<Mark>,
    pub(crate) complaints: Vec<Complaint>,
}

pub(crate) fn lex(source: usize, text: &str) -> Lexed {
    let mut lexed = Lexed::default();
    let mut input = Input::new(text);
    let mut spaced = true;
    while !input.is_empty() {
        let Ok((lexeme, bytes)) = lexeme.with_span().parse_next(&mut input) else { break };
        let span = Span { source, bytes: bytes.clone() };
        let taken = &text[bytes.clone()];
        match lexeme {
            Lexeme::Blank => {}
            Lexeme::Token(shape) => lexed.tokens.push(Token { shape, text: taken.into(), span, spaced }),
            Lexeme::Directive => directive(taken, span, &mut lexed),
            Lexeme::Bad(message, cure) => {
                let message = if message.is_empty() { format!("`{taken}` means nothing here") } else { message.into() };
                lexed.complaints.push(Complaint::new(span, message, cure));
            }
        }
        spaced = !matches!(lexeme, Lexeme::Token(_));
    }
    lexed
}

fn lexeme(input: &mut Input<'_>) -> Result<Lexeme> {
    let open_comment =
        ("/*", rest).value(Lexeme::Bad("the comment is never closed", "add `*/` where the comment ends"));
    let directive = ("#", till_line_ending).value(Lexeme::Directive);
    alt((blank, open_comment, directive, token.map(Lexeme::Token), bad)).parse_next(input)
}

fn blank(input: &mut Input<'_>) -> Result<Lexeme> {
    alt((multispace1.void(), ("\\", opt("\r"), "\n").void(), comment)).value(Lexeme::Blank).parse_next(input)
}

fn token(input: &mut Input<'_>) -> Result<Shape> {
    alt((
        (one_of(|c: char| c.is_ascii_alphabetic() || c == '_'), word).value(Shape::Name),
        (one_of('0'..='9'), word).value(Shape::Number),
        quoted('"').value(Shape::Text),
        quoted('\'').value(Shape::Character),
        alt(("<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "->")).value(Shape::Sign),
        one_of(SIGNS).value(Shape::Sign),
    ))
    .parse_next(input)
}

/// What is no token takes as much with it as can be meant by it.
fn bad(input: &mut Input<'_>) -> Result<Lexeme> {
    alt((
        (one_of(['"', '\'']), till_line_ending)
            .value(Lexeme::Bad("the quote is never closed", "add the closing quote on the same line")),
        any.value(Lexeme::Bad("", "remove it; outside comments and quotes only C's own characters may stand")),
    ))
    .parse_next(input)
}

fn comment(input: &mut Input<'_>) -> Result<()> {
    alt((("//", till_line_ending).void(), ("/*", take_until(0.., "*/"), "*/").void())).parse_next(input)
}

/// The rest of a name or a number.
fn word(input: &mut Input<'_>) -> Result<()> {
    take_while(0.., |c: char| c.is_ascii_alphanumeric() || c == '_').void().parse_next(input)
}

fn quoted<'s>(quote: char) -> impl Parser<Input<'s>, (), EmptyError> {
    let inside = alt((("\\", none_of('\n')).void(), none_of([quote, '\\', '\n']).void()));
    (quote, repeat::<_, _, (), _, _>(0.., inside), quote).void()
}

/// A preprocessor line: a line marker, something harmless, or work that the C preprocessor should have done.
fn directive(taken: &str, span: Span, lexed: &mut Lexed) {
    if let Ok((line, file)) = marker.parse(taken) {
        return lexed.marks.push(Mark { offset: span.bytes.start, file, line });
    }
    let name: String =
        taken.trim_start_matches(['#', ' ', '\t']).chars().take_while(char::is_ascii_alphanumeric).collect();
    if !["", "pragma", "ident"].contains(&name.as_str()) {
        let cure = "run the C preprocessor over the file first: gcc -E -x c -D_MACRO_ONLY FILE";
        lexed.complaints.push(Complaint::new(span, format!("`#{name}` is a job for the C preprocessor"), cure));
    }
}

/// `# 12 "file" flags` as gcc writes it, or `#line 12 "file"`.
fn marker(input: &mut &str) -> Result<(usize, Option<String>)> {
    let file = opt(preceded(space1, string));
    delimited(("#", space0, opt(("line", space1))), (dec_uint, file), rest).parse_next(input)
}

/// A string literal's meaning. A backslash stands for the character behind it: file names have no other escapes.
pub(crate) fn string(input: &mut &str) -> Result<String> {
    delimited('"', repeat(0.., alt((preceded('\\', any), none_of(['"', '\\'])))), '"').parse_next(input)
}
