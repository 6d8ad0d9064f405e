//! Calls of functions.

use anyhow::{Context, Result, bail};

use super::function::FunctionWriter;
use super::types::{Return, prototype};
use crate::llvm::{Kind, Value};

impl FunctionWriter<'_> {
    /// Any `call`: function, pointer, intrinsic or inline assembly.
    ///
    /// # Errors
    /// For intrinsics and conventions that the bridge does not know.
    pub(super) fn call(&mut self, call: Value) -> Result<()> {
        let callee = call.callee();
        if callee.kind() == Kind::InlineAsm {
            return self.inline_asm(call);
        }
        let name = if callee.kind() == Kind::Function { callee.name() } else { String::new() };
        if name.starts_with("llvm.") {
            return self.intrinsic(call, &name);
        }
        if call.is_musttail() {
            bail!("guaranteed tail calls are not supported");
        }
        let ty = call.callee_type();
        let mut arguments = Vec::new();
        for (index, argument) in call.arguments().into_iter().enumerate() {
            if call.call_has_attribute(index as u32 + 1, "byval") {
                bail!("an aggregate crosses `extern \"C\"` by value; pass a pointer");
            }
            arguments.push(self.expr(argument)?);
        }
        let function = if callee.kind() == Kind::Function && callee.value_type() == ty {
            self.unit.names.get(callee).context("a function without name")?.to_owned()
        } else {
            let (returns, params) = self.unit.types.function(ty, |place| call.call_has_attribute(place, "signext"))?;
            format!("(({returns} (*)({})){})", prototype(&params, ty.is_vararg()), self.expr(callee)?)
        };
        let text = format!("{function}({})", arguments.join(", "));
        match self.unit.types.returns(ty.return_type())? {
            Return::Void => self.statement(&text),
            Return::Plain(_) => self.assign(call, &text),
            Return::Pair => {
                let (result, number) = (self.result(call)?, self.fresh());
                let fields = self.unit.types.elements(ty.return_type())?;
                let (low, high) = (self.unit.types.hold(fields[0])?, self.unit.types.hold(fields[1])?);
                self.statement(&format!(
                    "{{ u64 r{number} = {text}; {result}.f0 = ({low})(u32)r{number}; {result}.f1 = ({high})(u32)(r{number} >> 32); }}"
                ));
            }
        }
        Ok(())
    }
}
