//! C types for LLVM types.
//!
//! Integers of up to 64 bits live in the next unsigned C type, always zero-extended; wider ones in `u128`, a pair of
//! `u64`. Aggregates in SSA form are C structures with fields `f0`, `f1`, ...; memory is never accessed through them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;

use anyhow::{Result, bail};

use crate::llvm::{Layout, Type, TypeKind};

/// Longest array or vector that may live in SSA form.
const MAX_ELEMENTS: u64 = 64;

/// How a function returns.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Return {
    /// Nothing.
    Void,
    /// A scalar or structure in its own C type.
    Plain(String),
    /// Two 32-bit scalars in one `u64`, which SH returns in r0 and r1 and a structure would not.
    Pair,
}

/// The C types in use.
pub(super) struct Types {
    /// Sizes and offsets.
    pub layout: Layout,
    known: RefCell<HashMap<Type, String>>,
    definitions: RefCell<String>,
}

impl Types {
    /// No types yet.
    pub(super) fn new(layout: Layout) -> Self {
        Self { layout, known: RefCell::default(), definitions: RefCell::default() }
    }

    /// The C type that holds a value.
    ///
    /// # Errors
    /// When the bridge has no way to hold it.
    pub(super) fn hold(&self, ty: Type) -> Result<String> {
        Ok(match ty.kind() {
            TypeKind::Void => "void".into(),
            TypeKind::Int(bits) => unsigned(bits)?.into(),
            TypeKind::Float => "float".into(),
            TypeKind::Double => "double".into(),
            TypeKind::Pointer => "ptr".into(),
            TypeKind::Struct(_) | TypeKind::Array(..) | TypeKind::Vector(..) => self.aggregate(ty)?,
            TypeKind::Function | TypeKind::Metadata | TypeKind::Other => {
                bail!("values of type `{ty}` are not supported")
            }
        })
    }

    /// Element types of a structure, array or vector; nothing for a scalar.
    ///
    /// # Errors
    /// When it has more elements than can sensibly live in SSA form.
    pub(super) fn elements(&self, ty: Type) -> Result<Vec<Type>> {
        Ok(match ty.kind() {
            TypeKind::Struct(fields) => fields,
            TypeKind::Array(_, len) if len > MAX_ELEMENTS => {
                bail!("values of type `{ty}` are too large to be held outside memory")
            }
            TypeKind::Array(element, len) => vec![element; len as usize],
            TypeKind::Vector(element, len) => vec![element; len as usize],
            _ => Vec::new(),
        })
    }

    fn aggregate(&self, ty: Type) -> Result<String> {
        if let Some(name) = self.known.borrow().get(&ty) {
            return Ok(name.clone());
        }
        let mut fields = String::new();
        for (index, element) in self.elements(ty)?.into_iter().enumerate() {
            let _ = write!(fields, " {} f{index};", self.hold(element)?);
        }
        let name = format!("agg{}", self.known.borrow().len());
        let _ = writeln!(self.definitions.borrow_mut(), "typedef struct {{{fields} }} {name};");
        self.known.borrow_mut().insert(ty, name.clone());
        Ok(name)
    }

    /// All structure definitions, in an order in which C accepts them.
    pub(super) fn definitions(&self) -> String {
        self.definitions.borrow().clone()
    }

    /// How a function with this return type returns.
    ///
    /// # Errors
    /// As [`Types::hold`].
    pub(super) fn returns(&self, ty: Type) -> Result<Return> {
        match ty.kind() {
            TypeKind::Void => Ok(Return::Void),
            TypeKind::Struct(fields) if fields.len() == 2 && fields.iter().all(|&field| is_word(field)) => {
                Ok(Return::Pair)
            }
            _ => Ok(Return::Plain(self.hold(ty)?)),
        }
    }

    /// `typeof`-free C type of a function pointer.
    ///
    /// # Errors
    /// As [`Types::hold`].
    pub(super) fn function(&self, ty: Type, sign_extended: impl Fn(u32) -> bool) -> Result<(String, Vec<String>)> {
        let returns = match self.returns(ty.return_type())? {
            Return::Void => "void".into(),
            Return::Pair => "u64".into(),
            Return::Plain(held) => boundary(&held, sign_extended(0)),
        };
        let mut params = Vec::new();
        for (index, param) in ty.params().into_iter().enumerate() {
            params.push(boundary(&self.hold(param)?, sign_extended(index as u32 + 1)));
        }
        Ok((returns, params))
    }
}

/// The parameter list of a C prototype.
pub(super) fn prototype(params: &[String], vararg: bool) -> String {
    match (params.is_empty(), vararg) {
        (true, _) => "void".into(),
        (false, false) => params.join(", "),
        (false, true) => format!("{}, ...", params.join(", ")),
    }
}

/// The unsigned C type that holds an integer of so many bits.
///
/// # Errors
/// Beyond 128 bits, 256 excepted.
pub(super) fn unsigned(bits: u32) -> Result<&'static str> {
    Ok(match bits {
        1 => "_Bool",
        2..=8 => "u8",
        9..=16 => "u16",
        17..=32 => "u32",
        33..=64 => "u64",
        65..=128 => "u128",
        // rustc's optimiser makes the high half of a 128-bit product this way.
        256 => "u256",
        _ => bail!("integers of {bits} bits are not supported"),
    })
}

/// Bits of the C type behind an integer of so many bits.
pub(super) fn holder_bits(bits: u32) -> u32 {
    bits.next_power_of_two().max(8)
}

fn is_word(ty: Type) -> bool {
    match ty.kind() {
        TypeKind::Int(bits) => bits <= 32,
        kind => kind == TypeKind::Pointer,
    }
}

/// What stands in a prototype: the signed twin where the ABI wants sign extension.
fn boundary(held: &str, sign_extended: bool) -> String {
    match (held, sign_extended) {
        ("u8" | "u16" | "u32", true) => held.replacen('u', "i", 1),
        _ => held.to_owned(),
    }
}
