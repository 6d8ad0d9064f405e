//! What a reader of profiles gives.

use super::error::ProfileError;
use super::format::DIGEST;
use super::types::Type;
use crate::address::VirtAddr;

/// How a guest's virtual addresses lead to physical ones.
///
/// ```
/// use monitor_api::{AddressSpace, VirtAddr, profile::Paging};
///
/// # let mut flat = kernel_profile::Sample::linux();
/// # flat.builder.paging(Paging::Flat, 12);
/// # kernel_profile::Sample::linux().look(|view| Ok(flat.look(|flat| {
/// let at = VirtAddr::new(0xc000_1000);
/// assert!(view.translate(AddressSpace::Kernel, at).is_err()); // asks tables, which have nothing there
/// assert!(flat.translate(AddressSpace::Kernel, at).is_ok());  // a kernel without tables has it
/// # Ok(()) })));
/// ```
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
    ///
    /// ```
    /// use monitor_api::profile::Paging;
    ///
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// assert_eq!(bytes[21], Paging::ShTwoLevel.number()); // where the format has it
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub const fn number(self) -> u8 {
        match self {
            Self::Flat => 0,
            Self::ShTwoLevel => 1,
            Self::ShThreeLevel => 2,
        }
    }

    pub(super) const fn from_number(number: u8) -> Result<Self, ProfileError> {
        match number {
            0 => Ok(Self::Flat),
            1 => Ok(Self::ShTwoLevel),
            2 => Ok(Self::ShThreeLevel),
            _ => Err(ProfileError::Paging { number }),
        }
    }
}

/// A symbol of the guest's kernel.
///
/// ```
/// # let bytes = kernel_profile::Sample::linux().profile();
/// # let profile = monitor_api::profile::Profile::open(&bytes)?;
/// let task = profile.symbol("init_task").unwrap();
/// assert_eq!((task.name, task.address.get()), ("init_task", 0x8c00_1000));
/// assert_eq!(task.ty.map(|ty| ty.size()), Some(task.size)); // a variable is as large as its type
/// assert!(profile.symbol("schedule").unwrap().ty.is_none()); // a function
/// # Ok::<(), monitor_api::profile::ProfileError>(())
/// ```
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
///
/// ```
/// # let bytes = kernel_profile::Sample::linux().profile();
/// # let profile = monitor_api::profile::Profile::open(&bytes)?;
/// let (_, first) = profile.variables_from(0).min_by_key(|(_, variable)| variable.address).unwrap();
/// assert_eq!((first.address.get(), first.ty.size()), (0x8c00_0100, 8)); // `jiffies_64`
/// # Ok::<(), monitor_api::profile::ProfileError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Variable<'p> {
    /// Its address.
    pub address: VirtAddr,
    /// Its type.
    pub ty: Type<'p>,
    pub(super) text: u32,
}

impl<'p> Variable<'p> {
    /// Its name.
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// let (_, first) = profile.variables_from(0).next().unwrap();
    /// assert_eq!(first.name(), "ext2_fs_type"); // the first in the order of the names
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub fn name(&self) -> &'p str {
        self.ty.profile.text(self.text).unwrap_or_default()
    }
}

/// A list whose elements are known.
///
/// ```
/// # let bytes = kernel_profile::Sample::linux().profile();
/// # let profile = monitor_api::profile::Profile::open(&bytes)?;
/// let list = profile.list("init_task.tasks").unwrap();
/// // What `View::list` wants to know.
/// assert_eq!((list.element.name(), list.link), ("task_struct", "tasks"));
/// # Ok::<(), monitor_api::profile::ProfileError>(())
/// ```
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
///
/// ```
/// use monitor_api::profile::Contents;
///
/// # let bytes = kernel_profile::Sample::linux().profile();
/// # let profile = monitor_api::profile::Profile::open(&bytes)?;
/// let contents = |name| profile.regions().find(|region| region.name == name).map(|region| region.contents);
/// assert!(matches!(contents("banner"), Some(Contents::Bytes(text)) if text.starts_with(b"Linux")));
/// // 64 bytes of text in blocks of 32.
/// assert!(matches!(contents("text"), Some(Contents::Digests(32, digests)) if digests.len() == 2));
/// # Ok::<(), monitor_api::profile::ProfileError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Contents<'p> {
    /// These bytes: a table, of which each word counts.
    Bytes(&'p [u8]),
    /// These bytes: code or data, to be spoken of by blocks of so many bytes.
    Blocks(u32, &'p [u8]),
    /// Blocks of so many bytes, and the first 16 bytes of the SHA-256 of each; the last block may be shorter.
    Digests(u32, &'p [[u8; DIGEST]]),
}

/// A piece of the kernel that never changes while it runs.
///
/// ```
/// use monitor_api::profile::Contents;
///
/// # kernel_profile::Sample::linux().look(|view| {
/// // What is kept word for word is compared word for word.
/// for region in view.profile().regions() {
///     let Contents::Bytes(wanted) = region.contents else { continue };
///     let mut found = vec![0; wanted.len()];
///     view.read(region.address, &mut found)?;
///     assert_eq!((region.name, found), ("banner", wanted.to_vec()));
/// }
/// # Ok(()) });
/// ```
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
