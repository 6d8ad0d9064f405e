//! Constants: as C expressions inside functions, and flattened into images for global variables.

use anyhow::{Context, Result, bail};

use super::arith::resize;
use super::image::Image;
use super::types::unsigned;
use super::unit::Writer;
use crate::llvm::{Kind, Op, Type, TypeKind, Value};

/// A C literal for an integer.
///
/// # Errors
/// For integers beyond 128 bits.
pub(super) fn int_literal(bits: u32, value: u128) -> Result<String> {
    Ok(match bits {
        0..=32 => format!("(({}){value}u)", unsigned(bits)?),
        33..=64 => format!("{value}ull"),
        _ => {
            unsigned(bits)?;
            let low = format!("U128({}ull, {}ull)", value as u64, (value >> 64) as u64);
            if bits > 128 { format!("U256({low}, U128(0, 0))") } else { low }
        }
    })
}

impl Writer<'_> {
    /// A C expression for a constant.
    ///
    /// # Errors
    /// When it is of a kind that the bridge does not know.
    pub(super) fn constant(&self, value: Value) -> Result<String> {
        match value.kind() {
            Kind::Int => {
                let bits = value.ty().int_width().context("an integer constant without width")?;
                int_literal(bits, value.int_value().context("integer constants beyond 128 bits are not supported")?)
            }
            Kind::Float => match value.ty().kind() {
                TypeKind::Float => Ok(format!("f32_bits({}u)", value.float_bits(32).context("float constant")?)),
                TypeKind::Double => Ok(format!("f64_bits({}ull)", value.float_bits(64).context("float constant")?)),
                _ => bail!("constants of type `{}` are not supported", value.ty()),
            },
            Kind::Null => Ok("((ptr)0)".into()),
            Kind::Undefined => self.zero(value.ty()),
            Kind::Zero | Kind::Aggregate | Kind::Data => self.compound(value),
            Kind::Function | Kind::Global | Kind::Alias => self.address(value),
            Kind::Expression => self.expression(value),
            _ => bail!("constant `{}` is not supported", value.text()),
        }
    }

    /// The fixed value that stands for `undef`, `poison` and zero.
    ///
    /// # Errors
    /// When the type cannot be held.
    pub(super) fn zero(&self, ty: Type) -> Result<String> {
        let held = self.types.hold(ty)?;
        Ok(match ty.kind() {
            TypeKind::Int(bits) => int_literal(bits, 0)?,
            TypeKind::Float => "0.0f".into(),
            TypeKind::Double => "0.0".into(),
            TypeKind::Pointer => "((ptr)0)".into(),
            _ => format!("(({held}){{}})"),
        })
    }

    fn compound(&self, value: Value) -> Result<String> {
        let held = self.types.hold(value.ty())?;
        let mut fields = Vec::new();
        for index in 0..self.types.elements(value.ty())?.len() {
            let element =
                value.element(index as u32).with_context(|| format!("no element {index} in `{}`", value.text()))?;
            fields.push(self.constant(element)?);
        }
        Ok(format!("(({held}){{{}}})", fields.join(", ")))
    }

    fn address(&self, symbol: Value) -> Result<String> {
        if symbol.kind() == Kind::Global && symbol.is_thread_local() {
            bail!("thread-local `{}` is not supported", symbol.name());
        }
        let name = self.names.get(symbol).with_context(|| format!("`{}` has no C name", symbol.name()))?;
        Ok(format!("((ptr)&{name})"))
    }

    fn expression(&self, value: Value) -> Result<String> {
        let ty = value.ty();
        let inner = |index| self.constant(value.operand(index));
        let word = |text: String| format!("((u32){text})");
        match value.const_op() {
            Op::GetElementPtr => {
                let offset = self.constant_offset(value)?;
                Ok(format!("(({}) + {})", inner(0)?, offset as i32))
            }
            Op::PtrToInt | Op::PtrToAddr if ty.int_width() == Some(32) => Ok(word(inner(0)?)),
            Op::IntToPtr => Ok(format!("((ptr){})", inner(0)?)),
            Op::BitCast if value.operand(0).ty() == ty => inner(0),
            Op::Add if ty.int_width() == Some(32) => Ok(format!("({} + {})", inner(0)?, inner(1)?)),
            Op::Sub if ty.int_width() == Some(32) => Ok(format!("({} - {})", inner(0)?, inner(1)?)),
            Op::Xor if ty.int_width() == Some(32) => Ok(format!("({} ^ {})", inner(0)?, inner(1)?)),
            Op::Trunc => {
                let (from, to) = (value.operand(0).ty().int_width(), ty.int_width());
                Ok(format!("({})", resize(from.context("width")?, to.context("width")?, &inner(0)?)))
            }
            _ => bail!("constant expression `{}` is not supported", value.text()),
        }
    }

    /// Byte offset of a `getelementptr` whose indices are all constant.
    fn constant_offset(&self, gep: Value) -> Result<i64> {
        let mut ty = gep.gep_source();
        let mut offset = 0i64;
        for (position, index) in gep.operands().into_iter().skip(1).enumerate() {
            let bits = index.ty().int_width().context("an index that is no integer")?;
            let raw = index.int_value().context("an index that is not constant")?;
            let number = ((raw << (128 - bits)) as i128 >> (128 - bits)) as i64;
            if position == 0 {
                offset += number * self.types.layout.size(ty) as i64;
                continue;
            }
            match ty.kind() {
                TypeKind::Struct(fields) => {
                    offset += self.types.layout.offset(ty, number as u32) as i64;
                    ty = *fields.get(number as usize).context("a field that does not exist")?;
                }
                TypeKind::Array(element, _) | TypeKind::Vector(element, _) => {
                    offset += number * self.types.layout.size(element) as i64;
                    ty = element;
                }
                _ => bail!("getelementptr into `{ty}` is not supported"),
            }
        }
        Ok(offset)
    }

    /// Writes a constant into an image at `at`.
    ///
    /// # Errors
    /// When it holds something that has no bytes before link time.
    pub(super) fn flatten(&self, value: Value, at: usize, image: &mut Image) -> Result<()> {
        let ty = value.ty();
        let mut put = |bytes: &[u8]| image.bytes[at..at + bytes.len()].copy_from_slice(bytes);
        match value.kind() {
            Kind::Undefined | Kind::Zero | Kind::Null => {}
            Kind::Int => {
                let number = value.int_value().context("integer constants beyond 128 bits are not supported")?;
                put(&number.to_le_bytes()[..self.types.layout.store_size(ty) as usize]);
            }
            Kind::Float => {
                let len = self.types.layout.store_size(ty) as usize;
                let bits = value.float_bits(len as u32 * 8).with_context(|| format!("constant of type `{ty}`"))?;
                put(&bits.to_le_bytes()[..len]);
            }
            Kind::Data => put(&value.data_bytes()),
            Kind::Aggregate => self.flatten_elements(value, at, image)?,
            Kind::Function | Kind::Global | Kind::Alias | Kind::Expression => {
                if self.types.layout.store_size(ty) != 4 {
                    bail!("the address in `{}` is not 32 bits wide", value.text());
                }
                image.addresses.push((at, format!("(u32){}", self.constant(value)?)));
            }
            _ => bail!("initial value `{}` is not supported", value.text()),
        }
        Ok(())
    }

    fn flatten_elements(&self, value: Value, at: usize, image: &mut Image) -> Result<()> {
        let layout = self.types.layout;
        let offsets: Vec<u64> = match value.ty().kind() {
            TypeKind::Struct(fields) => (0..fields.len()).map(|i| layout.offset(value.ty(), i as u32)).collect(),
            TypeKind::Array(element, len) => (0..len).map(|i| i * layout.size(element)).collect(),
            TypeKind::Vector(element, len) => (0..u64::from(len)).map(|i| i * layout.size(element)).collect(),
            _ => bail!("initial value `{}` is not supported", value.text()),
        };
        for (index, offset) in offsets.into_iter().enumerate() {
            let element =
                value.element(index as u32).with_context(|| format!("no element {index} in `{}`", value.text()))?;
            self.flatten(element, at + offset as usize, image)?;
        }
        Ok(())
    }
}
