//! `llvm.*` intrinsics.

use anyhow::{Context, Result, bail};

use super::arith::{compare_text, holder_of, resize, signed, wrap};
use super::floats::suffix;
use super::function::FunctionWriter;
use crate::llvm::{Kind, Value};

/// Intrinsics that only inform the optimiser, or mark code for tools.
const SILENT: &[&str] = &[
    "llvm.lifetime.",
    "llvm.assume",
    "llvm.experimental.noalias.scope.decl",
    "llvm.dbg.",
    "llvm.donothing",
    "llvm.invariant.",
    "llvm.sideeffect",
    "llvm.pseudoprobe",
    "llvm.fake.use",
];

/// Intrinsics that are their first argument.
const IDENTITY: &[&str] = &[
    "llvm.expect.",
    "llvm.launder.invariant.group",
    "llvm.strip.invariant.group",
    "llvm.ssa.copy",
    "llvm.arithmetic.fence",
    "llvm.ptr.annotation",
];

/// Floating-point intrinsics that are C library functions (compiler_builtins has them).
const LIBRARY: &[&str] = &[
    "floor",
    "ceil",
    "trunc",
    "rint",
    "nearbyint",
    "round",
    "roundeven",
    "fma",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "pow",
    "exp",
    "exp2",
    "log",
    "log2",
    "log10",
];

impl FunctionWriter<'_> {
    /// A call of an intrinsic.
    ///
    /// # Errors
    /// For intrinsics that the bridge does not know.
    pub(super) fn intrinsic(&mut self, call: Value, name: &str) -> Result<()> {
        if SILENT.iter().any(|prefix| name.starts_with(prefix)) {
            return Ok(());
        }
        if IDENTITY.iter().any(|prefix| name.starts_with(prefix)) {
            let text = self.expr(call.operand(0))?;
            self.assign(call, &text);
            return Ok(());
        }
        if name.starts_with("llvm.mem") {
            return self.memory_intrinsic(call, name);
        }
        let short = name.trim_start_matches("llvm.");
        match short {
            "trap" | "ubsantrap" => {
                self.statement("TRAP()");
                return Ok(());
            }
            "debugtrap" => {
                self.statement("__asm__ volatile(\"trapa #0xff\")");
                return Ok(());
            }
            _ => {}
        }
        if short.contains(".with.overflow.") {
            return self.with_overflow(call, short);
        }
        let text = match self.integer_intrinsic(call, short)? {
            Some(text) => text,
            None => self
                .float_intrinsic(call, short)?
                .with_context(|| format!("the intrinsic `{name}` is not known to the bridge"))?,
        };
        self.assign(call, &text);
        Ok(())
    }

    fn memory_intrinsic(&mut self, call: Value, name: &str) -> Result<()> {
        let function = ["memcpy", "memmove", "memset"]
            .into_iter()
            .find(|f| name.starts_with(&format!("llvm.{f}.")) && !name.contains(".element."))
            .with_context(|| format!("the intrinsic `{name}` is not known to the bridge"))?;
        let volatile = call.operand(3);
        if volatile.kind() != Kind::Int || volatile.int_value() != Some(0) {
            bail!("volatile {function} is not supported: access the words one by one");
        }
        let (to, from, len) = (self.expr(call.operand(0))?, self.expr(call.operand(1))?, self.expr(call.operand(2))?);
        self.statement(&format!("__builtin_{function}({to}, {from}, (u32)({len}))"));
        Ok(())
    }

    fn integer_intrinsic(&mut self, call: Value, short: &str) -> Result<Option<String>> {
        let Some(bits) = call.ty().int_width() else {
            return self.pointer_intrinsic(call, short);
        };
        if bits > 128 {
            return Ok(None);
        }
        let base = short.split('.').next().unwrap_or_default();
        let first = call.operand(0);
        let predicate = |name: &str| match name {
            "umax" => 34,
            "umin" => 36,
            "smax" => 38,
            _ => 40,
        };
        let a = || self.expr(call.operand(0));
        let b = || self.expr(call.operand(1));
        Ok(Some(match base {
            "umax" | "umin" | "smax" | "smin" => {
                let (a, b) = (a()?, b()?);
                format!("{} ? {a} : {b}", compare_text(predicate(base), first.ty(), &a, &b)?)
            }
            "ucmp" | "scmp" => {
                let (greater, less) = if base == "ucmp" { (34, 36) } else { (38, 40) };
                let (a, b) = (a()?, b()?);
                let (greater, less) =
                    (compare_text(greater, first.ty(), &a, &b)?, compare_text(less, first.ty(), &a, &b)?);
                let difference = format!("({greater}) - ({less})");
                if bits > 64 { format!("u128_from_i64({difference})") } else { wrap(bits, &difference) }
            }
            "abs" => {
                let a = a()?;
                if bits > 64 {
                    let a = signed(bits, &a);
                    wrap(bits, &format!("((i64){a}.hi < 0 ? u128_sub(U128(0, 0), {a}) : {a})"))
                } else {
                    wrap(
                        bits,
                        &format!("{} < 0 ? ({held})0 - {a} : {a}", signed(bits, &a), held = holder_of(bits.max(32))),
                    )
                }
            }
            "ctpop" | "ctlz" | "cttz" | "bswap" | "bitreverse" => self.bits_intrinsic(base, bits, &a()?)?,
            "fshl" | "fshr" => self.funnel_shift(base == "fshl", bits, call)?,
            "uadd" | "usub" | "sadd" | "ssub" | "ushl" | "sshl" if short.contains(".sat.") => {
                self.saturating(base, bits, call)?
            }
            "fptosi" | "fptoui" if short.contains(".sat.") => {
                let text = self.expr(first)?;
                self.saturating_to_integer(base == "fptosi", first.ty(), call.ty(), &text)?
            }
            "experimental" if short.starts_with("experimental.cttz.elts.") => {
                let elements = self.unit.types.elements(first.ty())?.len();
                let a = a()?;
                let tests: String = (0..elements).map(|index| format!("{a}.f{index} ? {index} : ")).collect();
                resize(32, bits, &format!("({tests}{elements})"))
            }
            "clmul" if bits > 64 => wrap(bits, &format!("u128_clmul({}, {})", a()?, b()?)),
            "clmul" => wrap(bits, &format!("u64_clmul({}, {})", a()?, b()?)),
            "vscale" => "1".into(),
            "is" if short.starts_with("is.constant") => "0".into(),
            "is" if short.starts_with("is.fpclass") => self.float_class(call)?,
            "objectsize" => {
                let minimum = call.operand(1).int_value() == Some(1);
                resize(32, bits, if minimum { "0u" } else { "~0u" })
            }
            "lrint" | "llrint" | "lround" | "llround" => {
                format!("(u{bits})(i{bits}){base}{}({})", suffix(first.ty())?, a()?)
            }
            _ => return Ok(None),
        }))
    }

    fn pointer_intrinsic(&self, call: Value, short: &str) -> Result<Option<String>> {
        let base = short.split('.').next().unwrap_or_default();
        Ok(Some(match base {
            "ptrmask" => format!("(ptr)((u32){} & {})", self.expr(call.operand(0))?, self.expr(call.operand(1))?),
            "returnaddress" => format!("__builtin_return_address({})", self.expr(call.operand(0))?),
            "frameaddress" => format!("__builtin_frame_address({})", self.expr(call.operand(0))?),
            _ => return Ok(None),
        }))
    }

    fn bits_intrinsic(&self, base: &str, bits: u32, a: &str) -> Result<String> {
        if bits > 64 {
            if bits != 128 {
                bail!("{base} of {bits} bits is not supported");
            }
            return Ok(match base {
                "ctpop" => format!("U128(popcount64({a}.lo) + popcount64({a}.hi), 0)"),
                "ctlz" => {
                    format!("U128({a}.hi ? clz64_or_64({a}.hi) : 64 + clz64_or_64({a}.lo), 0)")
                }
                "cttz" => {
                    format!("U128({a}.lo ? ctz64_or_64({a}.lo) : 64 + ctz64_or_64({a}.hi), 0)")
                }
                "bswap" => format!("U128(__builtin_bswap64({a}.hi), __builtin_bswap64({a}.lo))"),
                _ => format!("U128(reverse64({a}.hi), reverse64({a}.lo))"),
            });
        }
        let whole = if bits > 32 { 64 } else { 32 };
        let unused = whole - bits;
        let text = match base {
            "ctpop" => format!("popcount{whole}({a})"),
            "ctlz" => format!("clz{whole}_or_{whole}({a}) - {unused}"),
            "cttz" if bits == whole => format!("ctz{whole}_or_{whole}({a})"),
            "cttz" => format!("ctz{whole}_or_{whole}({a} | ({})1 << {bits})", holder_of(whole)),
            "bswap" => format!("__builtin_bswap{whole}({a}) >> {unused}"),
            _ => format!("reverse{whole}({a}) >> {unused}"),
        };
        Ok(wrap(bits, &text))
    }

    /// `fshl`: the high half of (a:b) << n; `fshr`: the low half of (a:b) >> n; n modulo the width.
    fn funnel_shift(&self, left: bool, bits: u32, call: Value) -> Result<String> {
        let (a, b, n) = (self.expr(call.operand(0))?, self.expr(call.operand(1))?, self.expr(call.operand(2))?);
        if bits > 64 {
            if bits != 128 {
                bail!("funnel shifts of {bits} bits are not supported");
            }
            let name = if left { "u128_fshl" } else { "u128_fshr" };
            return Ok(format!("{name}({a}, {b}, {n}.lo & 127)"));
        }
        let held = holder_of(bits.max(32));
        let modulo = if bits.is_power_of_two() { format!("{n} & {}", bits - 1) } else { format!("{n} % {bits}") };
        let (keep, shift) = if left {
            (&a, format!("({held}){a} << n_ | ({held}){b} >> ({bits} - n_)"))
        } else {
            (&b, format!("({held}){b} >> n_ | ({held}){a} << ({bits} - n_)"))
        };
        Ok(wrap(bits, &format!("({{ u32 n_ = {modulo}; n_ ? {shift} : {keep}; }})")))
    }

    fn float_intrinsic(&self, call: Value, short: &str) -> Result<Option<String>> {
        let base = short.split('.').next().unwrap_or_default();
        let Ok(suffix) = suffix(call.ty()) else {
            return Ok(None);
        };
        let mut arguments = Vec::new();
        for argument in call.arguments() {
            arguments.push(self.expr(argument)?);
        }
        let list = arguments.join(", ");
        Ok(Some(match base {
            "fabs" | "copysign" => format!("{base}{suffix}_({list})"),
            "minnum" | "minimumnum" => format!("fminnum{suffix}({list})"),
            "maxnum" | "maximumnum" => format!("fmaxnum{suffix}({list})"),
            "minimum" | "maximum" => format!("f{base}{suffix}({list})"),
            "canonicalize" => format!("{list} * 1.0{suffix}"),
            "fmuladd" => format!("{} * {} + {}", arguments[0], arguments[1], arguments[2]),
            "powi" => format!("powi{suffix}_({list})"),
            "sqrt" => format!("__builtin_sqrt{suffix}({list})"),
            _ if LIBRARY.contains(&base) => format!("__builtin_{base}{suffix}({list})"),
            _ => return Ok(None),
        }))
    }

    /// `llvm.is.fpclass`: a mask of ten classes, read off the bits.
    fn float_class(&self, call: Value) -> Result<String> {
        let first = call.operand(0);
        let mask = call.operand(1).int_value().context("a class mask that is not constant")?;
        let suffix = suffix(first.ty())?;
        Ok(format!("(1u << fpclass{suffix}({})) & {mask}u", self.expr(first)?))
    }
}
