//! Integer arithmetic that notices overflow: saturating, and with a flag.

use anyhow::{Context, Result, bail};

use super::arith::{signed, wrap};
use super::function::FunctionWriter;
use crate::llvm::Value;

impl FunctionWriter<'_> {
    /// `uadd.sat` and its like: a sum or difference that stops at the limits of its type.
    ///
    /// # Errors
    /// For shifts, and widths that the bridge does not know.
    pub(super) fn saturating(&self, base: &str, bits: u32, call: Value) -> Result<String> {
        let (a, b) = (self.expr(call.operand(0))?, self.expr(call.operand(1))?);
        if base.ends_with("shl") {
            bail!("saturating shifts are not supported");
        }
        let is_signed = base.starts_with('s');
        let adds = base.ends_with("add");
        let verb = if adds { "add" } else { "sub" };
        let (overflow, sum) = overflow_text(verb, is_signed, bits, &a, &b)?;
        let held = super::types::unsigned(bits)?;
        let limit = match (is_signed, adds) {
            (false, true) => ones(bits),
            (false, false) => {
                if bits > 64 {
                    "U128(0, 0)".into()
                } else {
                    "0".into()
                }
            }
            (true, _) => {
                let negative = if bits > 64 {
                    format!("((i64){}.hi < 0)", signed(bits, &a))
                } else {
                    format!("({} < 0)", signed(bits, &a))
                };
                if bits > 64 {
                    let top = wrap(bits, &format!("u128_shl(U128(1, 0), {})", bits - 1));
                    format!("({negative} ? {top} : u128_sub({top}, U128(1, 0)))")
                } else {
                    format!("({held})({negative} ? 1ull << {0} : (1ull << {0}) - 1)", bits - 1)
                }
            }
        };
        Ok(format!("({{ {held} r_; _Bool o_ = {overflow}; {sum}; o_ ? {limit} : r_; }})"))
    }

    /// `sadd.with.overflow` and its like: the wrapped result, and whether it wrapped.
    ///
    /// # Errors
    /// For widths that the bridge does not know.
    pub(super) fn with_overflow(&mut self, call: Value, short: &str) -> Result<()> {
        let bits = call.operand(0).ty().int_width().context("overflow of a vector is not supported")?;
        let (a, b) = (self.expr(call.operand(0))?, self.expr(call.operand(1))?);
        let (is_signed, verb) = (short.starts_with('s'), &short[1..4]);
        let (overflow, sum) = overflow_text(verb, is_signed, bits, &a, &b)?;
        let (result, held) = (self.result(call)?, super::types::unsigned(bits)?);
        self.statement(&format!("{{ {held} r_; {result}.f1 = {overflow}; {sum}; {result}.f0 = r_; }}"));
        Ok(())
    }
}

fn ones(bits: u32) -> String {
    match bits {
        0..=64 => format!("{}ull", if bits == 64 { u64::MAX } else { (1 << bits) - 1 }),
        _ => wrap(bits, "U128(~0ull, ~0ull)"),
    }
}

/// Two C texts: an expression that tells whether `a verb b` overflows, and a statement that puts the wrapped result in
/// `r_`. The expression comes first.
fn overflow_text(verb: &str, is_signed: bool, bits: u32, a: &str, b: &str) -> Result<(String, String)> {
    if bits > 64 {
        if bits != 128 {
            bail!("checked arithmetic of {bits} bits is not supported");
        }
        let overflow = match (verb, is_signed) {
            ("mul", true) => format!("u128_smul_overflows({a}, {b})"),
            ("mul", false) => format!("u128_umul_overflows({a}, {b})"),
            ("add", false) => format!("u128_ucmp(u128_add({a}, {b}), {a}) < 0"),
            ("sub", false) => format!("u128_ucmp({a}, {b}) < 0"),
            ("add", true) => {
                format!("(i64)(~({a}.hi ^ {b}.hi) & ({a}.hi ^ u128_add({a}, {b}).hi)) < 0")
            }
            _ => format!("(i64)(({a}.hi ^ {b}.hi) & ({a}.hi ^ u128_sub({a}, {b}).hi)) < 0"),
        };
        return Ok((overflow, format!("r_ = u128_{verb}({a}, {b})")));
    }
    if matches!(bits, 8 | 16 | 32 | 64) {
        let c = if is_signed { "i" } else { "u" };
        let (a, b) = if is_signed { (signed(bits, a), signed(bits, b)) } else { (a.to_owned(), b.to_owned()) };
        return Ok((format!("__builtin_{verb}_overflow({a}, {b}, ({c}{bits} *)&r_)"), "(void)0".into()));
    }
    // Odd widths: compute one size up and look whether the result fits.
    let (operator, wide) = (
        if verb == "add" {
            "+"
        } else if verb == "sub" {
            "-"
        } else {
            "*"
        },
        64,
    );
    if bits > 31 {
        bail!("checked arithmetic of {bits} bits is not supported");
    }
    let cast = |x: &str| {
        if is_signed { format!("(i{wide}){}", signed(bits, x)) } else { format!("(i{wide})(u{wide}){x}") }
    };
    let full = format!("({} {operator} {})", cast(a), cast(b));
    let back = if is_signed { format!("(i{wide}){}", signed(bits, "r_")) } else { format!("(i{wide})r_") };
    Ok((format!("(r_ = {}, {full} != {back})", wrap(bits, &full)), "(void)0".into()))
}
