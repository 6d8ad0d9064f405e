//! One translation unit: declarations, variables, functions.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail};

use super::function::FunctionWriter;
use super::globals::{Used, asm_label, attribute_list, storage};
use super::names::Names;
use super::types::{Types, prototype};
use crate::llvm::{Linkage, Unit, Value};

/// What a translation may choose.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Write `#line` directives.
    pub lines: bool,
    /// Make LLVM's `unreachable` a trap instead of a promise to GCC.
    pub trap_unreachable: bool,
    /// Make a function that cannot be translated a trap, and say so, instead of failing.
    pub trap_unknown: bool,
}

/// State shared by everything that writes C.
pub(super) struct Writer<'a> {
    /// C types and data layout.
    pub types: Types,
    /// C identifiers of global symbols.
    pub names: Names,
    /// Symbols that must stay.
    pub used: Used,
    /// Options.
    pub options: &'a Options,
}

/// Translates a module to C.
///
/// # Errors
/// When the module holds something the bridge does not know; the message names function and source line.
pub fn translate(unit: Unit, options: &Options) -> Result<String> {
    if unit.has_ifunc() {
        bail!("ifuncs are not supported");
    }
    let (globals, functions, aliases) = (unit.globals(), unit.functions(), unit.aliases());
    let mut names = Names::default();
    for &symbol in globals.iter().chain(&functions).chain(&aliases) {
        names.give(symbol);
    }
    let writer = Writer { types: Types::new(unit.layout()?), names, used: Used::of(&globals), options };
    let (mut declared, mut variables, mut bodies) = (String::new(), String::new(), String::new());
    for &function in &functions {
        writer.declare_function(function, &mut declared)?;
    }
    for &global in &globals {
        writer.global(global, &mut declared, &mut variables)?;
    }
    for &alias in &aliases {
        writer.alias(alias, &mut declared)?;
    }
    for &function in functions.iter().filter(|f| !f.is_declaration()) {
        match FunctionWriter::new(&writer, function).write() {
            Ok(text) => bodies.push_str(&text),
            Err(error) if options.trap_unknown => {
                eprintln!("sh4a-bridge: becomes a trap: {error:#}");
                let storage = if function.linkage() == Linkage::Internal { "static " } else { "" };
                let _ = writeln!(bodies, "{storage}{} {{ TRAP(); }}", writer.head(function, true)?);
            }
            Err(error) => return Err(error),
        }
    }
    let mut c = String::from(include_str!("prelude.h"));
    c.push_str(&writer.types.definitions());
    c.push_str(&declared);
    c.push_str(&variables);
    c.push_str(&bodies);
    Ok(c)
}

impl Writer<'_> {
    /// The head of a function: storage class, return type, name and parameters.
    ///
    /// # Errors
    /// When a type in its signature cannot be held.
    pub(super) fn head(&self, function: Value, named: bool) -> Result<String> {
        let ty = function.value_type();
        let (returns, mut params) = self.types.function(ty, |place| function.has_attribute(place, "signext"))?;
        if named {
            for (index, param) in params.iter_mut().enumerate() {
                let _ = write!(param, " a{index}");
            }
        }
        let name = self.names.get(function).context("a function without name")?;
        Ok(format!("{returns} {name}({})", prototype(&params, ty.is_vararg())))
    }

    fn declare_function(&self, function: Value, declared: &mut String) -> Result<()> {
        let name = function.name();
        if name.starts_with("llvm.") {
            return Ok(());
        }
        self.write_declaration(function, declared).with_context(|| match function.location() {
            Some(place) => format!("function `{:#}` at {place}", rustc_demangle::demangle(&name)),
            None => format!("function `{:#}`", rustc_demangle::demangle(&name)),
        })
    }

    fn write_declaration(&self, function: Value, declared: &mut String) -> Result<()> {
        check_boundary(function)?;
        let mut attributes = self.used.attributes(function);
        let storage = storage(function, &mut attributes)?;
        for (llvm, gcc) in
            [("noreturn", "noreturn"), ("cold", "cold"), ("noinline", "noinline"), ("alwaysinline", "always_inline")]
        {
            if function.has_attribute(u32::MAX, llvm) {
                attributes.push(gcc.into());
            }
        }
        if let Some(section) = function.section() {
            attributes.push(format!("section(\"{section}\")"));
        }
        if !function.is_declaration() && function.alignment() > 2 {
            attributes.push(format!("aligned({})", function.alignment()));
        }
        let inline =
            if function.has_attribute(u32::MAX, "alwaysinline") && storage == "static " { "inline " } else { "" };
        attributes.retain(|a| a != "always_inline" || !inline.is_empty());
        let head = self.head(function, false)?;
        let _ = writeln!(declared, "{storage}{inline}{head}{}{};", asm_label(function), attribute_list(&attributes));
        Ok(())
    }

    fn alias(&self, alias: Value, declared: &mut String) -> Result<()> {
        let target = alias.aliasee().with_context(|| format!("alias `{}` without target", alias.name()))?;
        let mut attributes = self.used.attributes(alias);
        let storage = storage(alias, &mut attributes)?;
        attributes.push(format!("alias(\"{}\")", target.name()));
        let target_name =
            self.names.get(target).with_context(|| format!("alias `{}` is not of a plain symbol", alias.name()))?;
        let name = self.names.get(alias).context("an alias without name")?;
        let extern_or_static = if storage.is_empty() { "extern " } else { storage };
        let _ = writeln!(
            declared,
            "{extern_or_static}__typeof__({target_name}) {name}{}{};",
            asm_label(alias),
            attribute_list(&attributes)
        );
        Ok(())
    }
}

/// Only scalars and pointers cross `extern "C"`: an aggregate there follows the stand-in architecture's rules.
fn check_boundary(function: Value) -> Result<()> {
    let imported = function.is_declaration();
    let exported = !imported && function.linkage() == Linkage::External;
    if !imported && !exported {
        return Ok(());
    }
    let ty = function.value_type();
    let by_value = ty.params().into_iter().chain([ty.return_type()]).any(|ty| ty.is_aggregate());
    let by_attribute = (1..=ty.params().len() as u32)
        .any(|place| function.has_attribute(place, "byval") || function.has_attribute(place, "sret"));
    if by_value || by_attribute {
        bail!(
            "an aggregate crosses `extern \"C\"` by value, where the stand-in architecture's rules are not SH's; pass a pointer, or scalars"
        );
    }
    Ok(())
}
