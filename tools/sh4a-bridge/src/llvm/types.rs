//! Types and the data layout.

use super::ffi::{self, TargetData, Type};

/// What a type is, with what one needs to know to hold or walk it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// No value.
    Void,
    /// An integer of so many bits.
    Int(u32),
    /// `f32`.
    Float,
    /// `f64`.
    Double,
    /// A pointer of address space 0 (the data layout has no other).
    Pointer,
    /// A structure and its fields.
    Struct(Vec<Type>),
    /// An array: element and length.
    Array(Type, u64),
    /// A fixed vector: element and length.
    Vector(Type, u32),
    /// A function.
    Function,
    /// Metadata, an operand of intrinsics.
    Metadata,
    /// Anything that the bridge cannot hold (f16, f128, tokens, ...).
    Other,
}

impl Type {
    /// What this type is.
    pub fn kind(self) -> TypeKind {
        match ffi::type_kind(self) {
            0 => TypeKind::Void,
            2 => TypeKind::Float,
            3 => TypeKind::Double,
            8 => TypeKind::Int(ffi::int_width(self)),
            9 => TypeKind::Function,
            10 => TypeKind::Struct((0..ffi::struct_len(self)).map(|i| ffi::struct_element(self, i)).collect()),
            11 => TypeKind::Array(ffi::element_type(self), ffi::array_len(self)),
            12 => TypeKind::Pointer,
            13 => TypeKind::Vector(ffi::element_type(self), ffi::vector_len(self)),
            14 => TypeKind::Metadata,
            _ => TypeKind::Other,
        }
    }

    /// The width of an integer type, `None` for any other.
    pub fn int_width(self) -> Option<u32> {
        match self.kind() {
            TypeKind::Int(bits) => Some(bits),
            _ => None,
        }
    }

    /// Whether it is a structure or an array.
    pub fn is_aggregate(self) -> bool {
        matches!(self.kind(), TypeKind::Struct(_) | TypeKind::Array(..))
    }

    /// Return type of a function type.
    pub fn return_type(self) -> Type {
        ffi::return_type(self)
    }

    /// Parameter types of a function type.
    pub fn params(self) -> Vec<Type> {
        ffi::param_type_list(self)
    }

    /// Whether a function type takes a variable argument list.
    pub fn is_vararg(self) -> bool {
        ffi::is_vararg(self) != 0
    }

    /// The integer type of `bits` bits in the same context.
    pub fn int_of(self, bits: u32) -> Type {
        ffi::int_type(ffi::type_context(self), bits)
    }
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&ffi::owned_text(ffi::print_type(*self)))
    }
}

/// Sizes, alignments and offsets of the target.
#[derive(Clone, Copy)]
pub struct Layout(pub(super) TargetData);

impl Layout {
    /// Bytes from one array element to the next.
    pub fn size(self, ty: Type) -> u64 {
        ffi::abi_size(self.0, ty)
    }

    /// Bytes that a store of the type writes.
    pub fn store_size(self, ty: Type) -> u64 {
        ffi::store_size(self.0, ty)
    }

    /// Alignment in bytes.
    pub fn align(self, ty: Type) -> u32 {
        ffi::abi_align(self.0, ty)
    }

    /// Byte offset of a structure's field.
    pub fn offset(self, structure: Type, field: u32) -> u64 {
        ffi::element_offset(self.0, structure, field)
    }
}
