//! The types of a guest's kernel.

use core::fmt;

use super::format::{Section, kind};
use super::reader::Profile;

/// What kind of type it is.
#[derive(Clone, Copy, Debug)]
pub enum Kind<'p> {
    /// Declared but not defined, or `void`.
    Opaque,
    /// An unsigned number.
    Unsigned,
    /// A signed number.
    Signed,
    /// A pointer; to what, if that has a type.
    Pointer(Option<Type<'p>>),
    /// An array: its elements and how many there are.
    Array(Type<'p>, u64),
    /// A structure.
    Struct,
    /// A union.
    Union,
    /// An enumeration.
    Enum,
    /// A function.
    Function,
}

/// A type of the guest's kernel.
#[derive(Clone, Copy)]
pub struct Type<'p> {
    pub(super) profile: Profile<'p>,
    pub(super) index: u32,
}

/// A member of a structure or union. Members of unnamed inner structures count as members of the outer one, as in C.
#[derive(Clone, Copy, Debug)]
pub struct Member<'p> {
    /// Its name.
    pub name: &'p str,
    /// Bytes from the start of the structure.
    pub offset: u64,
    /// Its type.
    pub ty: Type<'p>,
    /// For a bit field: its lowest bit in the little-endian number at `offset`, and its width.
    pub bits: Option<(u8, u8)>,
}

impl PartialEq for Type<'_> {
    /// The same type of the same profile.
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl fmt::Debug for Type<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Type({} #{})", self.name(), self.index)
    }
}

impl<'p> Type<'p> {
    /// Its name; empty for pointers, arrays and unnamed structures.
    pub fn name(&self) -> &'p str {
        self.field(0).and_then(|text| self.profile.text(text)).unwrap_or_default()
    }

    /// A number that tells types of one profile apart.
    pub const fn id(&self) -> u32 {
        self.index
    }

    /// Bytes.
    pub fn size(&self) -> u64 {
        self.field(4).unwrap_or(0).into()
    }

    /// What kind of type it is.
    pub fn kind(&self) -> Kind<'p> {
        let target = || self.field(8).and_then(|index| self.profile.type_at(index));
        match (self.field(16).unwrap_or(kind::OPAQUE), target()) {
            (kind::UNSIGNED, _) => Kind::Unsigned,
            (kind::SIGNED, _) => Kind::Signed,
            (kind::POINTER, target) => Kind::Pointer(target),
            (kind::ARRAY, Some(element)) => Kind::Array(element, self.field(12).unwrap_or(0).into()),
            (kind::STRUCT, _) => Kind::Struct,
            (kind::UNION, _) => Kind::Union,
            (kind::ENUM, _) => Kind::Enum,
            (kind::FUNCTION, _) => Kind::Function,
            _ => Kind::Opaque,
        }
    }

    /// The members of a structure or union in the order of their offsets; none of other types.
    pub fn members(self) -> impl Iterator<Item = Member<'p>> {
        let compound = matches!(self.kind(), Kind::Struct | Kind::Union);
        let first = self.field(8).unwrap_or(0);
        let count = if compound { self.field(12).unwrap_or(0) } else { 0 };
        (first..first.saturating_add(count)).map_while(move |index| self.member_at(index))
    }

    /// The member of that name.
    pub fn member(self, name: &str) -> Option<Member<'p>> {
        self.members().find(|member| member.name == name)
    }

    /// The member that a path like `thread.sp` leads to, with its offset from the start of the outermost structure.
    ///
    /// # Errors
    /// The type that has no such member, and the part of the path that it lacks.
    pub fn path<'n>(self, path: &'n str) -> Result<Member<'p>, (Type<'p>, &'n str)> {
        let (mut ty, mut offset, mut found) = (self, 0, None);
        for name in path.split('.') {
            let member = ty.member(name).ok_or((ty, name))?;
            offset += member.offset;
            ty = member.ty;
            found = Some(Member { offset, ..member });
        }
        found.ok_or((self, path))
    }

    fn member_at(&self, index: u32) -> Option<Member<'p>> {
        let field = |offset| self.profile.field(Section::Members, index, offset);
        let bits = field(12)?;
        Some(Member {
            name: self.profile.text(field(0)?)?,
            offset: field(4)?.into(),
            ty: self.profile.type_at(field(8)?)?,
            bits: (bits != 0).then_some(((bits >> 8) as u8, bits as u8)),
        })
    }

    fn field(&self, offset: usize) -> Option<u32> {
        self.profile.field(Section::Types, self.index, offset)
    }
}
