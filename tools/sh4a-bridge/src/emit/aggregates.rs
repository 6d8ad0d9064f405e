//! Structures and vectors in SSA form: taking apart, putting together, choosing.

use anyhow::{Context, Result, bail};

use super::function::FunctionWriter;
use crate::llvm::{Kind, Op, TypeKind, Value};

impl FunctionWriter<'_> {
    /// Instructions that take structures and vectors apart and put them together.
    ///
    /// # Errors
    /// For vector lanes that are not constant.
    pub(super) fn aggregate(&mut self, instruction: Value) -> Result<()> {
        let result = self.result(instruction)?;
        let path = |indices: &[u32]| indices.iter().map(|i| format!(".f{i}")).collect::<String>();
        let lane = |value: Value| {
            value.int_value().filter(|_| value.kind() == Kind::Int).context("a vector lane that is not constant")
        };
        match instruction.op() {
            Op::ExtractValue => {
                let text = format!("{}{}", self.expr(instruction.operand(0))?, path(&instruction.indices()));
                self.assign(instruction, &text);
            }
            Op::InsertValue => {
                let (whole, part) = (self.expr(instruction.operand(0))?, self.expr(instruction.operand(1))?);
                self.assign(instruction, &whole);
                self.statement(&format!("{result}{} = {part}", path(&instruction.indices())));
            }
            Op::ExtractElement => {
                let text = format!("{}.f{}", self.expr(instruction.operand(0))?, lane(instruction.operand(1))?);
                self.assign(instruction, &text);
            }
            Op::InsertElement => {
                let (whole, part) = (self.expr(instruction.operand(0))?, self.expr(instruction.operand(1))?);
                self.assign(instruction, &whole);
                self.statement(&format!("{result}.f{} = {part}", lane(instruction.operand(2))?));
            }
            _ => self.shuffle(instruction, &result)?,
        }
        Ok(())
    }

    fn shuffle(&mut self, shuffle: Value, result: &str) -> Result<()> {
        let (left, right) = (shuffle.operand(0), shuffle.operand(1));
        let lanes = self.unit.types.elements(left.ty())?.len() as u32;
        let element = match shuffle.ty().kind() {
            TypeKind::Vector(element, _) => element,
            _ => bail!("a shuffle of something that is no vector"),
        };
        for (index, source) in shuffle.shuffle_mask().into_iter().enumerate() {
            let text = match source {
                None => self.unit.zero(element)?,
                Some(lane) if lane < lanes => format!("{}.f{lane}", self.expr(left)?),
                Some(lane) => format!("{}.f{}", self.expr(right)?, lane - lanes),
            };
            self.statement(&format!("{result}.f{index} = {text}"));
        }
        Ok(())
    }

    /// `select` and `freeze`.
    ///
    /// # Errors
    /// For a vector of conditions.
    pub(super) fn choose(&mut self, instruction: Value) -> Result<()> {
        let first = instruction.operand(0);
        let text = if instruction.op() == Op::Freeze {
            self.expr(first)?
        } else {
            if first.ty().int_width() != Some(1) {
                bail!("a select with a vector of conditions is not supported");
            }
            format!(
                "{} ? {} : {}",
                self.expr(first)?,
                self.expr(instruction.operand(1))?,
                self.expr(instruction.operand(2))?
            )
        };
        self.assign(instruction, &text);
        Ok(())
    }
}
