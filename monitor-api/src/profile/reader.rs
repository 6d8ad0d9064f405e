//! Reading a profile where it lies: no allocation, no copy.

use super::error::ProfileError;
use super::format::{self, HEADER, MAGIC, NONE, Section, VERSION, WHOLE};
use super::raw::{field, word};
use super::records::{Contents, KnownList, Paging, Region, Symbol, Variable};
use super::types::Type;
use crate::address::VirtAddr;

const SYMBOL: usize = Section::Symbols.record();
const RANK: usize = Section::ByAddress.record();
/// Of types and of enumerators.
const NAME: usize = Section::Names.record();
const LIST: usize = Section::Lists.record();
const REGION: usize = Section::Regions.record();

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
    ///
    /// ```
    /// use monitor_api::profile::{Profile, ProfileError};
    ///
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// assert!(Profile::open(&bytes).is_ok());
    /// assert_eq!(Profile::open(&bytes[..200]).unwrap_err(), ProfileError::Length { says: bytes.len() as u32, has: 200 });
    /// let mut damaged = bytes.clone();
    /// damaged[300] ^= 1;
    /// assert!(matches!(Profile::open(&damaged), Err(ProfileError::Checksum { .. })));
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
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
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// assert_eq!(profile.banner().split(' ').nth(2), Some("6.1.0"));
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub fn banner(&self) -> &'p str {
        self.head(24).and_then(|text| self.text(text)).unwrap_or_default()
    }

    /// The build id in hexadecimal; empty if the kernel has none.
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// assert_eq!(profile.build_id().len(), 40); // SHA-1, two digits a byte
    /// assert!(profile.build_id().starts_with("00010203"));
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub fn build_id(&self) -> &'p str {
        self.head(28).and_then(|text| self.text(text)).unwrap_or_default()
    }

    /// Where the guest holds the bytes of its build id.
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// assert_eq!(profile.build_id_address().map(|at| at.get()), Some(0x8c00_0080));
    /// # let bytes = kernel_profile::Sample::default().profile();
    /// # let without = monitor_api::profile::Profile::open(&bytes)?;
    /// assert_eq!(without.build_id_address(), None); // a kernel without one
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub fn build_id_address(&self) -> Option<VirtAddr> {
        self.head(32).filter(|address| *address != 0).map(|address| VirtAddr::new(address.into()))
    }

    /// How the guest's addresses are translated.
    ///
    /// ```
    /// use monitor_api::profile::Paging;
    ///
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// assert_eq!(profile.paging(), Paging::ShTwoLevel); // Linux/SH without X2TLB
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub const fn paging(&self) -> Paging {
        self.paging
    }

    /// Bytes of a pointer.
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// assert_eq!(profile.pointer_size(), 4); // SH-4A
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub fn pointer_size(&self) -> u8 {
        self.bytes.get(20).copied().unwrap_or(4)
    }

    /// log2 of the bytes of a page.
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// assert_eq!(1 << profile.page_shift(), 4096);
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub fn page_shift(&self) -> u8 {
        self.bytes.get(22).copied().unwrap_or(12).clamp(10, 20)
    }

    /// Bytes of the profile.
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// assert_eq!(profile.size(), bytes.len()); // nothing is unpacked
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub const fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The symbol of that name; if there are several, one of them.
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// let schedule = profile.symbol("schedule").unwrap();
    /// assert_eq!((schedule.address.get(), schedule.size), (0x8c00_2020, 32));
    /// assert!(profile.symbol("reschedule").is_none());
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub fn symbol(&self, name: &str) -> Option<Symbol<'p>> {
        let index = self.search::<SYMBOL>(Section::Symbols, name)?;
        self.symbol_at(index)
    }

    /// The symbol that `address` lies in or behind: the last one that does not begin after it.
    ///
    /// ```
    /// use monitor_api::VirtAddr;
    ///
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// let at = VirtAddr::new(0x8c00_2010);
    /// let symbol = profile.symbol_before(at).unwrap();
    /// assert_eq!((symbol.name, at.checked_offset_from(symbol.address)), ("do_exit", Some(0x10)));
    /// assert_eq!(profile.symbol_before(VirtAddr::new(0x8c00_2020)).unwrap().name, "schedule"); // its first byte
    /// assert!(profile.symbol_before(VirtAddr::new(0x8bff_ffff)).is_none());
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
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
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// let names: Vec<_> = profile.symbols().map(|symbol| symbol.name).collect();
    /// assert!(names.is_sorted() && names.contains(&"linux_banner"));
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub fn symbols(self) -> impl Iterator<Item = Symbol<'p>> {
        (0..self.place(Section::Symbols).1).filter_map(move |index| self.symbol_at(index))
    }

    /// The variables of known type among them from number `from` on, with the numbers: for a monitor that goes on where its last step
    /// ended.
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// // One at a time, as in steps with a small budget; each step begins behind the last number.
    /// let (mut names, mut next) = (Vec::new(), 0);
    /// while let Some((number, variable)) = profile.variables_from(next).next() {
    ///     names.push(variable.name());
    ///     next = number + 1;
    /// }
    /// assert!(names.contains(&"init_task") && !names.contains(&"schedule")); // a function has no type
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub fn variables_from(self, from: u32) -> impl Iterator<Item = (u32, Variable<'p>)> {
        (from..self.place(Section::Symbols).1).filter_map(move |index| {
            let record = self.record::<SYMBOL>(Section::Symbols, index)?;
            let (ty, address) = (self.type_at(field(record, 12))?, VirtAddr::new(field(record, 4).into()));
            Some((index, Variable { address, ty, text: field(record, 0) }))
        })
    }

    /// The structure, union, enumeration or named type (`atomic_t`) of that name.
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// assert_eq!(profile.ty("list_head").unwrap().members().count(), 2); // `next` and `prev`
    /// assert!(profile.ty("list").is_none());
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub fn ty(&self, name: &str) -> Option<Type<'p>> {
        let rank = self.search::<NAME>(Section::Names, name)?;
        self.type_at(field(self.record::<NAME>(Section::Names, rank)?, 4))
    }

    /// All named types in the order of their names, with the name (a type may have several).
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// // The types that hold a `list_head`.
    /// let link = profile.ty("list_head").unwrap();
    /// let linked = profile.types().filter(|(_, ty)| ty.members().any(|member| member.ty == link));
    /// assert_eq!(linked.map(|(name, _)| name).collect::<Vec<_>>(), ["module", "task_struct"]);
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub fn types(self) -> impl Iterator<Item = (&'p str, Type<'p>)> {
        (0..self.place(Section::Names).1).filter_map(move |rank| {
            let record = self.record::<NAME>(Section::Names, rank)?;
            Some((self.text(field(record, 0))?, self.type_at(field(record, 4))?))
        })
    }

    /// The value of an enumerator.
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// // include/linux/module.h: LIVE, COMING, GOING, UNFORMED from 0 on.
    /// assert_eq!(profile.enumerator("MODULE_STATE_GOING"), Some(2));
    /// assert_eq!(profile.enumerator("MODULE_STATE_GONE"), None);
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub fn enumerator(&self, name: &str) -> Option<i32> {
        let rank = self.search::<NAME>(Section::Enumerators, name)?;
        self.record::<NAME>(Section::Enumerators, rank).map(|record| field(record, 4) as i32)
    }

    /// The lists whose elements are known.
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// let heads: Vec<_> = profile.lists().map(|list| list.head).collect();
    /// assert_eq!(heads, ["init_task.tasks", "modules"]);
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
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
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// assert_eq!(profile.list("modules").unwrap().element.name(), "module");
    /// assert!(profile.list("super_blocks").is_none());
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub fn list(self, head: &str) -> Option<KnownList<'p>> {
        let is_it = |index: &u32| {
            self.record::<LIST>(Section::Lists, *index).is_some_and(|record| self.names(field(record, 0), head))
        };
        let index = (0..self.place(Section::Lists).1).find(is_it)?;
        self.lists().nth(index as usize)
    }

    /// The pieces of the kernel that never change while it runs.
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// let bytes: u64 = profile.regions().filter(|region| region.name == "text").map(|region| region.length).sum();
    /// assert_eq!(bytes, 64); // `do_exit` and `schedule`
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub fn regions(self) -> impl Iterator<Item = Region<'p>> {
        (0..self.place(Section::Regions).1).filter_map(move |index| {
            let record = self.record::<REGION>(Section::Regions, index)?;
            let (length, block, offset) = (field(record, 8), field(record, 12), field(record, 16) as usize);
            let (start, count) = self.place(Section::Contents);
            let all = self.bytes.get(start as usize..(start as usize).checked_add(count as usize)?)?.get(offset..)?;
            let contents = match (block, block & !WHOLE) {
                (0, _) => Contents::Bytes(all.get(..length as usize)?),
                (_, 0) => return None,
                (WHOLE.., block) => Contents::Blocks(block, all.get(..length as usize)?),
                _ => Contents::Digests(block, all.as_chunks().0.get(..length.div_ceil(block) as usize)?),
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
