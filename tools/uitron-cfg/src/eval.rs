//! Values of integer constant expressions, as far as they can be known without a C compiler.
//!
//! `None` is always a right answer: the C compiler will know. So whatever depends on the width or the sign of a type in a way
//! that could be mistaken (wrap-around, negative numbers made unsigned) is not known.

use crate::cast::{Cast, cast};
use crate::parse::Tokens;
use crate::token::{Shape, Token};
use winnow::combinator::{Infix, Prefix, alt, delimited, eof, expression};
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

#[derive(Clone, Copy, Debug, PartialEq)]
enum Type {
    Int,
    Unsigned,
    /// Comes from a cast; nothing is computed with it.
    Pointer,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Value {
    is: i64,
    of: Type,
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
            Some(Value { is: *is, of: Type::Int })
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
    let wider = unsigned && radix == 10 && !suffix.contains('u');
    (!wider).then_some(Value { is, of: if unsigned { Type::Unsigned } else { Type::Int } })
}

pub(crate) fn sign<'t>(text: &'static str) -> impl Parser<Tokens<'t>, &'t Token, EmptyError> {
    any.verify(move |token: &&Token| token.is(text))
}

/// A value that a cast does not change.
fn converted(a: Value, most: i64, of: Type) -> Result<Value> {
    if (0..=most).contains(&a.is) { Ok(Value { is: a.is, of }) } else { Err(EmptyError) }
}

type PrefixOf<'t> = Prefix<Tokens<'t>, Value, EmptyError>;
type InfixOf<'t> = Infix<Tokens<'t>, Value, EmptyError>;

fn prefix<'t>(input: &mut Tokens<'t>) -> Result<PrefixOf<'t>> {
    let operator = any.verify_map(|token: &Token| -> Option<PrefixOf<'t>> {
        Some(match token.text.as_str() {
            "-" => Prefix(20, |_, a| known(-a.is, a.of)),
            "+" => Prefix(20, |_, a| known(a.is, a.of)),
            "~" if token.shape == Shape::Sign => {
                Prefix(20, |_, a| known(if a.of == Type::Unsigned { !a.is & 0xffff_ffff } else { !a.is }, a.of))
            }
            "!" => Prefix(20, |_, a| known((a.is == 0).into(), Type::Int)),
            _ => return None,
        })
    });
    let cast = cast.map(|cast| -> PrefixOf<'t> {
        match cast {
            Cast::Int => Prefix(20, |_, a| converted(a, i64::from(i32::MAX), Type::Int)),
            Cast::Narrow => Prefix(20, |_, a| converted(a, 0x7f, Type::Int)),
            Cast::Unsigned => Prefix(20, |_, a| converted(a, i64::from(u32::MAX), Type::Unsigned)),
            Cast::Pointer => Prefix(20, |_, a| converted(a, i64::from(u32::MAX), Type::Pointer)),
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
            "<" => Infix::Left(16, |_, a, b| compared(a, b, |a, b| a < b)),
            ">" => Infix::Left(16, |_, a, b| compared(a, b, |a, b| a > b)),
            "<=" => Infix::Left(16, |_, a, b| compared(a, b, |a, b| a <= b)),
            ">=" => Infix::Left(16, |_, a, b| compared(a, b, |a, b| a >= b)),
            "==" => Infix::Left(15, |_, a, b| compared(a, b, |a, b| a == b)),
            "!=" => Infix::Left(15, |_, a, b| compared(a, b, |a, b| a != b)),
            "&" => Infix::Left(14, |_, a, b| both(a, b, |a, b| Some(a & b))),
            "^" => Infix::Left(13, |_, a, b| both(a, b, |a, b| Some(a ^ b))),
            "|" => Infix::Left(12, |_, a, b| both(a, b, |a, b| Some(a | b))),
            "&&" => Infix::Left(11, |_, a, b| compared(a, b, |a, b| a != 0 && b != 0)),
            "||" => Infix::Left(10, |_, a, b| compared(a, b, |a, b| a != 0 || b != 0)),
            _ => return None,
        })
    })
    .parse_next(input)
}

/// A result, if its type holds it.
fn known(is: i64, of: Type) -> Result<Value> {
    let fits = match of {
        Type::Int => i32::try_from(is).is_ok(),
        Type::Unsigned => u32::try_from(is).is_ok(),
        Type::Pointer => false,
    };
    if fits { Ok(Value { is, of }) } else { Err(EmptyError) }
}

/// The type that C computes two operands in; a negative one must not become unsigned.
fn common(a: Value, b: Value) -> Result<Type> {
    let of = match (a.of, b.of) {
        (Type::Pointer, _) | (_, Type::Pointer) => Type::Pointer,
        (Type::Int, Type::Int) => Type::Int,
        _ => Type::Unsigned,
    };
    if of == Type::Unsigned && (a.is < 0 || b.is < 0) { Err(EmptyError) } else { Ok(of) }
}

fn both(a: Value, b: Value, operator: fn(i64, i64) -> Option<i64>) -> Result<Value> {
    known(operator(a.is, b.is).ok_or(EmptyError)?, common(a, b)?)
}

fn compared(a: Value, b: Value, operator: fn(i64, i64) -> bool) -> Result<Value> {
    common(a, b)?;
    known(operator(a.is, b.is).into(), Type::Int)
}

fn shifted(a: Value, b: Value, operator: fn(i64, i64) -> i64) -> Result<Value> {
    if a.is < 0 || !(0..32).contains(&b.is) { Err(EmptyError) } else { known(operator(a.is, b.is), a.of) }
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
            ("1 | 2 ^ 3", 1),
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
            ("~(5u > 3u)", -2),
            ("(unsigned) 5 - 5", 0),
            ("(int) 5u - 8", -3),
            ("(unsigned long int) 3", 3),
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
