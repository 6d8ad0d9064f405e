//! Types and variables out of DWARF 4 or 5.
//!
//! Every compilation unit repeats the types of the headers that it includes: structures, unions and enumerations are told apart by
//! their names, and the first definition counts. Bodies are read from a worklist, so no chain of pointers can exhaust the stack.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use gimli::{AttributeValue, DwTag, EndianSlice, LittleEndian, UnitOffset, constants as dw};
use monitor_api::profile::format::kind;

use crate::builder::{Builder, TypeId};

type Reader<'d> = EndianSlice<'d, LittleEndian>;
type Entry<'d> = gimli::DebuggingInformationEntry<Reader<'d>>;

/// Types nested without a name in between, typedefs of typedefs: no compiler nests as deeply.
const MAX_DEPTH: u32 = 64;

/// A variable's address and type.
pub(crate) type Variables = HashMap<u32, TypeId>;

/// Puts all types into `builder`; gives the variables that have an address.
pub(crate) fn read(sections: &gimli::DwarfSections<&[u8]>, builder: &mut Builder) -> Result<Variables> {
    let dwarf = sections.borrow(|bytes| EndianSlice::new(bytes, LittleEndian));
    let mut variables = Variables::new();
    let mut named = HashMap::new();
    let mut units = dwarf.units();
    while let Some(header) = units.next().context("a unit of .debug_info")? {
        let unit = dwarf.unit(header).context("a unit of .debug_info")?;
        let mut reader = UnitReader {
            dwarf: &dwarf,
            unit: &unit,
            builder,
            named: &mut named,
            seen: HashMap::new(),
            bodies: Vec::new(),
        };
        reader.read(&mut variables)?;
    }
    Ok(variables)
}

/// A structure, union or enumeration by its tag and name, and whether its definition was met.
type Named = HashMap<(DwTag, String), (TypeId, bool)>;

struct UnitReader<'a, 'd> {
    dwarf: &'a gimli::Dwarf<Reader<'d>>,
    unit: &'a gimli::Unit<Reader<'d>>,
    builder: &'a mut Builder,
    named: &'a mut Named,
    seen: HashMap<UnitOffset, Option<TypeId>>,
    /// Structures whose members are still to be read.
    bodies: Vec<(UnitOffset, TypeId)>,
}

impl<'d> UnitReader<'_, 'd> {
    fn read(&mut self, variables: &mut Variables) -> Result<()> {
        let root = self.unit.header.root_offset();
        for entry in self.children(root)? {
            match entry.tag() {
                dw::DW_TAG_structure_type
                | dw::DW_TAG_union_type
                | dw::DW_TAG_enumeration_type
                | dw::DW_TAG_typedef
                    // Without a name it is part of something that has one, or of nothing.
                    if entry.has_attr(dw::DW_AT_name) || entry.tag() == dw::DW_TAG_enumeration_type =>
                {
                    self.ty(entry.offset(), 0)?;
                }
                dw::DW_TAG_variable => self.variable(&entry, variables)?,
                _ => {}
            }
            while let Some((offset, ty)) = self.bodies.pop() {
                self.members(offset, ty)?;
            }
        }
        Ok(())
    }

    /// The direct children of an entry.
    fn children(&self, of: UnitOffset) -> Result<Vec<Entry<'d>>> {
        let mut cursor = self.unit.entries_at_offset(of)?;
        let mut found = Vec::new();
        let has = cursor.next_dfs()?.is_some_and(|entry| entry.has_children());
        if has && cursor.next_entry()? {
            let mut next = cursor.current().cloned();
            while let Some(entry) = next {
                found.push(entry);
                next = cursor.next_sibling()?.cloned();
            }
        }
        Ok(found)
    }

    fn name(&self, entry: &Entry<'d>) -> Result<String> {
        let Some(value) = entry.attr_value(dw::DW_AT_name) else { return Ok(String::new()) };
        Ok(self.dwarf.attr_string(self.unit, value)?.to_string_lossy().into_owned())
    }

    fn reference(entry: &Entry<'d>, attribute: gimli::DwAt) -> Option<UnitOffset> {
        match entry.attr_value(attribute) {
            Some(AttributeValue::UnitRef(offset)) => Some(offset),
            _ => None,
        }
    }

    fn number(entry: &Entry<'d>, attribute: gimli::DwAt) -> Option<u32> {
        entry.attr_value(attribute)?.udata_value().and_then(|value| u32::try_from(value).ok())
    }

    /// The type that an entry's DW_AT_type names; `None` for void.
    fn type_of(&mut self, entry: &Entry<'d>, depth: u32) -> Result<Option<TypeId>> {
        match Self::reference(entry, dw::DW_AT_type) {
            Some(offset) => self.ty(offset, depth + 1),
            None => Ok(None),
        }
    }

    fn ty(&mut self, offset: UnitOffset, depth: u32) -> Result<Option<TypeId>> {
        if let Some(known) = self.seen.get(&offset) {
            return Ok(*known);
        }
        if depth > MAX_DEPTH {
            bail!("the debug information nests types more than {MAX_DEPTH} deep");
        }
        let entry = self.unit.entry(offset)?;
        let size = Self::number(&entry, dw::DW_AT_byte_size).unwrap_or(0);
        let ty = match entry.tag() {
            dw::DW_TAG_base_type => Some(self.base(&entry, size)),
            dw::DW_TAG_pointer_type => {
                let target = self.type_of(&entry, depth)?;
                Some(self.builder.pointer_to(target))
            }
            dw::DW_TAG_array_type => Some(self.array(&entry, depth)?),
            dw::DW_TAG_structure_type => return self.compound(&entry, kind::STRUCT, size).map(Some),
            dw::DW_TAG_union_type => return self.compound(&entry, kind::UNION, size).map(Some),
            dw::DW_TAG_enumeration_type => return self.compound(&entry, kind::ENUM, size).map(Some),
            dw::DW_TAG_subroutine_type => Some(
                self.named
                    .entry((dw::DW_TAG_subroutine_type, String::new()))
                    .or_insert_with(|| (self.builder.named("", kind::FUNCTION, 0), true))
                    .0,
            ),
            dw::DW_TAG_typedef => self.typedef(&entry, depth)?,
            // const, volatile, restrict, atomic
            _ => self.type_of(&entry, depth)?,
        };
        self.seen.insert(offset, ty);
        Ok(ty)
    }

    /// Structures that have a name only by their typedef (`atomic_t`) are told apart by it, like the others by their tag.
    fn typedef(&mut self, entry: &Entry<'d>, depth: u32) -> Result<Option<TypeId>> {
        let key = (dw::DW_TAG_typedef, self.name(entry)?);
        if let Some((known, _)) = self.named.get(&key) {
            return Ok(Some(*known));
        }
        let target = self.type_of(entry, depth)?;
        if let Some(target) = target
            && self.builder.is_compound(target)
        {
            self.builder.alias(&key.1, target);
            self.named.insert(key, (target, true));
        }
        Ok(target)
    }

    fn base(&mut self, entry: &Entry<'d>, size: u32) -> TypeId {
        match entry.attr_value(dw::DW_AT_encoding) {
            Some(AttributeValue::Encoding(dw::DW_ATE_signed | dw::DW_ATE_signed_char)) => {
                self.builder.number(size, true)
            }
            _ => self.builder.number(size, false),
        }
    }

    fn array(&mut self, entry: &Entry<'d>, depth: u32) -> Result<TypeId> {
        let mut ty = match self.type_of(entry, depth)? {
            Some(element) => element,
            None => self.builder.number(1, false),
        };
        let bound = |range: &Entry<'d>| {
            let upper = Self::number(range, dw::DW_AT_upper_bound).and_then(|upper| upper.checked_add(1));
            Self::number(range, dw::DW_AT_count).or(upper).unwrap_or(0)
        };
        let ranges = self.children(entry.offset())?;
        // int a[2][3] is two elements of three.
        for range in ranges.iter().rev().filter(|range| range.tag() == dw::DW_TAG_subrange_type) {
            ty = self.builder.array(ty, bound(range));
        }
        Ok(ty)
    }

    /// A structure, union or enumeration; its body comes later.
    fn compound(&mut self, entry: &Entry<'d>, kind: u32, size: u32) -> Result<TypeId> {
        let name = self.name(entry)?;
        if name.is_empty() && kind == kind::ENUM {
            // Nothing but a list of constants, and a number where it is used.
            self.enumerators(entry.offset())?;
            let number = self.builder.number(size, false);
            self.seen.insert(entry.offset(), Some(number));
            return Ok(number);
        }
        let declaration = entry.attr_value(dw::DW_AT_declaration).is_some();
        let known = if name.is_empty() { None } else { self.named.get(&(entry.tag(), name.clone())).copied() };
        let (ty, defined) = known.unwrap_or_else(|| (self.builder.named(&name, kind::OPAQUE, 0), false));
        if !name.is_empty() {
            self.named.insert((entry.tag(), name), (ty, defined || !declaration));
        }
        self.seen.insert(entry.offset(), Some(ty));
        if !defined && !declaration {
            self.builder.define(ty, kind, size);
            match kind {
                kind::ENUM => self.enumerators(entry.offset())?,
                _ => self.bodies.push((entry.offset(), ty)),
            }
        }
        Ok(ty)
    }

    fn enumerators(&mut self, of: UnitOffset) -> Result<()> {
        for entry in self.children(of)?.iter().filter(|entry| entry.tag() == dw::DW_TAG_enumerator) {
            let value = entry.attr_value(dw::DW_AT_const_value);
            let value =
                value.and_then(|value| value.sdata_value().or_else(|| value.udata_value().map(|value| value as i64)));
            // Values of more than 32 bits exist (flags of 64-bit masks); a profile does not hold them.
            if let Some(value) =
                value.and_then(|value| i32::try_from(value).ok().or(u32::try_from(value).ok().map(|bits| bits as i32)))
            {
                let name = self.name(entry)?;
                self.builder.enumerator(&name, value);
            }
        }
        Ok(())
    }

    fn members(&mut self, of: UnitOffset, ty: TypeId) -> Result<()> {
        for entry in self.children(of)?.iter().filter(|entry| entry.tag() == dw::DW_TAG_member) {
            let Some(member) = self.type_of(entry, 0)? else { continue };
            let name = self.name(entry)?;
            let offset = Self::number(entry, dw::DW_AT_data_member_location).unwrap_or(0);
            if name.is_empty() {
                // The inner body must be there before it can be moved into the outer one.
                let inner = Self::reference(entry, dw::DW_AT_type);
                if let Some(place) = self.bodies.iter().position(|(place, _)| Some(*place) == inner) {
                    let (place, inner) = self.bodies.remove(place);
                    self.members(place, inner)?;
                }
                self.builder.inline(ty, member, offset);
                continue;
            }
            match Self::number(entry, dw::DW_AT_bit_size) {
                None => self.builder.member(ty, &name, offset, member),
                Some(width) => {
                    let (offset, low) = self.bits(entry, offset, width, member);
                    self.builder.bit_field(ty, &name, offset, member, (low as u8, width as u8));
                }
            }
        }
        Ok(())
    }

    /// Offset of the number that holds a bit field, and its lowest bit there. DWARF 5 counts bits from the start of the structure,
    /// DWARF 4 from the most significant bit of the number.
    fn bits(&self, entry: &Entry<'d>, offset: u32, width: u32, ty: TypeId) -> (u32, u32) {
        let size = self.builder.size(ty).max(1);
        if let Some(bit) = Self::number(entry, dw::DW_AT_data_bit_offset) {
            let start = bit / 8 / size * size;
            return (start, bit - 8 * start);
        }
        let from_top = Self::number(entry, dw::DW_AT_bit_offset).unwrap_or(0);
        let held = Self::number(entry, dw::DW_AT_byte_size).unwrap_or(size);
        (offset, (8 * held).saturating_sub(from_top + width))
    }

    fn variable(&mut self, entry: &Entry<'d>, variables: &mut Variables) -> Result<()> {
        let Some(AttributeValue::Exprloc(place)) = entry.attr_value(dw::DW_AT_location) else { return Ok(()) };
        let Some(gimli::Operation::Address { address }) = place.operations(self.unit.encoding()).next()? else {
            return Ok(());
        };
        let mut ty = self.type_of(entry, 0)?;
        if ty.is_none()
            && let Some(declared) = Self::reference(entry, dw::DW_AT_specification)
        {
            let declared = self.unit.entry(declared)?;
            ty = self.type_of(&declared, 0)?;
        }
        if let (Some(ty), Ok(address)) = (ty, u32::try_from(address)) {
            variables.insert(address, ty);
        }
        Ok(())
    }
}
