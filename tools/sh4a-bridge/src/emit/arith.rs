//! Integer arithmetic, comparisons and conversions.

use anyhow::{Context, Result, bail};

use super::function::FunctionWriter;
use super::types::holder_bits;
use crate::llvm::{Kind, Op, Type, TypeKind, Value};

/// Casts an expression to the holder of `bits`, with the unused high bits cleared.
pub(super) fn wrap(bits: u32, text: &str) -> String {
    match bits {
        1 => format!("(_Bool)(({text}) & 1)"),
        8 | 16 | 32 | 64 => format!("(u{bits})({text})"),
        2..=31 => format!("(u{})(({text}) & {}u)", holder_bits(bits), (1u32 << bits) - 1),
        33..=63 => format!("({text}) & {}ull", (1u64 << bits) - 1),
        128 | 256 => text.to_owned(),
        _ => format!("u128_mask({text}, {bits})"),
    }
}

/// The value of a held integer as a signed C expression (for more than 64 bits: sign-extended to 128).
pub(super) fn signed(bits: u32, text: &str) -> String {
    match bits {
        8 | 16 | 32 | 64 => format!("(i{bits})({text})"),
        1..=31 => format!("((i32)((u32)({text}) << {0}) >> {0})", 32 - bits),
        33..=63 => format!("((i64)((u64)({text}) << {0}) >> {0})", 64 - bits),
        128 => text.to_owned(),
        _ => format!("u128_sext({text}, {bits})"),
    }
}

impl FunctionWriter<'_> {
    /// Everything that computes a scalar from scalars.
    ///
    /// # Errors
    /// For operations and types that the bridge does not know.
    pub(super) fn compute(&mut self, instruction: Value) -> Result<()> {
        // Before anything looks at operands: others have fewer, and LLVM does not check.
        if !is_known(instruction.op()) {
            bail!("the instruction {:?} is not known to the bridge", instruction.op());
        }
        let ty = instruction.ty();
        let subject = instruction.operand(0).ty();
        if let (TypeKind::Vector(..), _) | (_, TypeKind::Vector(..)) = (ty.kind(), subject.kind()) {
            return self.vector(instruction);
        }
        let text = match instruction.op() {
            Op::ICmp => self.compare(instruction)?,
            Op::FCmp => self.compare_floats(instruction)?,
            Op::FNeg | Op::FAdd | Op::FSub | Op::FMul | Op::FDiv | Op::FRem => self.float_arithmetic(instruction)?,
            op @ (Op::FPToUI | Op::FPToSI | Op::UIToFP | Op::SIToFP | Op::FPTrunc | Op::FPExt) => {
                self.float_conversion(op, instruction)?
            }
            Op::Trunc | Op::ZExt | Op::SExt | Op::PtrToInt | Op::PtrToAddr | Op::IntToPtr | Op::BitCast => {
                self.convert(instruction)?
            }
            op => {
                let bits = ty.int_width().with_context(|| format!("{op:?} is not supported"))?;
                self.arithmetic(op, bits, instruction.operand(0), instruction.operand(1))?
            }
        };
        self.assign(instruction, &text);
        Ok(())
    }

    /// A two-operand integer operation.
    ///
    /// # Errors
    /// For operations that the bridge does not know.
    pub(super) fn arithmetic(&self, op: Op, bits: u32, left: Value, right: Value) -> Result<String> {
        let (a, b) = (self.expr(left)?, self.expr(right)?);
        if bits > 128 {
            return huge(op, &a, &b);
        }
        if bits > 64 {
            return wide(op, bits, &a, &b);
        }
        // Below 32 bits C would compute in (signed) int; do it in u32.
        let a = if bits < 32 { format!("(u32){a}") } else { a };
        let amount = if bounded(right, bits) { b.clone() } else { format!("({b} & {})", shift_mask(bits)) };
        let text = match op {
            Op::Add => format!("{a} + {b}"),
            Op::Sub => format!("{a} - {b}"),
            Op::Mul => format!("{a} * {b}"),
            Op::UDiv => format!("{a} / {b}"),
            Op::URem => format!("{a} % {b}"),
            Op::SDiv => format!("{} / {}", signed(bits, &a), signed(bits, &b)),
            Op::SRem => format!("{} % {}", signed(bits, &a), signed(bits, &b)),
            Op::And => format!("{a} & {b}"),
            Op::Or => format!("{a} | {b}"),
            Op::Xor => format!("{a} ^ {b}"),
            Op::Shl => format!("{a} << {amount}"),
            Op::LShr => format!("{a} >> {amount}"),
            Op::AShr => format!("{} >> {amount}", signed(bits, &a)),
            _ => bail!("{op:?} is not supported"),
        };
        Ok(wrap(bits, &text))
    }

    fn compare(&self, instruction: Value) -> Result<String> {
        let (left, right) = (instruction.operand(0), instruction.operand(1));
        let (a, b) = (self.expr(left)?, self.expr(right)?);
        compare_text(instruction.int_predicate(), left.ty(), &a, &b)
    }

    fn convert(&self, instruction: Value) -> Result<String> {
        let from = instruction.operand(0);
        let text = self.expr(from)?;
        let kinds = (from.ty().kind(), instruction.ty().kind());
        Ok(match (instruction.op(), kinds) {
            (Op::ZExt | Op::Trunc, (TypeKind::Int(small), TypeKind::Int(bits))) => resize(small, bits, &text),
            (Op::SExt, (TypeKind::Int(small), TypeKind::Int(bits))) if bits <= 128 => extend_sign(small, bits, &text),
            (Op::PtrToInt | Op::PtrToAddr, (_, TypeKind::Int(bits))) => resize(32, bits, &format!("((u32){text})")),
            (Op::IntToPtr, (TypeKind::Int(bits), _)) => format!("(ptr){}", resize(bits, 32, &text)),
            (Op::BitCast, kinds) => match kinds {
                (TypeKind::Int(32), TypeKind::Float) => format!("f32_bits({text})"),
                (TypeKind::Int(64), TypeKind::Double) => format!("f64_bits({text})"),
                (TypeKind::Float, TypeKind::Int(32)) => format!("bits_f32({text})"),
                (TypeKind::Double, TypeKind::Int(64)) => format!("bits_f64({text})"),
                (from, to) if from == to => text,
                _ => bail!("this bitcast is not supported"),
            },
            _ => bail!("this conversion is not supported"),
        })
    }
}

/// Whether an instruction takes one or two scalars (or vectors) and nothing else.
fn is_known(op: Op) -> bool {
    #[rustfmt::skip]
    let known = matches!(
        op,
        Op::ICmp | Op::FCmp
            | Op::FNeg | Op::FAdd | Op::FSub | Op::FMul | Op::FDiv | Op::FRem
            | Op::FPToUI | Op::FPToSI | Op::UIToFP | Op::SIToFP | Op::FPTrunc | Op::FPExt
            | Op::Trunc | Op::ZExt | Op::SExt | Op::PtrToInt | Op::PtrToAddr | Op::IntToPtr | Op::BitCast
            | Op::Add | Op::Sub | Op::Mul | Op::UDiv | Op::URem | Op::SDiv | Op::SRem
            | Op::And | Op::Or | Op::Xor | Op::Shl | Op::LShr | Op::AShr
    );
    known
}

/// A comparison (`LLVMIntPredicate`) of two held integers or pointers.
///
/// # Errors
/// For types that cannot be compared.
pub(super) fn compare_text(predicate: u32, ty: Type, a: &str, b: &str) -> Result<String> {
    let (operator, is_signed) = match predicate {
        32 => ("==", false),
        33 => ("!=", false),
        34 => (">", false),
        35 => (">=", false),
        36 => ("<", false),
        37 => ("<=", false),
        38 => (">", true),
        39 => (">=", true),
        40 => ("<", true),
        41 => ("<=", true),
        other => bail!("integer predicate {other} is not supported"),
    };
    Ok(match ty.kind() {
        TypeKind::Pointer if is_signed => format!("(i32){a} {operator} (i32){b}"),
        TypeKind::Pointer => format!("(u32){a} {operator} (u32){b}"),
        TypeKind::Int(bits) if bits > 128 => bail!("comparing integers of {bits} bits is not supported"),
        TypeKind::Int(bits) if bits > 64 => {
            let (a, b) = if is_signed { (signed(bits, a), signed(bits, b)) } else { (a.to_owned(), b.to_owned()) };
            format!("u128_{}({a}, {b}) {operator} 0", if is_signed { "scmp" } else { "ucmp" })
        }
        TypeKind::Int(bits) if is_signed => {
            format!("{} {operator} {}", signed(bits, a), signed(bits, b))
        }
        TypeKind::Int(_) => format!("{a} {operator} {b}"),
        _ => bail!("comparing `{ty}` is not supported"),
    })
}

fn huge(op: Op, a: &str, b: &str) -> Result<String> {
    Ok(match op {
        Op::Add => format!("u256_add({a}, {b})"),
        Op::Mul => format!("u256_mul({a}, {b})"),
        Op::Shl => format!("u256_shl({a}, {b}.lo.lo & 255)"),
        Op::LShr => format!("u256_lshr({a}, {b}.lo.lo & 255)"),
        Op::And => format!("U256(u128_and({a}.lo, {b}.lo), u128_and({a}.hi, {b}.hi))"),
        Op::Or => format!("U256(u128_or({a}.lo, {b}.lo), u128_or({a}.hi, {b}.hi))"),
        _ => bail!("{op:?} of 256 bits is not supported"),
    })
}

fn wide(op: Op, bits: u32, a: &str, b: &str) -> Result<String> {
    let (sa, sb) = (signed(bits, a), signed(bits, b));
    let text = match op {
        Op::Add => format!("u128_add({a}, {b})"),
        Op::Sub => format!("u128_sub({a}, {b})"),
        Op::Mul => format!("u128_mul({a}, {b})"),
        Op::And => format!("u128_and({a}, {b})"),
        Op::Or => format!("u128_or({a}, {b})"),
        Op::Xor => format!("u128_xor({a}, {b})"),
        Op::Shl => format!("u128_shl({a}, {b}.lo & 127)"),
        Op::LShr => format!("u128_lshr({a}, {b}.lo & 127)"),
        Op::AShr => format!("u128_ashr({sa}, {b}.lo & 127)"),
        Op::UDiv => format!("__udivti3({a}, {b})"),
        Op::URem => format!("__umodti3({a}, {b})"),
        Op::SDiv => format!("__divti3({sa}, {sb})"),
        Op::SRem => format!("__modti3({sa}, {sb})"),
        _ => bail!("{op:?} of {bits} bits is not supported"),
    };
    Ok(wrap(bits, &text))
}

/// Zero-extends or truncates.
pub(super) fn resize(from: u32, to: u32, text: &str) -> String {
    match (from > 128, to > 128) {
        (true, true) => return text.to_owned(),
        (true, false) => return resize(128, to, &format!("({text}).lo")),
        (false, true) => return format!("U256({}, U128(0, 0))", resize(from, 128, text)),
        _ => {}
    }
    match (from > 64, to > 64) {
        (false, false) if to >= from => format!("({})({text})", holder_of(to)),
        (false, false) => wrap(to, text),
        (false, true) => format!("U128((u64)({text}), 0)"),
        (true, false) => wrap(to, &format!("({text}).lo")),
        (true, true) => wrap(to, text),
    }
}

fn extend_sign(from: u32, to: u32, text: &str) -> String {
    if to <= 64 {
        return wrap(to, &if to > 32 { format!("(i64){}", signed(from, text)) } else { signed(from, text) });
    }
    let whole = if from > 64 { signed(from, text) } else { format!("u128_from_i64((i64){})", signed(from, text)) };
    wrap(to, &whole)
}

/// The C type that holds `bits`, for widths that are known to be supported.
pub(super) fn holder_of(bits: u32) -> &'static str {
    super::types::unsigned(bits).unwrap_or("u128")
}

/// The mask that keeps a shift amount below the width of the C type.
fn shift_mask(bits: u32) -> u32 {
    if bits > 32 { 63 } else { 31 }
}

/// Whether a shift amount is known to be below the width, so that C needs no mask.
fn bounded(amount: Value, bits: u32) -> bool {
    let limit = u128::from(shift_mask(bits));
    match amount.kind() {
        Kind::Int => amount.int_value().is_some_and(|value| value <= limit),
        Kind::Instruction => match amount.op() {
            Op::And => (0..2).any(|i| {
                let operand = amount.operand(i);
                operand.kind() == Kind::Int && operand.int_value().is_some_and(|value| value <= limit)
            }),
            Op::ZExt => bounded(amount.operand(0), bits),
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{resize, signed, wrap};

    #[test]
    fn odd_widths_are_masked_and_whole_ones_cast() {
        assert_eq!(wrap(24, "x"), "(u32)((x) & 16777215u)");
        assert_eq!(wrap(16, "x"), "(u16)(x)");
        assert_eq!(wrap(48, "x"), "(x) & 281474976710655ull");
        assert_eq!(wrap(96, "x"), "u128_mask(x, 96)");
    }

    #[test]
    fn sign_extension_moves_the_sign_bit_to_the_top() {
        assert_eq!(signed(24, "x"), "((i32)((u32)(x) << 8) >> 8)");
        assert_eq!(signed(32, "x"), "(i32)(x)");
    }

    #[test]
    fn truncation_masks_and_extension_does_not() {
        assert_eq!(resize(32, 1, "x"), "(_Bool)((x) & 1)");
        assert_eq!(resize(1, 32, "x"), "(u32)(x)");
        assert_eq!(resize(128, 64, "x"), "(u64)((x).lo)");
    }
}
