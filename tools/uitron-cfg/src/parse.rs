//! From tokens to calls of static APIs. What a call means is another file's affair.

use crate::api;
use crate::problem::Complaint;
use crate::source::Span;
use crate::token::{self, Shape, Token};
use winnow::combinator::{cut_err, delimited, separated};
use winnow::error::{ContextError, ErrMode};
use winnow::prelude::*;
use winnow::stream::{Stream, TokenSlice};
use winnow::token::any;

pub(crate) type Tokens<'t> = TokenSlice<'t, Token>;
type Result<T> = ModalResult<T, ContextError<&'static str>>;

/// `NAME(arguments);`
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) api: Token,
    pub(crate) arguments: Vec<Argument>,
    /// The closing parenthesis.
    pub(crate) close: Span,
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub(crate) enum Argument {
    /// An expression; never empty.
    Plain(Vec<Token>),
    /// `{ expressions }`
    Packet(Span, Vec<Vec<Token>>),
}

/// All calls of a text. After a problem it goes on with the next call.
pub(crate) fn parse(tokens: &[Token], end: Span, complaints: &mut Vec<Complaint>) -> Vec<Call> {
    let mut input = Tokens::new(tokens);
    let mut calls = Vec::new();
    while let Some(first) = input.peek_token() {
        if first.is(";") {
            input.next_token();
            continue;
        }
        match call(&mut input) {
            Ok(call) => {
                let stop = input.peek_token();
                if stop.is_some_and(|token| token.is(";")) {
                    input.next_token();
                } else {
                    let message = format!("`;` is missing behind {}", call.api.text);
                    complaints.push(Complaint::new(call.close.clone(), message, "end each static API with `);`"));
                }
                calls.push(call);
            }
            Err(error) => {
                let found = input.peek_token();
                complaints.push(unexpected(found, &end, &error));
                // What stopped the parser may be the next call already; but never stay where this one began.
                if found.is_some_and(|token| token.span == first.span) {
                    input.next_token();
                }
                skip(&mut input);
            }
        }
    }
    calls
}

fn unexpected(found: Option<&Token>, end: &Span, error: &ErrMode<ContextError<&'static str>>) -> Complaint {
    let wanted = match error {
        ErrMode::Backtrack(inner) | ErrMode::Cut(inner) => inner.context().next().copied(),
        ErrMode::Incomplete(_) => None,
    };
    let cure = format!("write {} here", wanted.unwrap_or("a static API"));
    match found {
        Some(token) => Complaint::new(token.span.clone(), format!("`{}` does not belong here", token.text), cure),
        None => Complaint::new(end.clone(), "the file ends inside a static API", cure),
    }
}

/// To the start of the next call: behind a semicolon, or to an API's name and a parenthesis.
fn skip(input: &mut Tokens<'_>) {
    while let Some(token) = input.peek_token() {
        let call = token.shape == Shape::Name && api::find(&token.text).is_some();
        if call && input.get(1).is_some_and(|next| next.is("(")) {
            return;
        }
        input.next_token();
        if token.is(";") {
            return;
        }
    }
}

fn call(input: &mut Tokens<'_>) -> Result<Call> {
    let name = any.verify(|token: &&Token| token.shape == Shape::Name).context("the name of a static API");
    let api = cut_err(name).parse_next(input)?.clone();
    cut_err(sign("(", "`(`")).parse_next(input)?;
    let arguments = if next_is(input, ")") {
        Vec::new()
    } else {
        separated(1.., cut_err(argument), sign(",", "`,`")).parse_next(input)?
    };
    let close = cut_err(sign(")", "`,` or `)`")).parse_next(input)?.span.clone();
    Ok(Call { api, arguments, close })
}

fn argument(input: &mut Tokens<'_>) -> Result<Argument> {
    let Some(first) = input.peek_token().filter(|token| token.is("{")) else {
        return expression.map(Argument::Plain).parse_next(input);
    };
    let fields = |input: &mut Tokens<'_>| -> Result<Vec<Vec<Token>>> {
        if next_is(input, "}") {
            Ok(Vec::new())
        } else {
            separated(1.., cut_err(expression), sign(",", "`,`")).parse_next(input)
        }
    };
    let fields = delimited(sign("{", "`{`"), fields, cut_err(sign("}", "`,` or `}`"))).parse_next(input)?;
    Ok(Argument::Packet(first.span.clone(), fields))
}

/// Tokens up to a comma or a closing bracket of somebody else. Brackets must pair; the rest is for the C compiler.
/// Not recursive: a text of a million parentheses must not use up the stack.
fn expression(input: &mut Tokens<'_>) -> Result<Vec<Token>> {
    let mut closers = Vec::new();
    let mut taken = Vec::new();
    while let Some(token) = input.peek_token() {
        let sign = if token.shape == Shape::Sign { token.text.as_str() } else { "" };
        match (sign, closers.last()) {
            ("(", _) => closers.push(")"),
            ("[", _) => closers.push("]"),
            (")" | "]", Some(closer)) if sign == *closer => drop(closers.pop()),
            ("," | ")" | "]" | "{" | "}" | ";", None) => break,
            (")" | "]" | "{" | "}" | ";", Some(_)) => break,
            _ => {}
        }
        taken.push(token.clone());
        input.next_token();
    }
    let wanted = match (closers.last(), taken.is_empty()) {
        (Some(&")"), _) => "`)`",
        (Some(_), _) => "`]`",
        (None, true) => "an expression",
        (None, false) => return Ok(taken),
    };
    winnow::combinator::fail.context(wanted).parse_next(input)
}

fn sign<'t>(
    sign: &'static str,
    name: &'static str,
) -> impl Parser<Tokens<'t>, &'t Token, ErrMode<ContextError<&'static str>>> {
    any.verify(move |token: &&Token| token.is(sign)).context(name)
}

fn next_is(input: &Tokens<'_>, sign: &str) -> bool {
    input.peek_token().is_some_and(|token| token.is(sign))
}

impl Argument {
    /// From its first to its last token.
    pub(crate) fn span(&self) -> Option<Span> {
        match self {
            Argument::Plain(tokens) => token::span(tokens),
            Argument::Packet(open, _) => Some(open.clone()),
        }
    }
}
