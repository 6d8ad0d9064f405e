//! A profile with nothing but what is asked for.

use std::collections::{BTreeSet, HashMap};

use monitor_api::profile::format::kind;

use crate::builder::{Builder, Member, TypeId};
use crate::wanted::Wanted;

/// Structures of no more bytes are kept whole: one that is nothing but a number (`atomic_t`) is known by its only member.
const SMALL: u32 = 8;
/// Bytes between two addresses of constant memory whose symbol is kept: what monitors say of a block or of a page.
const LANDMARKS: u32 = 4096;

/// How much of a type is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// Kind and size.
    Shape,
    /// What lies in it, if there are pointers to functions among it.
    Layout,
    /// The members that are asked for, and what they lead to.
    Members,
}

impl Builder {
    /// Leaves out what is not asked for. What stays: symbols, types, members, enumerators and lists of wanted names, with what wanted members
    /// lead to; variables with pointers to functions, and the layout of these; all that never changes, with the symbols of its blocks.
    pub fn select(&mut self, wanted: &Wanted) {
        let mut wanted = wanted.clone();
        self.lists.retain(|(head, ..)| wanted.has_text(head));
        for (head, _, link) in &self.lists {
            wanted.add(head);
            wanted.add(link);
        }
        let code = self.code(&wanted);
        let mut keep = Keep { levels: vec![None; self.types.len()], open: Vec::new() };
        self.select_symbols(&wanted, &code, &mut keep);
        self.names.retain(|name, _| wanted.has(name));
        self.enumerators.retain(|name, _| wanted.has(name));
        let lists = self.lists.iter().map(|(_, element, _)| element);
        self.names.values().chain(lists).for_each(|ty| keep.raise(*ty, Level::Members));
        while let Some(ty) = keep.open.pop() {
            self.follow(ty, &wanted, &code, &mut keep);
        }
        self.leave_out(&wanted, &code, &keep.levels);
    }

    /// For each type: is there a pointer to a function in it, or to a wanted structure that begins a chain of such?
    fn code(&self, wanted: &Wanted) -> Vec<bool> {
        let mut known = vec![None; self.types.len()];
        for number in 0..self.types.len() {
            self.has_code(TypeId(number as u32), wanted, &mut known);
        }
        known.into_iter().map(|known| known == Some(true)).collect()
    }

    fn has_code(&self, ty: TypeId, wanted: &Wanted, known: &mut [Option<bool>]) -> bool {
        if let Some(known) = known[ty.0 as usize] {
            return known;
        }
        // Nothing lies in itself; debug information that says so must not be followed for ever.
        known[ty.0 as usize] = Some(false);
        let of = &self.types[ty.0 as usize];
        let to_function = |ty: TypeId| {
            let target = self.types[ty.0 as usize].target.map(|target| &self.types[target.0 as usize]);
            self.types[ty.0 as usize].kind == kind::POINTER
                && target.is_some_and(|target| target.kind == kind::FUNCTION)
        };
        let has = match (of.kind, of.target) {
            (kind::POINTER, Some(target)) => {
                let target = &self.types[target.0 as usize];
                to_function(ty)
                    || wanted.has(&target.name) && target.members.iter().any(|member| to_function(member.ty))
            }
            (kind::ARRAY, Some(element)) => self.has_code(element, wanted, known),
            (kind::STRUCT, _) => {
                // All of them, so that each is known.
                of.members.iter().filter(|member| self.has_code(member.ty, wanted, known)).count() > 0
            }
            _ => false,
        };
        known[ty.0 as usize] = Some(has);
        has
    }

    fn select_symbols(&mut self, wanted: &Wanted, code: &[bool], keep: &mut Keep) {
        self.symbols.sort_by_key(|symbol| symbol.address);
        let mut landmarks = BTreeSet::new();
        let before = |address: u32| self.symbols.partition_point(|symbol| symbol.address <= address).checked_sub(1);
        for region in &self.regions {
            let end = region.address.saturating_add(region.bytes.len() as u32);
            let blocks = (region.address..end).step_by(LANDMARKS as usize);
            let pages = (region.address.next_multiple_of(LANDMARKS)..end).step_by(LANDMARKS as usize);
            landmarks.extend(blocks.chain(pages).filter_map(before));
            if region.block == 0 {
                let words = region.bytes.as_chunks::<4>().0.iter();
                landmarks.extend(words.filter_map(|word| before(u32::from_le_bytes(*word))));
            }
        }
        let constant = |address: u32| {
            let within =
                |start: u32, length: usize| address.checked_sub(start).is_some_and(|at| (at as usize) < length);
            self.regions.iter().any(|region| within(region.address, region.bytes.len()))
        };
        let named: Vec<bool> = self.symbols.iter().map(|symbol| wanted.has(&symbol.name)).collect();
        // What lies behind a wanted symbol must not count as part of it.
        let ends = named.iter().enumerate().filter(|(_, named)| **named).map(|(number, _)| number + 1);
        landmarks.extend(ends);
        let mut kept = Vec::new();
        for (number, symbol) in std::mem::take(&mut self.symbols).into_iter().enumerate() {
            let holds_code = symbol.ty.filter(|ty| code[ty.0 as usize] && !constant(symbol.address));
            if named[number] {
                symbol.ty.into_iter().for_each(|ty| keep.raise(ty, Level::Members));
                kept.push(symbol);
            } else if let Some(ty) = holds_code {
                keep.raise(ty, Level::Layout);
                kept.push(symbol);
            } else if landmarks.contains(&number) {
                kept.push(crate::builder::Symbol { ty: None, ..symbol });
            }
        }
        self.symbols = kept;
    }

    /// What a kept type needs.
    fn follow(&self, ty: TypeId, wanted: &Wanted, code: &[bool], keep: &mut Keep) {
        let Some(level) = keep.levels[ty.0 as usize] else { return };
        let of = &self.types[ty.0 as usize];
        match (of.kind, of.target) {
            (kind::POINTER, Some(target)) if level == Level::Members => keep.raise(target, level),
            (kind::POINTER, Some(target)) if self.types[target.0 as usize].kind == kind::FUNCTION => {
                keep.raise(target, Level::Shape);
            }
            (kind::ARRAY, Some(element)) => keep.raise(element, level),
            (kind::STRUCT | kind::UNION, _) => {
                for member in self.kept_members(ty, level, wanted, code) {
                    keep.raise(
                        member.ty,
                        match level {
                            Level::Members if wanted.has(&member.name) => Level::Members,
                            _ if code[member.ty.0 as usize] => Level::Layout,
                            _ => Level::Shape,
                        },
                    );
                }
            }
            _ => {}
        }
    }

    fn kept_members<'b>(
        &'b self,
        ty: TypeId,
        level: Level,
        wanted: &'b Wanted,
        code: &[bool],
    ) -> impl Iterator<Item = &'b Member> + use<'b> {
        let of = &self.types[ty.0 as usize];
        let all = level > Level::Shape && code[ty.0 as usize] || of.size <= SMALL;
        let named = move |member: &&Member| level == Level::Members && wanted.has(&member.name);
        of.members.iter().filter(move |member| all || named(member))
    }

    /// Renumbers what is kept.
    fn leave_out(&mut self, wanted: &Wanted, code: &[bool], levels: &[Option<Level>]) {
        let numbers: Vec<usize> = (0..self.types.len()).filter(|number| levels[*number].is_some()).collect();
        let new: HashMap<TypeId, TypeId> =
            numbers.iter().enumerate().map(|(new, old)| (TypeId(*old as u32), TypeId(new as u32))).collect();
        let mut types = Vec::new();
        for number in numbers {
            let (ty, level) = (TypeId(number as u32), levels[number].unwrap_or(Level::Shape));
            let members = self.kept_members(ty, level, wanted, code).cloned();
            let members = members.filter_map(|member| Some(Member { ty: *new.get(&member.ty)?, ..member })).collect();
            let of = &self.types[number];
            let target = of.target.and_then(|target| new.get(&target).copied());
            types.push(crate::builder::Type { members, target, ..of.clone() });
        }
        self.types = types;
        let moved = |ty: &mut TypeId| new.get(ty).copied().map(|now| *ty = now).is_some();
        self.symbols.iter_mut().for_each(|symbol| symbol.ty = symbol.ty.and_then(|ty| new.get(&ty).copied()));
        self.names.retain(|_, ty| moved(ty));
        self.lists.retain_mut(|(_, ty, _)| moved(ty));
        self.forget_interned();
    }
}

/// What is kept of each type, and types that are still to be followed.
struct Keep {
    levels: Vec<Option<Level>>,
    open: Vec<TypeId>,
}

impl Keep {
    fn raise(&mut self, ty: TypeId, level: Level) {
        let known = &mut self.levels[ty.0 as usize];
        if known.is_none_or(|known| known < level) {
            *known = Some(level);
            self.open.push(ty);
        }
    }
}
