//! Casts: which types there are, and what they do to a value.

use crate::eval::sign;
use crate::parse::Tokens;
use crate::token::Shape;
use winnow::combinator::fail;
use winnow::error::EmptyError;
use winnow::prelude::*;
use winnow::token::any;

/// Types of C and of the uITRON interface.
const SIGNED: &[&str] = &["int", "signed", "long", "W", "INT", "ID", "PRI", "TMO", "ER", "int32_t"];
const UNSIGNED: &[&str] =
    &["unsigned", "UW", "UINT", "ATR", "SIZE", "RELTIM", "FLGPTN", "TEXPTN", "STAT", "MODE", "size_t", "uint32_t"];
const NARROW: &[&str] = &["char", "short", "B", "UB", "H", "UH", "BOOL", "int8_t", "uint8_t", "int16_t", "uint16_t"];
const POINTER: &[&str] = &["VP", "VP_INT", "FP"];
/// Types of which only pointers have values.
const POINTED: &[&str] = &["void", "STK_T"];

/// What a type makes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cast {
    /// 32 bits with a sign.
    Int,
    /// 32 bits without.
    Unsigned,
    /// 8 or 16 bits, which become `int` in any expression.
    Narrow,
    /// An address.
    Pointer,
}

/// A type in parentheses.
pub(crate) fn cast(input: &mut Tokens<'_>) -> winnow::Result<Cast, EmptyError> {
    sign("(").parse_next(input)?;
    let mut words: Vec<&str> = Vec::new();
    let mut stars = 0;
    loop {
        let token = any.parse_next(input)?;
        match (token.shape, token.text.as_str()) {
            (Shape::Name, "const" | "volatile") => {}
            (Shape::Name, word) if stars == 0 => words.push(word),
            (Shape::Sign, "*") if !words.is_empty() => stars += 1,
            (Shape::Sign, ")") if !words.is_empty() => break,
            _ => return fail.parse_next(input),
        }
    }
    let all = |types: &[&[&str]]| words.iter().all(|word| types.iter().any(|types| types.contains(word)));
    let some = |types: &[&str]| words.iter().any(|word| types.contains(word));
    if all(&[POINTER]) || stars > 0 && all(&[SIGNED, UNSIGNED, NARROW, POINTER, POINTED]) {
        Ok(Cast::Pointer)
    } else if stars > 0 || !all(&[SIGNED, UNSIGNED, NARROW]) {
        fail.parse_next(input)
    } else if some(NARROW) {
        Ok(Cast::Narrow)
    } else if some(UNSIGNED) {
        Ok(Cast::Unsigned)
    } else {
        Ok(Cast::Int)
    }
}
