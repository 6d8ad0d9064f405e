//! The types of a guest's kernel.

use core::fmt;

use super::format::{Section, kind};
use super::raw::field;
use super::reader::Profile;

const TYPE: usize = Section::Types.record();
const MEMBER: usize = Section::Members.record();

/// What kind of type it is.
///
/// ```
/// use monitor_api::profile::Kind;
///
/// # let bytes = kernel_profile::Sample::linux().profile();
/// # let profile = monitor_api::profile::Profile::open(&bytes)?;
/// let task = profile.ty("task_struct").unwrap();
/// // char comm[16]; struct cred *cred; int pid;
/// let kinds = ["comm", "cred", "pid"].map(|name| task.member(name).unwrap().ty.kind());
/// assert!(matches!(kinds[0], Kind::Array(byte, 16) if byte.size() == 1));
/// assert!(matches!(kinds[1], Kind::Pointer(Some(cred)) if cred.is_named("cred")));
/// assert!(matches!(kinds[2], Kind::Signed));
/// # Ok::<(), monitor_api::profile::ProfileError>(())
/// ```
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
///
/// ```
/// # let bytes = kernel_profile::Sample::linux().profile();
/// # let profile = monitor_api::profile::Profile::open(&bytes)?;
/// let task = profile.ty("task_struct").unwrap();
/// let by_variable = profile.symbol("init_task").unwrap().ty.unwrap();
/// assert_eq!(task, by_variable); // the same type of the same profile
/// assert_ne!(task, profile.ty("cred").unwrap());
/// # Ok::<(), monitor_api::profile::ProfileError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Type<'p> {
    pub(super) profile: Profile<'p>,
    pub(super) index: u32,
}

/// A member of a structure or union. Members of unnamed inner structures count as members of the outer one, as in C.
///
/// ```
/// # let bytes = kernel_profile::Sample::linux().profile();
/// # let profile = monitor_api::profile::Profile::open(&bytes)?;
/// let task = profile.ty("task_struct").unwrap();
/// // unsigned in_execve:1, in_iowait:1; at 72
/// let wait = task.member("in_iowait").unwrap();
/// assert_eq!((wait.offset, wait.bits), (72, Some((1, 1)))); // bit 1, one bit wide
/// assert_eq!(task.member("pid").unwrap().bits, None);
/// # Ok::<(), monitor_api::profile::ProfileError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Member<'p> {
    /// Bytes from the start of the structure.
    pub offset: u64,
    /// Its type.
    pub ty: Type<'p>,
    /// For a bit field: its lowest bit in the little-endian number at `offset`, and its width.
    pub bits: Option<(u8, u8)>,
    text: u32,
}

impl<'p> Member<'p> {
    /// Its name.
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// let cred = profile.ty("cred").unwrap();
    /// let names: Vec<_> = cred.members().map(|member| member.name()).collect();
    /// assert_eq!(names, ["usage", "uid"]);
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub fn name(&self) -> &'p str {
        self.ty.profile.text(self.text).unwrap_or_default()
    }
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
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// let task = profile.ty("task_struct").unwrap();
    /// assert_eq!(task.name(), "task_struct");
    /// assert_eq!(task.member("comm").unwrap().ty.name(), ""); // an array has none
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub fn name(&self) -> &'p str {
        self.record().and_then(|record| self.profile.text(field(record, 0))).unwrap_or_default()
    }

    /// True if that is its name: quicker than to ask for it.
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// // The variables that are tasks.
    /// let tasks = profile.variables_from(0).filter(|(_, variable)| variable.ty.is_named("task_struct"));
    /// assert_eq!(tasks.map(|(_, variable)| variable.name()).collect::<Vec<_>>(), ["init_task"]);
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub fn is_named(&self, name: &str) -> bool {
        self.record().is_some_and(|record| self.profile.names(field(record, 0), name))
    }

    /// A number that tells types of one profile apart.
    ///
    /// ```
    /// use std::collections::BTreeSet;
    ///
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// // Types with several names count once.
    /// let ids: BTreeSet<u32> = profile.types().map(|(_, ty)| ty.id()).collect();
    /// assert!(ids.contains(&profile.ty("task_struct").unwrap().id()));
    /// assert_ne!(profile.ty("task_struct").unwrap().id(), profile.ty("cred").unwrap().id());
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub const fn id(&self) -> u32 {
        self.index
    }

    /// Bytes.
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// assert_eq!(profile.ty("list_head").unwrap().size(), 8); // two pointers of 4 bytes
    /// assert_eq!(profile.ty("task_struct").unwrap().member("comm").unwrap().ty.size(), 16); // char[16]
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub fn size(&self) -> u64 {
        self.record().map_or(0, |record| field(record, 4)).into()
    }

    /// What kind of type it is.
    ///
    /// ```
    /// use monitor_api::profile::Kind;
    ///
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// assert!(matches!(profile.ty("task_struct").unwrap().kind(), Kind::Struct));
    /// assert!(matches!(profile.ty("module_state").unwrap().kind(), Kind::Enum));
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub fn kind(&self) -> Kind<'p> {
        let Some(record) = self.record() else { return Kind::Opaque };
        let target = || self.profile.type_at(field(record, 8));
        match field(record, 16) {
            kind::UNSIGNED => Kind::Unsigned,
            kind::SIGNED => Kind::Signed,
            kind::POINTER => Kind::Pointer(target()),
            kind::ARRAY => target().map_or(Kind::Opaque, |element| Kind::Array(element, field(record, 12).into())),
            kind::STRUCT => Kind::Struct,
            kind::UNION => Kind::Union,
            kind::ENUM => Kind::Enum,
            kind::FUNCTION => Kind::Function,
            _ => Kind::Opaque,
        }
    }

    /// The members of a structure or union in the order of their offsets; none of other types.
    ///
    /// ```
    /// use monitor_api::profile::Kind;
    ///
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// // The pointers in a task.
    /// let pointers = profile.ty("task_struct").unwrap().members().filter(|member| matches!(member.ty.kind(), Kind::Pointer(_)));
    /// assert_eq!(pointers.map(|member| member.name()).collect::<Vec<_>>(), ["mm", "cred", "parent"]);
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub fn members(self) -> impl Iterator<Item = Member<'p>> {
        self.records().filter_map(move |record| self.member_of(record))
    }

    /// The member of that name.
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// let task = profile.ty("task_struct").unwrap();
    /// assert_eq!(task.member("pid").unwrap().offset, 4);
    /// assert!(task.member("uid").is_none()); // it is in `cred`
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
    pub fn member(self, name: &str) -> Option<Member<'p>> {
        self.records().find(|record| self.profile.names(field(record, 0), name)).and_then(|found| self.member_of(found))
    }

    /// The member that a path like `thread.sp` leads to, with its offset from the start of the outermost structure.
    ///
    /// # Errors
    /// The type that has no such member, and the part of the path that it lacks.
    ///
    /// ```
    /// # let bytes = kernel_profile::Sample::linux().profile();
    /// # let profile = monitor_api::profile::Profile::open(&bytes)?;
    /// let task = profile.ty("task_struct").unwrap();
    /// // `se` lies at 44, `vruntime` at 16 in it.
    /// assert_eq!(task.path("se.vruntime").unwrap().offset, 60);
    /// let (ty, part) = task.path("se.runtime").unwrap_err();
    /// assert_eq!((ty.name(), part), ("sched_entity", "runtime"));
    /// # Ok::<(), monitor_api::profile::ProfileError>(())
    /// ```
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

    /// The records of its members.
    fn records(self) -> impl Iterator<Item = &'p [u8; MEMBER]> {
        let none = (0, 0);
        let (first, count) = self.record().map_or(none, |record| match field(record, 16) {
            kind::STRUCT | kind::UNION => (field(record, 8), field(record, 12)),
            _ => none,
        });
        self.profile.records(Section::Members, first, count).iter()
    }

    fn member_of(&self, record: &[u8; MEMBER]) -> Option<Member<'p>> {
        let bits = field(record, 12);
        Some(Member {
            offset: field(record, 4).into(),
            ty: self.profile.type_at(field(record, 8))?,
            bits: (bits != 0).then_some(((bits >> 8) as u8, bits as u8)),
            text: field(record, 0),
        })
    }

    fn record(&self) -> Option<&'p [u8; TYPE]> {
        self.profile.record(Section::Types, self.index)
    }
}
