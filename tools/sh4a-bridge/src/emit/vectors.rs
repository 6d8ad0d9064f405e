//! What the scalarizer pass leaves of vectors: bit casts between a vector and an integer of the same size.

use anyhow::{Context, Result, bail};

use super::arith::{holder_of, resize};
use super::function::FunctionWriter;
use crate::llvm::{Op, Type, TypeKind, Value};

/// Lanes and their width, for vectors of integers that fit 64 bits together.
fn lanes(ty: Type) -> Option<(u32, u32)> {
    match ty.kind() {
        TypeKind::Vector(element, len) => {
            element.int_width().map(|bits| (len, bits)).filter(|(len, bits)| len * bits <= 64)
        }
        _ => None,
    }
}

impl FunctionWriter<'_> {
    /// An operation on vectors; only bit casts are left by the scalarizer.
    ///
    /// # Errors
    /// For anything else.
    pub(super) fn vector(&mut self, instruction: Value) -> Result<()> {
        if instruction.op() != Op::BitCast {
            bail!("vector operations are not supported (the scalarizer pass left this one)");
        }
        let from = instruction.operand(0);
        let text = self.expr(from)?;
        let unsupported = "this vector bit cast is not supported";
        let (whole, bits) = match lanes(from.ty()) {
            Some((len, bits)) => {
                let parts = (0..len).map(|lane| format!("(u64){text}.f{lane} << {}", lane * bits));
                (format!("({})", parts.collect::<Vec<_>>().join(" | ")), 64)
            }
            None => (text, from.ty().int_width().filter(|&bits| bits <= 64).context(unsupported)?),
        };
        if let Some(bits_to) = instruction.ty().int_width() {
            self.assign(instruction, &resize(bits.max(bits_to), bits_to, &whole));
            return Ok(());
        }
        let (len, width) = lanes(instruction.ty()).context(unsupported)?;
        let result = self.result(instruction)?;
        self.statement(&format!("{{ u64 w_ = {whole}"));
        for lane in 0..len {
            let text = resize(64, width, &format!("w_ >> {}", lane * width));
            self.statement(&format!("{result}.f{lane} = ({})({text})", holder_of(width)));
        }
        self.statement("}");
        Ok(())
    }
}
