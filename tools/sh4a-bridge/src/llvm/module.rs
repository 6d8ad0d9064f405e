//! Whole modules: parse, link, internalize, optimise, enumerate.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::ffi::Type;
use super::ffi::{self, Block, Module, Value};
use super::opcode::Op;
use super::types::Layout;
use super::value::Kind;

/// Loads libLLVM; call once, before anything else.
///
/// # Errors
/// When the library cannot be loaded or lacks an entry point.
pub fn load(path: &Path) -> Result<()> {
    ffi::load(path)
}

/// Linkage as far as the bridge tells it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Linkage {
    External,
    AvailableExternally,
    Weak,
    Appending,
    Internal,
    ExternalWeak,
    Other(u32),
}

/// Numbers of `LLVMLinkage`.
const INTERNAL: u32 = 8;

/// One linked module.
#[derive(Clone, Copy)]
pub struct Unit(Module);

impl Unit {
    /// Parses objects (bitcode, or IR as text) and links them into one module.
    ///
    /// # Errors
    /// When one does not parse or clashes with another (LLVM prints the reason).
    pub fn link(name: &str, objects: &[(String, Vec<u8>)]) -> Result<Self> {
        let context = ffi::context_create().context("LLVM cannot create a context")?;
        let unit = ffi::module_create(ffi::c_string(name).as_ptr(), context).context("LLVM cannot create a module")?;
        let mut empty = true;
        for (label, data) in objects {
            let c_label = ffi::c_string(label);
            let buffer = ffi::buffer_copy(data.as_ptr().cast(), data.len(), c_label.as_ptr())
                .with_context(|| format!("LLVM cannot hold {label}"))?;
            let (mut parsed, mut message) = (None, std::ptr::null_mut());
            if ffi::parse_ir(context, buffer, &raw mut parsed, &raw mut message) != 0 {
                bail!("{label} is nothing that this rustc's LLVM can read: {}", ffi::owned_text(message));
            }
            let parsed = parsed.with_context(|| format!("{label} holds no module"))?;
            if std::mem::take(&mut empty) {
                ffi::set_data_layout(unit, ffi::data_layout(parsed));
                ffi::set_target(unit, ffi::target(parsed));
            }
            if ffi::link_modules(unit, parsed) != 0 {
                bail!("LLVM cannot link {label} with the other objects");
            }
        }
        Ok(Self(unit))
    }

    /// Sizes and offsets under the module's data layout.
    ///
    /// # Errors
    /// When LLVM does not accept the layout string.
    pub fn layout(self) -> Result<Layout> {
        Ok(Layout(ffi::target_data(ffi::data_layout(self.0)).context("LLVM refuses the data layout")?))
    }

    /// Functions, defined and declared.
    pub fn functions(self) -> Vec<Value> {
        std::iter::successors(ffi::first_function(self.0), |&f| ffi::next_function(f)).collect()
    }

    /// Global variables.
    pub fn globals(self) -> Vec<Value> {
        std::iter::successors(ffi::first_global(self.0), |&g| ffi::next_global(g)).collect()
    }

    /// Aliases.
    pub fn aliases(self) -> Vec<Value> {
        std::iter::successors(ffi::first_alias(self.0), |&a| ffi::next_alias(a)).collect()
    }

    /// Whether the module holds an ifunc, which the bridge cannot translate.
    pub fn has_ifunc(self) -> bool {
        ffi::first_ifunc(self.0).is_some()
    }

    /// Text of all `global_asm!` and naked functions.
    pub fn assembly(self) -> String {
        String::from_utf8_lossy(&ffi::sized(|len| ffi::module_asm(self.0, len))).into_owned()
    }

    /// Texts of all inline assembly in functions.
    pub fn assembly_templates(self) -> Vec<String> {
        let blocks = self.functions().into_iter().flat_map(Value::blocks);
        let calls = blocks.flat_map(Block::instructions).filter(|i| i.op() == Op::Call);
        let assembly = calls.map(Value::callee).filter(|callee| callee.kind() == Kind::InlineAsm);
        assembly.map(|callee| callee.inline_asm().0).collect()
    }

    /// The module's IR as text, for debugging.
    pub fn ir(self) -> String {
        ffi::owned_text(ffi::print_module(self.0))
    }

    /// Gives every definition for which `keep` says no internal linkage, so that unused code goes away.
    pub fn internalize(self, keep: impl Fn(&str) -> bool) {
        let symbols = self.functions().into_iter().chain(self.globals()).chain(self.aliases());
        for symbol in symbols {
            if symbol.is_declaration() {
                continue;
            }
            let name = symbol.name();
            if matches!(symbol.linkage(), Linkage::Internal | Linkage::Appending | Linkage::AvailableExternally)
                || name.starts_with("llvm.")
                || keep(&name)
            {
                continue;
            }
            ffi::set_linkage(symbol, INTERNAL);
            ffi::set_visibility(symbol, 0);
        }
    }

    /// Runs a pass pipeline in `opt`'s notation.
    ///
    /// # Errors
    /// When LLVM does not know the pipeline.
    pub fn run_passes(self, pipeline: &str, unroll: bool) -> Result<()> {
        let options = ffi::pass_options().context("LLVM cannot create pass options")?;
        ffi::set_loop_vectorization(options, 0);
        ffi::set_slp_vectorization(options, 0);
        ffi::set_loop_unrolling(options, i32::from(unroll));
        let text = ffi::c_string(pipeline);
        match ffi::run_passes(self.0, text.as_ptr(), std::ptr::null_mut(), options) {
            None => Ok(()),
            Some(error) => bail!("passes `{pipeline}`: {}", ffi::owned_text(ffi::error_message(error))),
        }
    }
}

/// Questions about functions, variables and aliases.
impl Value {
    /// Whether it has no body or initialiser here.
    pub fn is_declaration(self) -> bool {
        ffi::is_declaration(self) != 0
    }

    /// Its linkage.
    pub fn linkage(self) -> Linkage {
        match ffi::linkage(self) {
            0 => Linkage::External,
            1 => Linkage::AvailableExternally,
            2..=6 => Linkage::Weak,
            7 => Linkage::Appending,
            8 | 9 => Linkage::Internal,
            12 => Linkage::ExternalWeak,
            other => Linkage::Other(other),
        }
    }

    /// Whether it is hidden from other shared objects.
    pub fn is_hidden(self) -> bool {
        ffi::visibility(self) == 1
    }

    /// The section it asks for.
    pub fn section(self) -> Option<String> {
        Some(ffi::text(ffi::section(self))).filter(|name| !name.is_empty())
    }

    /// The type of what a global symbol names.
    pub fn value_type(self) -> Type {
        ffi::global_value_type(self)
    }

    /// Whether a variable is never written.
    pub fn is_constant(self) -> bool {
        ffi::is_global_constant(self) != 0
    }

    /// Whether every thread has its own copy.
    pub fn is_thread_local(self) -> bool {
        ffi::is_thread_local(self) != 0
    }

    /// The initial value of a variable.
    pub fn initializer(self) -> Option<Value> {
        ffi::initializer(self)
    }

    /// What an alias stands for.
    pub fn aliasee(self) -> Option<Value> {
        (self.kind() == Kind::Alias).then(|| ffi::aliasee(self)).flatten()
    }

    /// Parameters of a function.
    pub fn params(self) -> Vec<Value> {
        (0..ffi::param_count(self)).map(|i| ffi::param(self, i)).collect()
    }

    /// Basic blocks of a function, entry first.
    pub fn blocks(self) -> Vec<Block> {
        std::iter::successors(ffi::first_block(self), |&b| ffi::next_block(b)).collect()
    }

    /// Whether a function has the attribute at `place` (0 return value, 1.. parameters, `u32::MAX` the function).
    pub fn has_attribute(self, place: u32, name: &str) -> bool {
        ffi::attribute(self, place, attribute_kind(name)).is_some()
    }

    /// The same for a call.
    pub fn call_has_attribute(self, place: u32, name: &str) -> bool {
        ffi::call_attribute(self, place, attribute_kind(name)).is_some()
    }
}

fn attribute_kind(name: &str) -> u32 {
    ffi::attribute_kind(name.as_ptr().cast(), name.len())
}
