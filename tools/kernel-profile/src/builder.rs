//! Writes a profile.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use monitor_api::profile::Paging;
use monitor_api::profile::format::{DIGEST, HEADER, MAGIC, NONE, Section, VERSION, WHOLE, crc32, kind};
use sha2::{Digest, Sha256};

/// A type that the builder knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TypeId(pub(crate) u32);

/// A type before it is written.
#[derive(Clone, Debug)]
pub(crate) struct Type {
    pub(crate) name: String,
    pub(crate) size: u32,
    pub(crate) kind: u32,
    /// Target of a pointer, element of an array.
    pub(crate) target: Option<TypeId>,
    pub(crate) count: u32,
    pub(crate) members: Vec<Member>,
}

#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) offset: u32,
    pub(crate) ty: TypeId,
    /// As in the format: width, and the lowest bit from bit 8 on.
    pub(crate) bits: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Symbol {
    pub(crate) name: String,
    pub(crate) address: u32,
    pub(crate) size: u32,
    pub(crate) ty: Option<TypeId>,
}

/// A piece of the kernel that never changes.
#[derive(Clone, Debug)]
pub(crate) struct Region {
    name: String,
    pub(crate) address: u32,
    pub(crate) bytes: Vec<u8>,
    /// As in the format, without its mark.
    pub(crate) block: u32,
}

/// Collects what a profile says, and writes it.
///
/// ```
/// use kernel_profile::Builder;
/// use monitor_api::profile::Profile;
///
/// let mut builder = Builder::new("Linux version 6.1");
/// let task = builder.structure("task_struct", 8, &[("pid", 4, 4)]);
/// builder.variable("init_task", 0x8c10_0000, 8, task);
/// let bytes = builder.finish();
/// assert_eq!(Profile::open(&bytes)?.symbol("init_task").unwrap().ty.unwrap().name(), "task_struct");
/// # Ok::<(), monitor_api::profile::ProfileError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Builder {
    banner: String,
    build_id: (String, u32),
    paging: Paging,
    page_shift: u8,
    pub(crate) types: Vec<Type>,
    pub(crate) names: BTreeMap<String, TypeId>,
    pub(crate) symbols: Vec<Symbol>,
    pub(crate) enumerators: BTreeMap<String, i32>,
    pub(crate) lists: Vec<(String, TypeId, String)>,
    pub(crate) regions: Vec<Region>,
    /// Bytes that pieces which have digests may take as a whole.
    whole: usize,
    numbers: HashMap<(u32, bool), TypeId>,
    pointers: HashMap<Option<TypeId>, TypeId>,
    arrays: HashMap<(TypeId, u32), TypeId>,
}

impl Builder {
    /// A profile of the kernel with this banner, flat and with pages of 4 KB until something else is said.
    pub fn new(banner: &str) -> Self {
        Self {
            banner: banner.to_owned(),
            build_id: (String::new(), 0),
            paging: Paging::Flat,
            page_shift: 12,
            types: Vec::new(),
            names: BTreeMap::new(),
            symbols: Vec::new(),
            enumerators: BTreeMap::new(),
            lists: Vec::new(),
            regions: Vec::new(),
            whole: 0,
            numbers: HashMap::new(),
            pointers: HashMap::new(),
            arrays: HashMap::new(),
        }
    }

    /// How the guest translates addresses.
    pub fn paging(&mut self, paging: Paging, page_shift: u8) {
        (self.paging, self.page_shift) = (paging, page_shift);
    }

    /// The build id in hexadecimal, and where the guest holds its bytes.
    pub fn build_id(&mut self, id: &str, address: u32) {
        self.build_id = (id.to_owned(), address);
    }

    /// A symbol of no known type.
    pub fn symbol(&mut self, name: &str, address: u32, size: u32) {
        self.symbols.push(Symbol { name: name.to_owned(), address, size, ty: None });
    }

    /// A variable.
    pub fn variable(&mut self, name: &str, address: u32, size: u32, ty: TypeId) {
        self.symbols.push(Symbol { name: name.to_owned(), address, size, ty: Some(ty) });
    }

    /// A number of `size` bytes.
    pub fn number(&mut self, size: u32, signed: bool) -> TypeId {
        if let Some(known) = self.numbers.get(&(size, signed)) {
            return *known;
        }
        let id = self.add(String::new(), if signed { kind::SIGNED } else { kind::UNSIGNED }, size);
        self.numbers.insert((size, signed), id);
        id
    }

    /// A pointer to `target`.
    pub fn pointer(&mut self, target: TypeId) -> TypeId {
        self.pointer_to(Some(target))
    }

    /// A pointer, perhaps to nothing that has a type.
    pub(crate) fn pointer_to(&mut self, target: Option<TypeId>) -> TypeId {
        if let Some(known) = self.pointers.get(&target) {
            return *known;
        }
        let id = self.add(String::new(), kind::POINTER, 4);
        self.types[id.0 as usize].target = target;
        self.pointers.insert(target, id);
        id
    }

    /// An array of `count` elements.
    pub fn array(&mut self, element: TypeId, count: u32) -> TypeId {
        if let Some(known) = self.arrays.get(&(element, count)) {
            return *known;
        }
        let size = self.types[element.0 as usize].size.saturating_mul(count);
        let id = self.add(String::new(), kind::ARRAY, size);
        self.types[id.0 as usize].target = Some(element);
        self.types[id.0 as usize].count = count;
        self.arrays.insert((element, count), id);
        id
    }

    /// A type of which nothing is known but its name, which may be empty.
    pub fn opaque(&mut self, name: &str) -> TypeId {
        self.named(name, kind::OPAQUE, 0)
    }

    /// A function; nothing is told apart.
    pub fn function(&mut self) -> TypeId {
        self.named("", kind::FUNCTION, 0)
    }

    /// A structure with unsigned members: name, offset, size of each.
    pub fn structure(&mut self, name: &str, size: u32, members: &[(&str, u32, u32)]) -> TypeId {
        let id = self.named(name, kind::STRUCT, size);
        for (name, offset, size) in members {
            let ty = self.number(*size, false);
            self.member(id, name, *offset, ty);
        }
        id
    }

    /// One more member of a structure or union.
    pub fn member(&mut self, of: TypeId, name: &str, offset: u32, ty: TypeId) {
        self.push_member(of, name, offset, ty, 0);
    }

    /// A bit field: `width` bits from bit `low` of the number at `offset`.
    pub fn bit_field(&mut self, of: TypeId, name: &str, offset: u32, ty: TypeId, (low, width): (u8, u8)) {
        self.push_member(of, name, offset, ty, u32::from(low) << 8 | u32::from(width));
    }

    fn push_member(&mut self, of: TypeId, name: &str, offset: u32, ty: TypeId, bits: u32) {
        self.types[of.0 as usize].members.push(Member { name: name.to_owned(), offset, ty, bits });
    }

    /// The members of an unnamed inner structure become members of the outer one.
    pub(crate) fn inline(&mut self, outer: TypeId, inner: TypeId, offset: u32) {
        let members = self.types[inner.0 as usize].members.clone();
        let moved = members.into_iter().map(|member| Member { offset: member.offset.saturating_add(offset), ..member });
        self.types[outer.0 as usize].members.extend(moved);
    }

    /// A type by one more name; the first that has a name keeps it.
    pub(crate) fn alias(&mut self, name: &str, ty: TypeId) {
        self.names.entry(name.to_owned()).or_insert(ty);
        let of = &mut self.types[ty.0 as usize];
        if of.name.is_empty() {
            of.name = name.to_owned();
        }
    }

    /// A type that may be filled later.
    pub(crate) fn named(&mut self, name: &str, kind: u32, size: u32) -> TypeId {
        let id = self.add(name.to_owned(), kind, size);
        if !name.is_empty() {
            self.names.insert(name.to_owned(), id);
        }
        id
    }

    /// What an opaque type turned out to be.
    pub(crate) fn define(&mut self, ty: TypeId, kind: u32, size: u32) {
        let of = &mut self.types[ty.0 as usize];
        (of.kind, of.size) = (kind, size);
    }

    /// True for structures, unions, enumerations, and what may turn out to be one.
    pub(crate) fn is_compound(&self, ty: TypeId) -> bool {
        matches!(self.types[ty.0 as usize].kind, kind::OPAQUE | kind::STRUCT | kind::UNION | kind::ENUM)
    }

    /// Bytes of a type.
    pub(crate) fn size(&self, ty: TypeId) -> u32 {
        self.types[ty.0 as usize].size
    }

    /// The type of that name.
    pub(crate) fn by_name(&self, name: &str) -> Option<TypeId> {
        self.names.get(name).copied()
    }

    /// True if a structure or union has a member of that name.
    pub(crate) fn has_member(&self, ty: TypeId, name: &str) -> bool {
        self.types[ty.0 as usize].members.iter().any(|member| member.name == name)
    }

    /// A value that has a name.
    pub fn enumerator(&mut self, name: &str, value: i32) {
        self.enumerators.entry(name.to_owned()).or_insert(value);
    }

    /// The list at `head` links elements of type `element` by their member `link`.
    pub fn list(&mut self, head: &str, element: TypeId, link: &str) {
        self.lists.push((head.to_owned(), element, link.to_owned()));
    }

    /// A piece of the kernel that holds these bytes for ever.
    pub fn exact_region(&mut self, name: &str, address: u32, bytes: &[u8]) {
        self.digested_region(name, address, bytes, 0);
    }

    /// The same, but only digests of blocks are kept.
    pub fn digested_region(&mut self, name: &str, address: u32, bytes: &[u8], block: u32) {
        self.regions.push(Region { name: name.to_owned(), address, bytes: bytes.to_vec(), block });
    }

    /// Keeps the bytes of pieces instead of digests, the longest first, as far as they fit into `room`: a larger profile, with which a
    /// monitor compares more quickly than it could digest.
    pub fn keep_bytes(&mut self, room: usize) {
        self.whole = room;
    }

    /// The pieces whose bytes are kept, by number.
    fn kept(&self) -> BTreeSet<usize> {
        let mut longest: Vec<usize> =
            (0..self.regions.len()).filter(|number| self.regions[*number].block != 0).collect();
        longest.sort_by_key(|number| std::cmp::Reverse(self.regions[*number].bytes.len()));
        let mut room = self.whole;
        let fits = |number: &usize| {
            let left = room.checked_sub(self.regions[*number].bytes.len());
            room = left.unwrap_or(room);
            left.is_some()
        };
        longest.into_iter().filter(fits).collect()
    }

    /// Types were renumbered: those that are told apart by what they are made of are made anew when somebody asks for one.
    pub(crate) fn forget_interned(&mut self) {
        self.numbers.clear();
        self.pointers.clear();
        self.arrays.clear();
    }

    fn add(&mut self, name: String, kind: u32, size: u32) -> TypeId {
        let id = TypeId(u32::try_from(self.types.len()).unwrap_or(NONE - 1));
        self.types.push(Type { name, size, kind, target: None, count: 0, members: Vec::new() });
        id
    }

    /// The profile.
    pub fn finish(mut self) -> Vec<u8> {
        self.symbols.sort_by(|a, b| (&a.name, a.address).cmp(&(&b.name, b.address)));
        let mut by_address: Vec<u32> = (0..self.symbols.len() as u32).collect();
        by_address.sort_by_key(|index| self.symbols[*index as usize].address);

        let mut out = Writer::default();
        let banner = out.text(&self.banner);
        let build_id = out.text(&self.build_id.0);
        for symbol in &self.symbols {
            let name = out.text(&symbol.name);
            out.record(Section::Symbols, &[name, symbol.address, symbol.size, symbol.ty.map_or(NONE, |ty| ty.0)]);
        }
        by_address.iter().for_each(|index| out.record(Section::ByAddress, &[*index]));
        let mut first = 0;
        for ty in &mut self.types {
            let name = out.text(&ty.name);
            let compound = matches!(ty.kind, kind::STRUCT | kind::UNION);
            let (a, b) = match compound {
                true => (first, ty.members.len() as u32),
                false => (ty.target.map_or(NONE, |target| target.0), ty.count),
            };
            out.record(Section::Types, &[name, ty.size, a, b, ty.kind]);
            if compound {
                first += b;
                ty.members.sort_by_key(|member| member.offset);
                for member in &ty.members {
                    let name = out.text(&member.name);
                    out.record(Section::Members, &[name, member.offset, member.ty.0, member.bits]);
                }
            }
        }
        for (name, ty) in &self.names {
            let name = out.text(name);
            out.record(Section::Names, &[name, ty.0]);
        }
        for (name, value) in &self.enumerators {
            let name = out.text(name);
            out.record(Section::Enumerators, &[name, *value as u32]);
        }
        for (head, element, link) in &self.lists {
            let (head, link) = (out.text(head), out.text(link));
            out.record(Section::Lists, &[head, element.0, link]);
        }
        let kept = self.kept();
        for (number, region) in self.regions.iter().enumerate() {
            let (name, offset) = (out.text(&region.name), out.sections[Section::Contents as usize].len() as u32);
            let contents = &mut out.sections[Section::Contents as usize];
            let mut block = region.block;
            if block == 0 || kept.contains(&number) {
                contents.extend_from_slice(&region.bytes);
                block = if block == 0 { 0 } else { block | WHOLE };
            } else {
                region.bytes.chunks(block as usize).for_each(|bytes| contents.extend(&Sha256::digest(bytes)[..DIGEST]));
            }
            out.record(Section::Regions, &[name, region.address, region.bytes.len() as u32, block, offset]);
        }
        out.finish([4, self.paging.number(), self.page_shift, 0], [banner, build_id, self.build_id.1])
    }
}

/// The sections while they grow.
#[derive(Default)]
struct Writer {
    sections: [Vec<u8>; Section::ALL.len()],
    texts: HashMap<String, u32>,
}

impl Writer {
    /// Where a text is; each is kept once.
    fn text(&mut self, text: &str) -> u32 {
        if let Some(known) = self.texts.get(text) {
            return *known;
        }
        let length = (0..=text.len().min(usize::from(u16::MAX))).rev().find(|at| text.is_char_boundary(*at));
        let bytes = &text.as_bytes()[..length.unwrap_or(0)];
        let texts = &mut self.sections[Section::Texts as usize];
        let place = texts.len() as u32;
        texts.extend_from_slice(&(bytes.len() as u16).to_le_bytes());
        texts.extend_from_slice(bytes);
        self.texts.insert(text.to_owned(), place);
        place
    }

    fn record(&mut self, section: Section, words: &[u32]) {
        let bytes = &mut self.sections[section as usize];
        words.iter().for_each(|word| bytes.extend_from_slice(&word.to_le_bytes()));
        debug_assert_eq!(bytes.len() % section.record(), 0);
    }

    fn finish(self, shape: [u8; 4], words: [u32; 3]) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&VERSION.0.to_le_bytes());
        out.extend_from_slice(&VERSION.1.to_le_bytes());
        let length = HEADER + self.sections.iter().map(Vec::len).sum::<usize>();
        out.extend_from_slice(&(length as u32).to_le_bytes());
        out.extend_from_slice(&[0; 4]); // the checksum
        out.extend_from_slice(&shape);
        words.iter().for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
        let mut offset = HEADER;
        for (section, bytes) in Section::ALL.into_iter().zip(&self.sections) {
            out.extend_from_slice(&(offset as u32).to_le_bytes());
            out.extend_from_slice(&((bytes.len() / section.record()) as u32).to_le_bytes());
            offset += bytes.len();
        }
        self.sections.iter().for_each(|bytes| out.extend_from_slice(bytes));
        let checksum = crc32(&out[20..]);
        out[16..20].copy_from_slice(&checksum.to_le_bytes());
        out
    }
}
