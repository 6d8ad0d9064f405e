//! Reading a profile where it lies: no allocation, no copy.

use super::error::ProfileError;
use super::format::{self, DIGEST, HEADER, MAGIC, NONE, Section, VERSION};
use super::raw::{field, word};
use super::types::Type;
use crate::address::VirtAddr;

const SYMBOL: usize = Section::Symbols.record();
const RANK: usize = Section::ByAddress.record();
/// Of types and of enumerators.
const NAME: usize = Section::Names.record();
const LIST: usize = Section::Lists.record();
const REGION: usize = Section::Regions.record();

/// How a guest's virtual addresses lead to physical ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// No page tables: P1 and P2 are windows on the external space, everything else is what it is.
    Flat,
    /// Linux/SH: two levels, entries of 32 bits.
    ShTwoLevel,
    /// Linux/SH with the extended TLB (X2TLB): three levels, entries of 64 bits.
    ShThreeLevel,
}

impl Paging {
    /// Its number in a profile.
    pub const fn number(self) -> u8 {
        match self {
            Self::Flat => 0,
            Self::ShTwoLevel => 1,
            Self::ShThreeLevel => 2,
        }
    }

    const fn from_number(number: u8) -> Result<Self, ProfileError> {
        match number {
            0 => Ok(Self::Flat),
            1 => Ok(Self::ShTwoLevel),
            2 => Ok(Self::ShThreeLevel),
            _ => Err(ProfileError::Paging { number }),
        }
    }
}

/// A symbol of the guest's kernel.
#[derive(Clone, Copy, Debug)]
pub struct Symbol<'p> {
    /// Its name.
    pub name: &'p str,
    /// Its address.
    pub address: VirtAddr,
    /// Its size in bytes; 0 if the kernel does not say.
    pub size: u64,
    /// The type of a variable, if it is known.
    pub ty: Option<Type<'p>>,
}

/// A variable of the guest's kernel.
#[derive(Clone, Copy, Debug)]
pub struct Variable<'p> {
    /// Its address.
    pub address: VirtAddr,
    /// Its type.
    pub ty: Type<'p>,
    text: u32,
}

impl<'p> Variable<'p> {
    /// Its name.
    pub fn name(&self) -> &'p str {
        self.ty.profile.text(self.text).unwrap_or_default()
    }
}

/// A list whose elements are known.
#[derive(Clone, Copy, Debug)]
pub struct KnownList<'p> {
    /// Where its head is: `variable`, `variable.member` or `type.member`.
    pub head: &'p str,
    /// What its elements are.
    pub element: Type<'p>,
    /// The member by which they are linked.
    pub link: &'p str,
}

/// What a region of the kernel held when it was built.
#[derive(Clone, Copy, Debug)]
pub enum Contents<'p> {
    /// These bytes.
    Bytes(&'p [u8]),
    /// Blocks of so many bytes, and the first 16 bytes of the SHA-256 of each; the last block may be shorter.
    Digests(u32, &'p [[u8; DIGEST]]),
}

/// A piece of the kernel that never changes while it runs.
#[derive(Clone, Copy, Debug)]
pub struct Region<'p> {
    /// `text`, `rodata`, or the name of a table.
    pub name: &'p str,
    /// Where it begins.
    pub address: VirtAddr,
    /// Its bytes.
    pub length: u64,
    /// What is in it.
    pub contents: Contents<'p>,
}

/// The profile of one build of a kernel.
///
/// ```
/// # use kernel_profile::Builder;
/// use monitor_api::profile::Profile;
///
/// # let mut builder = Builder::new("Linux version 6.1");
/// # let task = builder.structure("task_struct", 8, &[("pid", 4, 4)]);
/// # builder.variable("init_task", 0x8c10_0000, 8, task);
/// # let bytes = builder.finish();
/// let profile = Profile::open(&bytes)?;
/// assert_eq!(profile.banner(), "Linux version 6.1");
/// assert_eq!(profile.symbol("init_task").unwrap().address.get(), 0x8c10_0000);
/// assert_eq!(profile.ty("task_struct").unwrap().member("pid").unwrap().offset, 4);
/// # Ok::<(), monitor_api::profile::ProfileError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Profile<'p> {
    pub(super) bytes: &'p [u8],
    paging: Paging,
}

impl core::fmt::Debug for Profile<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Profile").field("banner", &self.banner()).field("bytes", &self.bytes.len()).finish()
    }
}

impl<'p> Profile<'p> {
    /// Checks header and checksum.
    ///
    /// # Errors
    /// All of [`ProfileError`].
    pub fn open(bytes: &'p [u8]) -> Result<Self, ProfileError> {
        let short = ProfileError::TooShort { length: bytes.len() };
        let found = *bytes.first_chunk().ok_or(short)?;
        if found != MAGIC {
            return Err(ProfileError::Magic { found });
        }
        let header = bytes.get(..HEADER).ok_or(short)?;
        let version = word(header, 8).ok_or(short)?;
        let (major, minor) = (version as u16, (version >> 16) as u16);
        if major != VERSION.0 || minor > VERSION.1 {
            return Err(ProfileError::Version { major, minor });
        }
        let says = word(header, 12).ok_or(short)?;
        if says as usize != bytes.len() {
            return Err(ProfileError::Length { says, has: bytes.len() });
        }
        let (says, gives) = (word(header, 16).ok_or(short)?, format::crc32(bytes.get(20..).ok_or(short)?));
        if says != gives {
            return Err(ProfileError::Checksum { says, gives });
        }
        let paging = Paging::from_number(header.get(21).copied().ok_or(short)?)?;
        let profile = Self { bytes, paging };
        for section in Section::ALL {
            let (offset, count) = profile.place(section);
            let end = (count as usize).checked_mul(section.record()).and_then(|len| len.checked_add(offset as usize));
            if end.is_none_or(|end| end > bytes.len()) {
                return Err(ProfileError::Section { name: section.name(), offset, count });
            }
        }
        Ok(profile)
    }

    /// What the kernel says of itself: version, builder, compiler, number and time of the build.
    pub fn banner(&self) -> &'p str {
        self.head(24).and_then(|text| self.text(text)).unwrap_or_default()
    }

    /// The build id in hexadecimal; empty if the kernel has none.
    pub fn build_id(&self) -> &'p str {
        self.head(28).and_then(|text| self.text(text)).unwrap_or_default()
    }

    /// Where the guest holds the bytes of its build id.
    pub fn build_id_address(&self) -> Option<VirtAddr> {
        self.head(32).filter(|address| *address != 0).map(|address| VirtAddr::new(address.into()))
    }

    /// How the guest's addresses are translated.
    pub const fn paging(&self) -> Paging {
        self.paging
    }

    /// Bytes of a pointer.
    pub fn pointer_size(&self) -> u8 {
        self.bytes.get(20).copied().unwrap_or(4)
    }

    /// log2 of the bytes of a page.
    pub fn page_shift(&self) -> u8 {
        self.bytes.get(22).copied().unwrap_or(12).clamp(10, 20)
    }

    /// Bytes of the profile.
    pub const fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The symbol of that name; if there are several, one of them.
    pub fn symbol(&self, name: &str) -> Option<Symbol<'p>> {
        let index = self.search::<SYMBOL>(Section::Symbols, name)?;
        self.symbol_at(index)
    }

    /// The symbol that `address` lies in or behind: the last one that does not begin after it.
    pub fn symbol_before(&self, address: VirtAddr) -> Option<Symbol<'p>> {
        let by_rank = |rank| Some(field(self.record::<RANK>(Section::ByAddress, rank)?, 0));
        let (mut low, mut high) = (0, self.place(Section::ByAddress).1);
        while low < high {
            let middle = low + (high - low) / 2;
            let begins = field(self.record::<SYMBOL>(Section::Symbols, by_rank(middle)?)?, 4);
            if u64::from(begins) <= address.get() { low = middle + 1 } else { high = middle }
        }
        self.symbol_at(by_rank(low.checked_sub(1)?)?)
    }

    /// All symbols in the order of their names.
    pub fn symbols(self) -> impl Iterator<Item = Symbol<'p>> {
        (0..self.place(Section::Symbols).1).filter_map(move |index| self.symbol_at(index))
    }

    /// The variables of known type among them from number `from` on, with the numbers: for a monitor that goes on where its last step
    /// ended.
    pub fn variables_from(self, from: u32) -> impl Iterator<Item = (u32, Variable<'p>)> {
        (from..self.place(Section::Symbols).1).filter_map(move |index| {
            let record = self.record::<SYMBOL>(Section::Symbols, index)?;
            let (ty, address) = (self.type_at(field(record, 12))?, VirtAddr::new(field(record, 4).into()));
            Some((index, Variable { address, ty, text: field(record, 0) }))
        })
    }

    /// The structure, union, enumeration or named type (`atomic_t`) of that name.
    pub fn ty(&self, name: &str) -> Option<Type<'p>> {
        let rank = self.search::<NAME>(Section::Names, name)?;
        self.type_at(field(self.record::<NAME>(Section::Names, rank)?, 4))
    }

    /// All named types in the order of their names, with the name (a type may have several).
    pub fn types(self) -> impl Iterator<Item = (&'p str, Type<'p>)> {
        (0..self.place(Section::Names).1).filter_map(move |rank| {
            let record = self.record::<NAME>(Section::Names, rank)?;
            Some((self.text(field(record, 0))?, self.type_at(field(record, 4))?))
        })
    }

    /// The value of an enumerator.
    pub fn enumerator(&self, name: &str) -> Option<i32> {
        let rank = self.search::<NAME>(Section::Enumerators, name)?;
        self.record::<NAME>(Section::Enumerators, rank).map(|record| field(record, 4) as i32)
    }

    /// The lists whose elements are known.
    pub fn lists(self) -> impl Iterator<Item = KnownList<'p>> {
        (0..self.place(Section::Lists).1).filter_map(move |index| {
            let record = self.record::<LIST>(Section::Lists, index)?;
            Some(KnownList {
                head: self.text(field(record, 0))?,
                element: self.type_at(field(record, 4))?,
                link: self.text(field(record, 8))?,
            })
        })
    }

    /// The list with that head.
    pub fn list(self, head: &str) -> Option<KnownList<'p>> {
        let is_it = |index: &u32| {
            self.record::<LIST>(Section::Lists, *index).is_some_and(|record| self.names(field(record, 0), head))
        };
        let index = (0..self.place(Section::Lists).1).find(is_it)?;
        self.lists().nth(index as usize)
    }

    /// The pieces of the kernel that never change while it runs.
    pub fn regions(self) -> impl Iterator<Item = Region<'p>> {
        (0..self.place(Section::Regions).1).filter_map(move |index| {
            let record = self.record::<REGION>(Section::Regions, index)?;
            let (length, block, offset) = (field(record, 8), field(record, 12), field(record, 16) as usize);
            let (start, count) = self.place(Section::Contents);
            let all = self.bytes.get(start as usize..(start as usize).checked_add(count as usize)?)?.get(offset..)?;
            let contents = if block == 0 {
                Contents::Bytes(all.get(..length as usize)?)
            } else {
                Contents::Digests(block, all.as_chunks().0.get(..length.div_ceil(block) as usize)?)
            };
            Some(Region {
                name: self.text(field(record, 0))?,
                address: VirtAddr::new(field(record, 4).into()),
                length: length.into(),
                contents,
            })
        })
    }

    fn symbol_at(&self, index: u32) -> Option<Symbol<'p>> {
        let record = self.record::<SYMBOL>(Section::Symbols, index)?;
        Some(Symbol {
            name: self.text(field(record, 0))?,
            address: VirtAddr::new(field(record, 4).into()),
            size: field(record, 8).into(),
            ty: self.type_at(field(record, 12)),
        })
    }

    pub(super) fn type_at(&self, index: u32) -> Option<Type<'p>> {
        (index != NONE && index < self.place(Section::Types).1).then_some(Type { profile: *self, index })
    }
}
