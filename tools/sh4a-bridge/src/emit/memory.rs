//! Stack slots, loads, stores, address arithmetic.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail};

use super::arith::wrap;
use super::function::FunctionWriter;
use super::types::holder_bits;
use crate::llvm::{Kind, Op, Ordering, Type, TypeKind, Value};

/// How an access reaches memory.
#[derive(Clone, Copy)]
pub(super) struct Access {
    /// Known alignment in bytes.
    pub align: u32,
    /// Whether it must happen exactly as written.
    pub volatile: bool,
}

impl FunctionWriter<'_> {
    /// `alloca`, `load`, `store` and `getelementptr`.
    ///
    /// # Errors
    /// For accesses that the bridge does not know.
    pub(super) fn memory(&mut self, instruction: Value) -> Result<()> {
        match instruction.op() {
            Op::Alloca => self.alloca(instruction),
            Op::GetElementPtr => {
                let text = self.gep(instruction)?;
                self.assign(instruction, &text);
                Ok(())
            }
            Op::Load => {
                let place = self.expr(instruction.operand(0))?;
                if instruction.ordering() != Ordering::NotAtomic {
                    return self.atomic_load(instruction, &place);
                }
                let access = Access { align: instruction.alignment(), volatile: instruction.is_volatile() };
                let result = self.result(instruction)?;
                self.load(instruction.ty(), &result, &place, 0, access)
            }
            _ => {
                let (value, place) = (instruction.operand(0), self.expr(instruction.operand(1))?);
                let text = self.expr(value)?;
                if instruction.ordering() != Ordering::NotAtomic {
                    return self.atomic_store(instruction, &text, &place);
                }
                if value.kind() == Kind::Undefined {
                    return Ok(());
                }
                let access = Access { align: instruction.alignment(), volatile: instruction.is_volatile() };
                if self.unit.types.elements(value.ty())?.is_empty() {
                    return self.store(value.ty(), &text, &place, 0, access);
                }
                let number = self.fresh();
                self.statement(&format!("{{ __auto_type s{number} = {text}"));
                self.store(value.ty(), &format!("s{number}"), &place, 0, access)?;
                self.statement("}");
                Ok(())
            }
        }
    }

    fn alloca(&mut self, alloca: Value) -> Result<()> {
        let count = alloca.operand(0);
        let count = (count.kind() == Kind::Int).then(|| count.int_value()).flatten();
        let count = count.context("stack slots of variable size are not supported")? as u64;
        let ty = alloca.allocated_type();
        let size = self.unit.types.layout.size(ty) * count;
        let align = alloca.alignment().max(1);
        let name = format!("s{}", self.fresh());
        // Words where possible: GCC splits them into registers more readily than bytes.
        let array = if align >= 4 && size.is_multiple_of(4) {
            format!("u32 {name}[{}]", size / 4)
        } else {
            format!("u8 {name}[{size}]")
        };
        self.declare(alloca, format!("((ptr){name})"), &format!("{array} __attribute__((aligned({align})))"));
        Ok(())
    }

    fn gep(&self, gep: Value) -> Result<String> {
        let mut text = self.expr(gep.operand(0))?;
        let layout = self.unit.types.layout;
        let mut ty = gep.gep_source();
        let mut fixed = 0i64;
        for (position, index) in gep.operands().into_iter().skip(1).enumerate() {
            let stride = match (position, ty.kind()) {
                (0, _) => layout.size(ty),
                (_, TypeKind::Struct(fields)) => {
                    let field = index.int_value().context("a structure index that is not constant")? as u32;
                    fixed += layout.offset(ty, field) as i64;
                    ty = *fields.get(field as usize).context("a field that does not exist")?;
                    continue;
                }
                (_, TypeKind::Array(element, _)) => {
                    ty = element;
                    layout.size(element)
                }
                _ => bail!("getelementptr into `{ty}` is not supported"),
            };
            let bits = index.ty().int_width().context("a vector of indices is not supported")?;
            if index.kind() == Kind::Int {
                let raw = index.int_value().context("an index beyond 128 bits")?;
                fixed += ((raw << (128 - bits)) as i128 >> (128 - bits)) as i64 * stride as i64;
                continue;
            }
            let number = self.expr(index)?;
            let number = match bits {
                32 => number,
                33..=64 => format!("(u32){number}"),
                _ => super::arith::signed(bits, &number),
            };
            let _ = if stride == 1 {
                write!(text, " + (i32){number}")
            } else {
                write!(text, " + (i32)({number} * {stride}u)")
            };
        }
        if fixed != 0 {
            let _ = write!(text, " + {}", fixed as i32);
        }
        Ok(text)
    }

    /// Loads a value of any type into the variable (or field) `into`, `offset` bytes after `place`.
    ///
    /// # Errors
    /// For types that cannot be held.
    pub(super) fn load(&mut self, ty: Type, into: &str, place: &str, offset: u64, access: Access) -> Result<()> {
        if self.unit.types.elements(ty)?.is_empty() && ty.is_aggregate() {
            return Ok(());
        }
        if let Some(parts) = self.parts(ty)? {
            for (index, (element, at)) in parts.into_iter().enumerate() {
                self.load(element, &format!("{into}.f{index}"), place, offset + at, access)?;
            }
            return Ok(());
        }
        let here = at(place, offset);
        let align = alignment_at(access.align, offset);
        let bits = match ty.kind() {
            TypeKind::Int(bits) => bits,
            _ => {
                let text = format!(
                    "{into} = {}",
                    deref(&self.unit.types.hold(ty)?, natural(ty), &here, align, access.volatile)
                );
                self.statement(&text);
                return Ok(());
            }
        };
        if bits > 128 {
            bail!("integers of {bits} bits in memory are not supported");
        }
        let bytes = bits.div_ceil(8);
        if bytes * 8 == holder_bits(bits) && bits <= 64 {
            let raw = deref(&format!("u{}", bytes * 8), bytes, &here, align, access.volatile);
            let text = if bits == bytes * 8 { raw } else { wrap(bits, &raw) };
            self.statement(&format!("{into} = {text}"));
        } else if bits == 128 {
            for (half, at_byte) in [("lo", 0), ("hi", 8)] {
                let here = at(place, offset + at_byte);
                self.statement(&format!(
                    "{into}.{half} = {}",
                    deref("u64", 8, &here, alignment_at(align, at_byte), access.volatile)
                ));
            }
        } else {
            self.statement(&format!("{into} = {}", if bits > 64 { "U128(0, 0)" } else { "0" }));
            self.statement(&format!("__builtin_memcpy(&{into}, {here}, {bytes})"));
            self.statement(&format!("{into} = {}", wrap(bits, into)));
        }
        Ok(())
    }

    /// Stores `text`, the value of type `ty`.
    ///
    /// # Errors
    /// For types that cannot be held.
    pub(super) fn store(&mut self, ty: Type, text: &str, place: &str, offset: u64, access: Access) -> Result<()> {
        if let Some(parts) = self.parts(ty)? {
            for (index, (element, at)) in parts.into_iter().enumerate() {
                self.store(element, &format!("{text}.f{index}"), place, offset + at, access)?;
            }
            return Ok(());
        }
        let here = at(place, offset);
        let align = alignment_at(access.align, offset);
        let bits = match ty.kind() {
            TypeKind::Int(bits) => bits,
            _ => {
                let text = format!(
                    "{} = {text}",
                    deref(&self.unit.types.hold(ty)?, natural(ty), &here, align, access.volatile)
                );
                self.statement(&text);
                return Ok(());
            }
        };
        if bits > 128 {
            bail!("integers of {bits} bits in memory are not supported");
        }
        let bytes = bits.div_ceil(8);
        if bytes * 8 == holder_bits(bits) && bits <= 64 {
            let target = deref(&format!("u{}", bytes * 8), bytes, &here, align, access.volatile);
            self.statement(&format!("{target} = {text}"));
        } else if bits == 128 {
            let number = self.fresh();
            self.statement(&format!("{{ u128 w{number} = {text}"));
            for (half, at_byte) in [("lo", 0), ("hi", 8)] {
                let target =
                    deref("u64", 8, &at(place, offset + at_byte), alignment_at(align, at_byte), access.volatile);
                self.statement(&format!("{target} = w{number}.{half}"));
            }
            self.statement("}");
        } else {
            let held = self.unit.types.hold(ty)?;
            self.statement(&format!("{{ {held} w_ = {text}; __builtin_memcpy({here}, &w_, {bytes}); }}"));
        }
        Ok(())
    }

    /// Element types and byte offsets of an aggregate or vector; `None` for a scalar.
    fn parts(&self, ty: Type) -> Result<Option<Vec<(Type, u64)>>> {
        let layout = self.unit.types.layout;
        let elements = self.unit.types.elements(ty)?;
        Ok(match ty.kind() {
            TypeKind::Struct(_) => {
                Some(elements.into_iter().enumerate().map(|(i, e)| (e, layout.offset(ty, i as u32))).collect())
            }
            TypeKind::Array(element, _) => {
                Some(elements.into_iter().enumerate().map(|(i, e)| (e, i as u64 * layout.size(element))).collect())
            }
            TypeKind::Vector(element, _) => {
                if element.int_width().is_some_and(|bits| bits % 8 != 0) {
                    bail!("vectors of `{element}` in memory are not supported");
                }
                Some(
                    elements.into_iter().enumerate().map(|(i, e)| (e, i as u64 * layout.store_size(element))).collect(),
                )
            }
            _ => None,
        })
    }
}

/// An lvalue of C type `ty` and natural size `size` at an address of known alignment.
pub(super) fn deref(ty: &str, size: u32, place: &str, align: u32, volatile: bool) -> String {
    let qualifier = if volatile { "volatile " } else { "" };
    // SH aligns 8-byte types to 4.
    if align >= size.min(4) {
        format!("*({qualifier}{ty} *)({place})")
    } else {
        let suffix = if align >= 2 { "2" } else { "1" };
        format!("(({qualifier}{ty}_at{suffix} *)({place}))->v")
    }
}

fn at(place: &str, offset: u64) -> String {
    if offset == 0 { place.to_owned() } else { format!("{place} + {offset}") }
}

/// What is known of the alignment `offset` bytes after an address aligned to `align`.
fn alignment_at(align: u32, offset: u64) -> u32 {
    match offset {
        0 => align,
        _ => align.min(1 << offset.trailing_zeros().min(30)),
    }
}

fn natural(ty: Type) -> u32 {
    if ty.kind() == TypeKind::Double { 8 } else { 4 }
}

#[cfg(test)]
mod tests {
    use super::{alignment_at, deref};

    #[test]
    fn alignment_after_an_offset_is_the_weaker_of_both() {
        assert_eq!(alignment_at(4, 0), 4);
        assert_eq!(alignment_at(4, 6), 2);
        assert_eq!(alignment_at(2, 8), 2);
        assert_eq!(alignment_at(8, 1), 1);
    }

    #[test]
    fn under_aligned_accesses_go_through_packed_types() {
        assert_eq!(deref("u32", 4, "p", 4, true), "*(volatile u32 *)(p)");
        assert_eq!(deref("u32", 4, "p", 1, false), "((u32_at1 *)(p))->v");
        assert_eq!(deref("u64", 8, "p", 4, false), "*(u64 *)(p)");
    }
}
