//! Values of integer constant expressions, as far as they can be known without a C compiler.
//!
//! `None` is always a right answer: the C compiler will know. So whatever depends on the width or the sign of a type in a way
//! that could be mistaken (wrap-around, negative numbers made unsigned) is not known.

use crate::parse::Tokens;
use crate::token::{Shape, Token};
use winnow::combinator::{Infix, Prefix, alt, delimited, eof, expression, fail};
use winnow::error::EmptyError;
use winnow::prelude::*;
use winnow::token::any;

type Result<T> = winnow::Result<T, EmptyError>;

/// Longer expressions are left to the C compiler; it also bounds the depth of the recursion.
const LONGEST: usize = 128;

/// Names of the uITRON4.0 specification whose value it fixes, and limits that JSP fixes.
const NAMES: &[(&str, i64)] = &[
    ("NULL", 0),
    ("TRUE", 1),
    ("FALSE", 0),
    ("TA_NULL", 0),
    ("TA_HLNG", 0),
    ("TA_ASM", 1),
    ("TA_TFIFO", 0),
    ("TA_TPRI", 1),
    ("TA_MFIFO", 0),
    ("TA_MPRI", 2),
    ("TA_ACT", 2),
    ("TA_WSGL", 0),
    ("TA_WMUL", 2),
    ("TA_CLR", 4),
    ("TA_STA", 2),
    ("TA_PHS", 4),
    ("TMIN_TPRI", 1),
    ("TMAX_TPRI", 16),
    ("TMIN_MPRI", 1),
    ("TMAX_MPRI", 16),
];

/// Types of at least 32 bits, and types below.
const WIDE: &[&str] = &[
    "int",
    "unsigned",
    "signed",
    "long",
    "void",
    "VP",
    "VP_INT",
    "W",
    "UW",
    "VW",
    "INT",
    "UINT",
    "ID",
    "PRI",
    "ATR",
    "SIZE",
    "RELTIM",
    "TMO",
    "FLGPTN",
    "TEXPTN",
    "STAT",
    "MODE",
    "ER",
    "FP",
    "STK_T",
    "size_t",
    "int32_t",
    "uint32_t",
    "intptr_t",
    "uintptr_t",
];
const NARROW: &[&str] =
    &["char", "short", "B", "UB", "VB", "H", "UH", "VH", "BOOL", "int8_t", "uint8_t", "int16_t", "uint16_t"];

#[derive(Clone, Copy, Debug, PartialEq)]
struct Value {
    is: i64,
    unsigned: bool,
}

pub(crate) fn value(tokens: &[Token]) -> Option<i64> {
    if tokens.len() > LONGEST {
        return None;
    }
    let mut input = Tokens::new(tokens);
    (whole, eof).parse_next(&mut input).ok().map(|(value, _): (Value, _)| value.is)
}

fn whole(input: &mut Tokens<'_>) -> Result<Value> {
    expression(operand).prefix(prefix).infix(infix).parse_next(input)
}

fn operand(input: &mut Tokens<'_>) -> Result<Value> {
    let atom = any.verify_map(|token: &Token| match token.shape {
        Shape::Number => number(&token.text),
        Shape::Name => {
            let (_, is) = NAMES.iter().find(|(name, _)| *name == token.text)?;
            Some(Value { is: *is, unsigned: false })
        }
        _ => None,
    });
    alt((atom, delimited(sign("("), whole, sign(")")))).parse_next(input)
}

/// An integer literal with the type that C gives it.
fn number(text: &str) -> Option<Value> {
    let lower = text.to_ascii_lowercase();
    let digits = lower.trim_end_matches(['u', 'l']);
    let suffix = &lower[digits.len()..];
    if !["", "u", "l", "ul", "lu"].contains(&suffix) {
        return None;
    }
    let (digits, radix) = match digits.strip_prefix("0x") {
        Some(hexadecimal) => (hexadecimal, 16),
        None if digits.len() > 1 && digits.starts_with('0') => (&digits[1..], 8),
        None => (digits, 10),
    };
    let is = i64::from(u32::from_str_radix(digits, radix).ok()?);
    let unsigned = suffix.contains('u') || is > i64::from(i32::MAX);
    // A decimal literal above INT_MAX is a wider signed type, not an unsigned one.
    if unsigned && radix == 10 && !suffix.contains('u') { None } else { Some(Value { is, unsigned }) }
}

fn sign<'t>(text: &'static str) -> impl Parser<Tokens<'t>, &'t Token, EmptyError> {
    any.verify(move |token: &&Token| token.is(text))
}

/// A type in parentheses: whether values must fit in seven bits to survive it.
fn cast(input: &mut Tokens<'_>) -> Result<bool> {
    sign("(").parse_next(input)?;
    let (mut words, mut stars, mut narrow) = (0, 0, false);
    loop {
        let token = any.parse_next(input)?;
        let text = token.text.as_str();
        match token.shape {
            Shape::Name if stars == 0 && WIDE.contains(&text) => words += 1,
            Shape::Name if stars == 0 && NARROW.contains(&text) => (words, narrow) = (words + 1, true),
            Shape::Name if text == "const" || text == "volatile" => {}
            Shape::Sign if text == "*" && words > 0 => stars += 1,
            Shape::Sign if text == ")" && words > 0 => return Ok(narrow && stars == 0),
            _ => return fail.parse_next(input),
        }
    }
}

type PrefixOf<'t> = Prefix<Tokens<'t>, Value, EmptyError>;
type InfixOf<'t> = Infix<Tokens<'t>, Value, EmptyError>;

fn prefix<'t>(input: &mut Tokens<'t>) -> Result<PrefixOf<'t>> {
    let operator = any.verify_map(|token: &Token| -> Option<PrefixOf<'t>> {
        Some(match token.text.as_str() {
            "-" => Prefix(20, |_, a| known(-a.is, a.unsigned)),
            "+" => Prefix(20, |_, a| Ok(a)),
            "~" => Prefix(20, |_, a| known(if a.unsigned { !a.is & 0xffff_ffff } else { !a.is }, a.unsigned)),
            "!" => Prefix(20, |_, a| known((a.is == 0).into(), false)),
            _ => return None,
        })
    });
    let cast = cast.map(|narrow| -> PrefixOf<'t> {
        if narrow {
            Prefix(20, |_, a| if (0..=0x7f).contains(&a.is) { Ok(a) } else { Err(EmptyError) })
        } else {
            Prefix(20, |_, a| if a.is >= 0 { Ok(a) } else { Err(EmptyError) })
        }
    });
    alt((operator, cast)).parse_next(input)
}

fn infix<'t>(input: &mut Tokens<'t>) -> Result<InfixOf<'t>> {
    any.verify_map(|token: &Token| -> Option<InfixOf<'t>> {
        Some(match token.text.as_str() {
            "*" => Infix::Left(19, |_, a, b| both(a, b, i64::checked_mul)),
            "/" => Infix::Left(19, |_, a, b| both(a, b, i64::checked_div)),
            "%" => Infix::Left(19, |_, a, b| both(a, b, i64::checked_rem)),
            "+" => Infix::Left(18, |_, a, b| both(a, b, i64::checked_add)),
            "-" => Infix::Left(18, |_, a, b| both(a, b, i64::checked_sub)),
            "<<" => Infix::Left(17, |_, a, b| shifted(a, b, |a, b| a << b)),
            ">>" => Infix::Left(17, |_, a, b| shifted(a, b, |a, b| a >> b)),
            "<" => Infix::Left(16, |_, a, b| both(a, b, |a, b| Some((a < b).into()))),
            ">" => Infix::Left(16, |_, a, b| both(a, b, |a, b| Some((a > b).into()))),
            "<=" => Infix::Left(16, |_, a, b| both(a, b, |a, b| Some((a <= b).into()))),
            ">=" => Infix::Left(16, |_, a, b| both(a, b, |a, b| Some((a >= b).into()))),
            "==" => Infix::Left(15, |_, a, b| both(a, b, |a, b| Some((a == b).into()))),
            "!=" => Infix::Left(15, |_, a, b| both(a, b, |a, b| Some((a != b).into()))),
            "&" => Infix::Left(14, |_, a, b| both(a, b, |a, b| Some(a & b))),
            "^" => Infix::Left(13, |_, a, b| both(a, b, |a, b| Some(a ^ b))),
            "|" => Infix::Left(12, |_, a, b| both(a, b, |a, b| Some(a | b))),
            "&&" => Infix::Left(11, |_, a, b| known((a.is != 0 && b.is != 0).into(), false)),
            "||" => Infix::Left(10, |_, a, b| known((a.is != 0 || b.is != 0).into(), false)),
            _ => return None,
        })
    })
    .parse_next(input)
}

/// A result, if its type holds it.
fn known(is: i64, unsigned: bool) -> Result<Value> {
    let fits = if unsigned { u32::try_from(is).is_ok() } else { i32::try_from(is).is_ok() };
    if fits { Ok(Value { is, unsigned }) } else { Err(EmptyError) }
}

fn both(a: Value, b: Value, operator: fn(i64, i64) -> Option<i64>) -> Result<Value> {
    let unsigned = a.unsigned || b.unsigned;
    if unsigned && (a.is < 0 || b.is < 0) {
        return Err(EmptyError);
    }
    known(operator(a.is, b.is).ok_or(EmptyError)?, unsigned)
}

fn shifted(a: Value, b: Value, operator: fn(i64, i64) -> i64) -> Result<Value> {
    if a.is < 0 || !(0..32).contains(&b.is) { Err(EmptyError) } else { known(operator(a.is, b.is), a.unsigned) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lex::lex;

    fn of(text: &str) -> Option<i64> {
        value(&lex(0, text).tokens)
    }

    /// Values from the C standard's grammar and types (int and long of 32 bits).
    #[test]
    fn c_expressions_have_their_value() {
        for (text, is) in [
            ("0", 0),
            ("42", 42),
            ("0x1Fu", 31),
            ("010", 8),
            ("1 + 2 * 3", 7),
            ("(1 + 2) * 3", 9),
            ("10 - 4 - 3", 3),
            ("-7 / 2", -3),
            ("-7 % 2", -1),
            ("1 << 4 | 1", 17),
            ("6 & 3 ^ 1", 3),
            ("1 | 6 & 2", 3),
            ("!5 + !0", 1),
            ("~0", -1),
            ("~0u", 0xffff_ffff),
            ("2 > 1 == 1", 1),
            ("1 && 0 || 1", 1),
            ("TA_HLNG | TA_ACT", 2),
            ("TMAX_TPRI - 2", 14),
            ("(VP) 0", 0),
            ("((void *) 0)", 0),
            ("(const char *)0", 0),
            ("(UB) 5 + 1", 6),
            ("- - 3", 3),
            ("0xffffffff", 0xffff_ffff),
        ] {
            assert_eq!(of(text), Some(is), "{text}");
        }
    }

    #[test]
    fn what_only_a_compiler_knows_is_not_guessed() {
        for text in [
            "",
            "STACK_SIZE",
            "1 +",
            "(1",
            "1)",
            "1 2",
            "1 / 0",
            "0x",
            "09",
            "1.5",
            "sizeof(int)",
            "f(1)",
            "'a'",
            "\"a\"",
            "0u - 1",
            "-1 < 1u",
            "(UB) 256",
            "(unsigned) -1",
            "0x7fffffff + 1",
            "4294967295",
            "4294967296",
            "1 << 32",
            "1 << 31",
            "1 ? 2 : 3",
            "()",
            "(int)",
            "a[1]",
            "0x1g",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
        assert_eq!(of(&format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000))), None);
        assert_eq!(of(&"-".repeat(100_000)), None);
    }
}
