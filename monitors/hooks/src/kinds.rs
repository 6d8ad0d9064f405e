//! Which types are worth a look: those that hold function pointers, found out once for each.

use monitor_api::profile::{Kind, Type};

/// Types that are remembered, by their number; of others it is assumed.
const TYPES: usize = 16_384;
/// Types in types that are looked into; of what lies deeper it is assumed.
const DEPTH: u32 = 12;

/// What may be in a place of the guest's memory, as far as functions go.
pub(crate) enum Place<'p> {
    /// A pointer to a function.
    Code,
    /// A pointer to the first of a chain of notifiers.
    Notifiers,
    /// A structure's members.
    Members,
    /// So many elements.
    Elements(Type<'p>, u64),
    /// Nothing of that, or a union: which member of one holds is not known from outside.
    Other,
}

/// What a type means for its place.
pub(crate) fn place(ty: Type<'_>) -> Place<'_> {
    match ty.kind() {
        Kind::Pointer(Some(target)) if matches!(target.kind(), Kind::Function) => Place::Code,
        Kind::Pointer(Some(target)) if target.is_named("notifier_block") => Place::Notifiers,
        Kind::Struct => Place::Members,
        Kind::Array(element, count) => Place::Elements(element, count),
        _ => Place::Other,
    }
}

/// A bit for each type.
#[derive(Clone, Debug)]
struct Bits([u32; TYPES / 32]);

impl Bits {
    fn has(&self, number: u32) -> bool {
        self.0.get(number as usize / 32).is_some_and(|word| word >> (number % 32) & 1 != 0)
    }

    fn set(&mut self, number: u32) {
        if let Some(word) = self.0.get_mut(number as usize / 32) {
            *word |= 1 << (number % 32);
        }
    }
}

/// What was found out about types.
#[derive(Clone, Debug)]
pub(crate) struct Kinds {
    known: Bits,
    lead: Bits,
}

impl Default for Kinds {
    fn default() -> Self {
        Self { known: Bits([0; TYPES / 32]), lead: Bits([0; TYPES / 32]) }
    }
}

impl Kinds {
    /// True if there is a pointer to a function in it, or to a chain of notifiers.
    pub(crate) fn lead_to_code(&mut self, ty: Type<'_>) -> bool {
        self.lead(ty, DEPTH)
    }

    fn lead(&mut self, ty: Type<'_>, depth: u32) -> bool {
        let number = ty.id();
        if self.known.has(number) {
            return self.lead.has(number);
        }
        let leads = match place(ty) {
            Place::Code | Place::Notifiers => true,
            Place::Other => false,
            _ if depth == 0 => return true,
            Place::Elements(element, _) => self.lead(element, depth - 1),
            Place::Members => ty.members().any(|member| self.lead(member.ty, depth - 1)),
        };
        self.known.set(number);
        if leads {
            self.lead.set(number);
        }
        leads
    }
}
