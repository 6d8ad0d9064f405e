//! Functions: blocks, control flow, `phi` moves, lines.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use anyhow::{Context, Error, Result, bail};

use super::order;
use super::types::Return;
use super::unit::Writer;
use crate::llvm::{Block, Kind, Location, Op, Value};

/// Writes one function.
pub(super) struct FunctionWriter<'a> {
    /// The unit it belongs to.
    pub unit: &'a Writer<'a>,
    function: Value,
    ids: HashMap<Value, String>,
    labels: HashMap<Block, usize>,
    locals: BTreeMap<String, Vec<String>>,
    special: String,
    body: String,
    line: Option<Location>,
    temporaries: usize,
}

impl<'a> FunctionWriter<'a> {
    /// Prepares to write `function`.
    pub(super) fn new(unit: &'a Writer<'a>, function: Value) -> Self {
        let ids = function.params().into_iter().enumerate().map(|(i, param)| (param, format!("a{i}"))).collect();
        Self {
            unit,
            function,
            ids,
            labels: HashMap::new(),
            locals: BTreeMap::new(),
            special: String::new(),
            body: String::new(),
            line: None,
            temporaries: 0,
        }
    }

    /// The function's C text.
    ///
    /// # Errors
    /// Names function, source line and the instruction at fault.
    pub(super) fn write(mut self) -> Result<String> {
        let place = self.function;
        self.name_everything()?;
        let blocks = self.function.blocks();
        for (index, block) in blocks.into_iter().enumerate() {
            if index > 0 {
                let _ = writeln!(self.body, "L{index}:;");
            }
            for instruction in order::instructions(block) {
                self.mark_line(instruction);
                self.instruction(block, instruction).map_err(|error| self.explain(error, instruction))?;
            }
        }
        let mut text = String::new();
        if let (true, Some(place)) = (self.unit.options.lines, self.function.location()) {
            let _ = writeln!(text, "#line {} \"{}\"", place.line, escape(&place.file));
        }
        let storage = if self.function.linkage() == crate::llvm::Linkage::Internal { "static " } else { "" };
        let _ = writeln!(
            text,
            "{storage}{} {{",
            self.unit.head(self.function, true).map_err(|error| self.explain(error, place))?
        );
        for (ty, names) in &self.locals {
            let _ = writeln!(text, "{ty} {};", names.join(", "));
        }
        text.push_str(&self.special);
        text.push_str(&self.body);
        text.push_str("}\n");
        Ok(text)
    }

    fn explain(&self, error: Error, at: Value) -> Error {
        let function = self.function.name();
        let place = at.location().or_else(|| self.function.location());
        let place = place
            .map_or_else(|| "no debug line; build with `debug = \"line-tables-only\"`".to_owned(), |p| p.to_string());
        let what = if at.kind() == Kind::Instruction { format!("\n  in `{}`", at.text()) } else { String::new() };
        error.context(format!("cannot translate `{:#}` ({place}){what}", rustc_demangle::demangle(&function)))
    }

    fn name_everything(&mut self) -> Result<()> {
        let mut count = 0;
        for (index, block) in self.function.blocks().into_iter().enumerate() {
            self.labels.insert(block, index);
            for instruction in block.instructions() {
                let ty = instruction.ty();
                let held = match instruction.op() {
                    Op::Alloca => continue,
                    _ => self.unit.types.hold(ty).map_err(|error| self.explain(error, instruction))?,
                };
                if held == "void" {
                    continue;
                }
                let name = format!("v{count}");
                count += 1;
                if instruction.op() == Op::Phi {
                    self.locals.entry(held.clone()).or_default().push(format!("{name}_in"));
                }
                self.locals.entry(held).or_default().push(name.clone());
                self.ids.insert(instruction, name);
            }
        }
        Ok(())
    }

    fn mark_line(&mut self, instruction: Value) {
        if !self.unit.options.lines {
            return;
        }
        let Some(place) = instruction.location() else {
            return;
        };
        if self.line.as_ref() != Some(&place) {
            let _ = writeln!(self.body, "#line {} \"{}\"", place.line, escape(&place.file));
            self.line = Some(place);
        }
    }

    /// A C expression for any operand.
    ///
    /// # Errors
    /// For constants that the bridge does not know.
    pub(super) fn expr(&self, value: Value) -> Result<String> {
        if let Some(id) = self.ids.get(&value) {
            return Ok(id.clone());
        }
        if value.kind() == Kind::Global && value.is_declaration() {
            // Symbols of linker scripts may be equal to each other; GCC must not conclude that they differ.
            return Ok(format!("LAUNDER({})", self.unit.constant(value)?));
        }
        self.unit.constant(value)
    }

    /// Assigns to the instruction's variable.
    pub(super) fn assign(&mut self, instruction: Value, text: &str) {
        match self.ids.get(&instruction) {
            Some(id) => {
                let _ = writeln!(self.body, "{id} = {text};");
            }
            None => self.statement(text),
        }
    }

    /// The instruction's variable.
    pub(super) fn result(&self, instruction: Value) -> Result<String> {
        self.ids.get(&instruction).cloned().context("an instruction without result")
    }

    /// Writes a statement.
    pub(super) fn statement(&mut self, text: &str) {
        let _ = writeln!(self.body, "{text};");
    }

    /// Adds a declaration at the top of the function and names an instruction after it.
    pub(super) fn declare(&mut self, instruction: Value, name: String, declaration: &str) {
        let _ = writeln!(self.special, "{declaration};");
        self.ids.insert(instruction, name);
    }

    /// A number unique in this function.
    pub(super) fn fresh(&mut self) -> usize {
        self.temporaries += 1;
        self.temporaries
    }

    fn instruction(&mut self, block: Block, instruction: Value) -> Result<()> {
        match instruction.op() {
            Op::Phi => {
                let id = self.result(instruction)?;
                self.statement(&format!("{id} = {id}_in"));
                Ok(())
            }
            Op::Br | Op::Switch | Op::Ret | Op::Unreachable => self.terminator(block, instruction),
            Op::Alloca | Op::Load | Op::Store | Op::GetElementPtr => self.memory(instruction),
            Op::Fence | Op::CmpXchg | Op::AtomicRmw => self.atomic(instruction),
            Op::Call => self.call(instruction),
            Op::ExtractValue | Op::InsertValue | Op::ExtractElement | Op::InsertElement | Op::ShuffleVector => {
                self.aggregate(instruction)
            }
            Op::Select | Op::Freeze => self.choose(instruction),
            _ => self.compute(instruction),
        }
    }

    fn terminator(&mut self, block: Block, terminator: Value) -> Result<()> {
        match terminator.op() {
            Op::Br => match (terminator.condition(), terminator.successors().as_slice()) {
                (None, &[target]) => {
                    let jump = self.jump(block, target)?;
                    self.statement(&jump);
                }
                (Some(condition), &[yes, no]) => {
                    let condition = self.expr(condition)?;
                    let (yes, no) = (self.jump(block, yes)?, self.jump(block, no)?);
                    self.statement(&format!("if ({condition}) {{ {yes}; }} else {{ {no}; }}"));
                }
                _ => bail!("a branch of an unknown form"),
            },
            Op::Switch => self.switch(block, terminator)?,
            Op::Ret => match terminator.operands().first() {
                None => self.statement("return"),
                Some(&value) => {
                    let text = self.expr(value)?;
                    match self.unit.types.returns(value.ty())? {
                        Return::Pair => {
                            self.statement(&format!("{{ __auto_type r_ = {text}; return PAIR(r_.f0, r_.f1); }}"))
                        }
                        _ => self.statement(&format!("return {text}")),
                    }
                }
            },
            _ if self.unit.options.trap_unreachable => self.statement("TRAP()"),
            _ => self.statement("__builtin_unreachable()"),
        }
        Ok(())
    }

    fn switch(&mut self, block: Block, switch: Value) -> Result<()> {
        let subject = switch.operand(0);
        let wide = subject.ty().int_width().is_some_and(|bits| bits > 64);
        let selector = self.expr(subject)?;
        let default = self.jump(block, switch.successors()[0])?;
        if !wide {
            self.statement(&format!("switch ({selector}) {{"));
        }
        for (value, target) in switch.cases() {
            let (value, jump) = (self.expr(value)?, self.jump(block, target)?);
            if wide {
                self.statement(&format!("if (u128_eq({selector}, {value})) {{ {jump}; }}"));
            } else {
                self.statement(&format!("case {value}: {jump}"));
            }
        }
        self.statement(&if wide { default } else { format!("default: {default}; }}") });
        Ok(())
    }

    /// The moves into the target's `phi`s, and the jump. Each `phi` reads its own `_in` variable at the head of its
    /// block, so the moves of one edge are a parallel copy in any order.
    fn jump(&self, from: Block, to: Block) -> Result<String> {
        let mut text = String::new();
        for phi in to.instructions().into_iter().take_while(|i| i.op() == Op::Phi) {
            let (value, _) = phi
                .incoming()
                .into_iter()
                .find(|(_, block)| *block == from)
                .context("a phi that does not know its predecessor")?;
            let _ = write!(text, "{}_in = {}; ", self.result(phi)?, self.expr(value)?);
        }
        let label = self.labels.get(&to).context("a jump out of the function")?;
        let _ = write!(text, "goto L{label}");
        Ok(text)
    }
}

fn escape(path: &str) -> String {
    path.replace('\\', "\\\\").replace('"', "\\\"")
}
