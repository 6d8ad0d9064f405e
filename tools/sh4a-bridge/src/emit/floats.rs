//! Floating point: arithmetic, comparisons, conversions.

use anyhow::{Context, Result, bail};

use super::arith::{signed, wrap};
use super::function::FunctionWriter;
use super::types::unsigned;
use crate::llvm::{Op, Type, TypeKind, Value};

/// The suffix of C library functions for a type: `f` for `float`, nothing for `double`.
///
/// # Errors
/// For any other type.
pub(super) fn suffix(ty: Type) -> Result<&'static str> {
    match ty.kind() {
        TypeKind::Float => Ok("f"),
        TypeKind::Double => Ok(""),
        _ => bail!("floating point of type `{ty}` is not supported"),
    }
}

impl FunctionWriter<'_> {
    /// `fneg`, `fadd`, `fsub`, `fmul`, `fdiv`, `frem`.
    ///
    /// # Errors
    /// For types other than `float` and `double`.
    pub(super) fn float_arithmetic(&self, instruction: Value) -> Result<String> {
        let suffix = suffix(instruction.ty())?;
        let a = self.expr(instruction.operand(0))?;
        if instruction.op() == Op::FNeg {
            return Ok(format!("fneg{suffix}_({a})"));
        }
        let b = self.expr(instruction.operand(1))?;
        Ok(match instruction.op() {
            Op::FAdd => format!("{a} + {b}"),
            Op::FSub => format!("{a} - {b}"),
            Op::FMul => format!("{a} * {b}"),
            Op::FDiv => format!("{a} / {b}"),
            _ => format!("fmod{suffix}({a}, {b})"),
        })
    }

    /// `fcmp`: ordered predicates are false and unordered ones true when a NaN takes part.
    ///
    /// # Errors
    /// For types other than `float` and `double`.
    pub(super) fn compare_floats(&self, instruction: Value) -> Result<String> {
        let (a, b) = (instruction.operand(0), instruction.operand(1));
        suffix(a.ty())?;
        let (a, b) = (self.expr(a)?, self.expr(b)?);
        Ok(match instruction.float_predicate() {
            0 => "0".into(),
            1 => format!("{a} == {b}"),
            2 => format!("{a} > {b}"),
            3 => format!("{a} >= {b}"),
            4 => format!("{a} < {b}"),
            5 => format!("{a} <= {b}"),
            6 => format!("({a} < {b}) || ({a} > {b})"),
            7 => format!("({a} == {a}) && ({b} == {b})"),
            8 => format!("({a} != {a}) || ({b} != {b})"),
            9 => format!("!(({a} < {b}) || ({a} > {b}))"),
            10 => format!("!({a} <= {b})"),
            11 => format!("!({a} < {b})"),
            12 => format!("!({a} >= {b})"),
            13 => format!("!({a} > {b})"),
            14 => format!("{a} != {b}"),
            15 => "1".into(),
            other => bail!("floating-point predicate {other} is not supported"),
        })
    }

    /// Conversions between integers and floats, and between floats.
    ///
    /// # Errors
    /// For types that cannot be held.
    pub(super) fn float_conversion(&self, op: Op, instruction: Value) -> Result<String> {
        let from = instruction.operand(0);
        let (text, to) = (self.expr(from)?, instruction.ty());
        let mode = |ty: Type| suffix(ty).map(|s| if s == "f" { "sf" } else { "df" });
        Ok(match op {
            Op::FPTrunc | Op::FPExt => {
                suffix(from.ty())?;
                suffix(to)?;
                format!("({})({text})", self.unit.types.hold(to)?)
            }
            Op::UIToFP | Op::SIToFP => {
                let bits = from.ty().int_width().context("a vector conversion is not supported")?;
                let is_signed = op == Op::SIToFP;
                let text = if is_signed { signed(bits, &text) } else { text };
                match (bits > 64, is_signed) {
                    (true, true) => format!("__floatti{}({text})", mode(to)?),
                    (true, false) => format!("__floatunti{}({text})", mode(to)?),
                    _ => format!("({})({text})", self.unit.types.hold(to)?),
                }
            }
            _ => self.to_integer(op == Op::FPToSI, from.ty(), to, &text)?,
        })
    }

    /// Float to integer; out of range is poison, so any result will do.
    fn to_integer(&self, is_signed: bool, from: Type, to: Type, text: &str) -> Result<String> {
        let bits = to.int_width().context("a vector conversion is not supported")?;
        let mode = if suffix(from)? == "f" { "sf" } else { "df" };
        if bits > 64 {
            let name = if is_signed { "__fix" } else { "__fixuns" };
            return Ok(wrap(bits, &format!("{name}{mode}ti({text})")));
        }
        let c = match (bits > 32, is_signed) {
            (false, true) => "i32",
            (false, false) => "u32",
            (true, true) => "i64",
            (true, false) => "u64",
        };
        Ok(wrap(bits, &format!("({c})({text})")))
    }

    /// `fptosi.sat` and `fptoui.sat`: clamped, NaN to zero.
    ///
    /// # Errors
    /// For types that cannot be held.
    pub(super) fn saturating_to_integer(&self, is_signed: bool, from: Type, to: Type, text: &str) -> Result<String> {
        let bits = to.int_width().context("a vector conversion is not supported")?;
        let suffix = suffix(from)?;
        if bits > 64 {
            if bits != 128 {
                bail!("saturating conversion to {bits} bits is not supported");
            }
            // compiler_builtins' conversions saturate.
            return self.to_integer(is_signed, from, to, text);
        }
        let plain = self.to_integer(is_signed, from, to, "x_")?;
        let held = unsigned(bits)?;
        let float = if suffix == "f" { "float" } else { "double" };
        let magnitude = if is_signed { bits - 1 } else { bits };
        let (low, low_value) = if is_signed {
            (format!("-0x1p{magnitude}{suffix}"), wrap(bits, &format!("1ull << {magnitude}")))
        } else {
            (format!("0.0{suffix}"), "0".to_owned())
        };
        let top = (1u128 << magnitude) - 1;
        Ok(format!(
            "({{ {float} x_ = {text}; {held} r_; if (x_ != x_) r_ = 0; else if (x_ < {low}) r_ = {low_value}; \
             else if (x_ >= 0x1p{magnitude}{suffix}) r_ = ({held}){top}ull; else r_ = {plain}; r_; }})"
        ))
    }
}
