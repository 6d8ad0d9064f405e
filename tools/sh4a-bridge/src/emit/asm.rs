//! Inline assembly: LLVM's notation to GCC's. The text itself is SH assembly already.

use anyhow::{Context, Result, bail};

use super::asm_operands::{Operand, clobbers, parse};
use super::function::FunctionWriter;
use crate::llvm::{Kind, TypeKind, Value};

impl FunctionWriter<'_> {
    /// A call of an inline-assembly value.
    ///
    /// # Errors
    /// For constraints, operand types and template forms that the bridge does not know.
    pub(super) fn inline_asm(&mut self, call: Value) -> Result<()> {
        let (template, constraints, volatile) = call.callee().inline_asm();
        let operands = parse(&constraints)?;
        let outputs = operands.iter().filter(|o| matches!(o, Operand::Output { .. })).count();
        let held = self.outputs(call, outputs)?;
        let mut arguments = call.arguments().into_iter();
        let (mut before, mut declared, mut c_outputs, mut c_inputs, mut after) =
            (String::new(), String::new(), Vec::new(), Vec::new(), String::new());
        let mut symbols = Vec::new();
        for operand in &operands {
            let index = symbols.len();
            match operand {
                Operand::Output { constraint, register } => {
                    let (target, ty) = &held[c_outputs.len()];
                    let raw = if ty == "float" { "float" } else { "u32" };
                    declared += &declaration(raw, &format!("o{index}"), register.as_deref(), None);
                    c_outputs.push(format!("\"{constraint}\"(o{index})"));
                    after += &format!("{target} = ({ty})o{index}; ");
                    symbols.push(None);
                }
                Operand::Input { constraint, register } => {
                    let argument = arguments.next().context("assembly with fewer arguments than operands")?;
                    let text = self.expr(argument)?;
                    if constraint == "i" && matches!(argument.kind(), Kind::Function | Kind::Global) {
                        symbols.push(Some(argument.name()));
                        c_inputs.push(format!("\"i\"({text})"));
                        continue;
                    }
                    let (raw, text) = raw_operand(argument, &text)?;
                    before += &format!("{raw} t{index} = {text}; ");
                    declared +=
                        &declaration(raw, &format!("i{index}"), register.as_deref(), Some(&format!("t{index}")));
                    c_inputs.push(format!(
                        "\"{constraint}\"({})",
                        if constraint == "i" { text } else { format!("i{index}") }
                    ));
                    symbols.push(None);
                }
                Operand::Clobber(_) => {}
            }
        }
        let text = template_to_gcc(&template, &symbols)?;
        let keyword = if volatile || outputs == 0 { "__asm__ volatile" } else { "__asm__" };
        self.statement(&format!(
            "{{ {before}{declared}{keyword}(\"{text}\" : {} : {} : {}); {after}}}",
            c_outputs.join(", "),
            c_inputs.join(", "),
            clobbers(&operands, &template)
        ));
        Ok(())
    }

    /// Where each output goes, and its C type.
    fn outputs(&self, call: Value, count: usize) -> Result<Vec<(String, String)>> {
        let types = &self.unit.types;
        let ty = call.ty();
        if count == 0 {
            return Ok(Vec::new());
        }
        let result = self.result(call)?;
        if count == 1 && !ty.is_aggregate() {
            return Ok(vec![(result, types.hold(ty)?)]);
        }
        let fields = types.elements(ty)?;
        if fields.len() != count {
            bail!("assembly with outputs in memory is not supported");
        }
        fields.iter().enumerate().map(|(i, &field)| Ok((format!("{result}.f{i}"), types.hold(field)?))).collect()
    }
}

fn declaration(ty: &str, name: &str, register: Option<&str>, init: Option<&str>) -> String {
    let init = init.map(|text| format!(" = {text}")).unwrap_or_default();
    match register {
        Some(register) => format!("register {ty} {name} __asm__(\"{register}\"){init}; "),
        None => format!("{ty} {name}{init}; "),
    }
}

/// C type and text of a value as a register operand.
fn raw_operand(argument: Value, text: &str) -> Result<(&'static str, String)> {
    Ok(match argument.ty().kind() {
        TypeKind::Int(bits) if bits <= 32 => ("u32", format!("(u32){text}")),
        TypeKind::Pointer => ("u32", format!("(u32){text}")),
        TypeKind::Float => ("float", text.to_owned()),
        _ => bail!("an assembly operand of type `{}` is not supported", argument.ty()),
    })
}

/// Rewrites `$0`, `${0:c}` and `$$`; operands that are symbols are replaced by their names.
fn template_to_gcc(template: &str, symbols: &[Option<String>]) -> Result<String> {
    let mut out = String::new();
    let mut chars = template.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '$' => {
                let spec = match chars.next() {
                    Some('$') => {
                        out.push('$');
                        continue;
                    }
                    Some('{') => chars.by_ref().take_while(|&c| c != '}').collect::<String>(),
                    Some(digit) if digit.is_ascii_digit() => {
                        let mut digits = String::from(digit);
                        while let Some(more) = chars.next_if(char::is_ascii_digit) {
                            digits.push(more);
                        }
                        digits
                    }
                    other => {
                        bail!("`${}` in assembly text is not supported", other.map_or(String::new(), String::from))
                    }
                };
                let (number, modifier) = spec.split_once(':').unwrap_or((&spec, ""));
                if number.is_empty() && modifier == "uid" {
                    out.push_str("%=");
                    continue;
                }
                let number: usize =
                    number.parse().with_context(|| format!("`${{{spec}}}` in assembly text is not supported"))?;
                match (symbols.get(number), modifier) {
                    (Some(Some(symbol)), "" | "c" | "P") => out.push_str(symbol),
                    (Some(None), "") => out.push_str(&format!("%{number}")),
                    _ => bail!("operand `${{{spec}}}` in assembly text is not supported"),
                }
            }
            '%' => out.push_str("%%"),
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    Ok(out)
}

/// Everything in assembly text that could be a symbol: what it names must keep its name.
pub fn symbols_in(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '$'))).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{symbols_in, template_to_gcc};

    #[test]
    fn templates_change_notation_and_keep_text() {
        let symbols = [None, Some("target".to_owned()), None];
        assert_eq!(
            template_to_gcc("mov $0, ${2}\n.long ${1:c}, $$5 % \"", &symbols).expect("known"),
            "mov %0, %2\\n.long target, $5 %% \\\""
        );
    }

    #[test]
    fn unknown_modifiers_are_refused() {
        assert!(template_to_gcc("${0:q}", &[None]).is_err());
        assert!(template_to_gcc("$3", &[None]).is_err());
    }

    #[test]
    fn symbols_are_found_between_punctuation() {
        assert_eq!(
            symbols_in("mov.l 1f,r0\n1: .long main+4").collect::<Vec<_>>(),
            ["mov.l", "1f", "r0", "1", ".long", "main", "4"]
        );
    }
}
