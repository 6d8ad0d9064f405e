//! Global variables.

use std::collections::HashSet;
use std::fmt::Write as _;

use anyhow::{Context, Result, bail};

use super::image::Image;
use super::unit::Writer;
use crate::llvm::{Linkage, Value};

/// The two lists that keep symbols alive.
#[derive(Default)]
pub(super) struct Used {
    /// `llvm.used`: the linker must keep them too.
    pub linker: HashSet<Value>,
    /// `llvm.compiler.used`: the compiler must keep them.
    pub compiler: HashSet<Value>,
}

impl Used {
    /// Reads the lists of a module.
    pub(super) fn of(globals: &[Value]) -> Self {
        let mut used = Self::default();
        for global in globals {
            let list = match global.name().as_str() {
                "llvm.used" => &mut used.linker,
                "llvm.compiler.used" => &mut used.compiler,
                _ => continue,
            };
            list.extend(global.initializer().map(Value::operands).unwrap_or_default());
        }
        used
    }

    /// The attributes that say so to GCC.
    pub(super) fn attributes(&self, symbol: Value) -> Vec<String> {
        match (self.linker.contains(&symbol), self.compiler.contains(&symbol)) {
            (true, _) => vec!["used".into(), "retain".into()],
            (false, true) => vec!["used".into()],
            _ => Vec::new(),
        }
    }
}

/// ` __asm__("name")`.
pub(super) fn asm_label(symbol: Value) -> String {
    format!(" __asm__(\"{}\")", symbol.name())
}

/// ` __attribute__((a, b))`, or nothing.
pub(super) fn attribute_list(attributes: &[String]) -> String {
    if attributes.is_empty() { String::new() } else { format!(" __attribute__(({}))", attributes.join(", ")) }
}

/// Storage class and attributes for a linkage.
pub(super) fn storage(symbol: Value, attributes: &mut Vec<String>) -> Result<&'static str> {
    if symbol.is_hidden() {
        attributes.push("visibility(\"hidden\")".into());
    }
    Ok(match symbol.linkage() {
        Linkage::External | Linkage::AvailableExternally => "",
        Linkage::Weak | Linkage::ExternalWeak => {
            attributes.push("weak".into());
            ""
        }
        Linkage::Internal => "static ",
        other => bail!("linkage {other:?} of `{}` is not supported", symbol.name()),
    })
}

impl Writer<'_> {
    /// Writes declarations into `declared` and definitions into `defined`.
    ///
    /// # Errors
    /// When a variable cannot be expressed in C; names it.
    pub(super) fn global(&self, global: Value, declared: &mut String, defined: &mut String) -> Result<()> {
        let name = global.name();
        match name.as_str() {
            "llvm.used" | "llvm.compiler.used" => return Ok(()),
            "llvm.global_ctors" | "llvm.global_dtors" => {
                bail!("static constructors and destructors are not supported")
            }
            _ => {}
        }
        self.write_global(global, declared, defined)
            .with_context(|| format!("static `{:#}`", rustc_demangle::demangle(&name)))
    }

    fn write_global(&self, global: Value, declared: &mut String, defined: &mut String) -> Result<()> {
        let mut attributes = self.used.attributes(global);
        let storage = storage(global, &mut attributes)?;
        let c_name = self.names.get(global).context("a variable without name")?;
        if global.is_thread_local() {
            bail!("thread-local variables are not supported");
        }
        let Some(init) = global.initializer() else {
            let _ = writeln!(declared, "extern u8 {c_name}[]{}{};", asm_label(global), attribute_list(&attributes));
            return Ok(());
        };
        let ty = global.value_type();
        let mut image = Image { bytes: vec![0; self.types.layout.size(ty) as usize], addresses: Vec::new() };
        self.flatten(init, 0, &mut image)?;
        let align = global.alignment().max(self.types.layout.align(ty)).max(1);
        attributes.push(format!("aligned({align})"));
        if let Some(section) = global.section() {
            attributes.push(format!("section(\"{section}\")"));
        }
        let constant = if global.is_constant() { "const " } else { "" };
        let parts = image.declare(align);
        let tag = if parts.after.is_empty() {
            let _ = writeln!(declared, "typedef {} {c_name}_t;", parts.before);
            format!("{c_name}_t")
        } else {
            parts.before
        };
        let head = format!("{constant}{tag} {c_name}{}", parts.after);
        let extern_or_static = if storage.is_empty() { "extern " } else { storage };
        let _ = writeln!(declared, "{extern_or_static}{head}{}{};", asm_label(global), attribute_list(&attributes));
        let init = if parts.init.is_empty() { if constant.is_empty() { "" } else { " = {0}" } } else { " = " };
        let _ = writeln!(defined, "{storage}{head}{init}{};", parts.init);
        Ok(())
    }
}
