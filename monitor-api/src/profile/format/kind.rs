//! Kinds of types, and what `a` and `b` of their records are.
//!
//! ```
//! use monitor_api::profile::format::kind;
//!
//! // The words of a record: name, size, `a`, `b`, kind. `struct cred` has two members here, from number `a` on.
//! let [_, size, _, b, kind] = kernel_profile::Sample::linux().type_record("cred");
//! assert_eq!((size, b, kind), (8, 2, kind::STRUCT));
//! ```

/// Declared but not defined, or of no size (`void`).
///
/// ```
/// use monitor_api::profile::format::kind;
///
/// let sample = kernel_profile::Sample::linux();
/// // `struct nsproxy;` and no more.
/// let [_, size, _, _, opaque] = sample.type_record("nsproxy");
/// assert_eq!((size, opaque), (0, kind::OPAQUE));
/// ```
pub const OPAQUE: u32 = 0;

/// An unsigned number, a `bool` or a character.
///
/// ```
/// use monitor_api::profile::format::kind;
///
/// let sample = kernel_profile::Sample::linux();
/// // `uid_t val`, four bytes.
/// let [_, size, _, _, unsigned] = sample.type_record("kuid_t.val");
/// assert_eq!((size, unsigned), (4, kind::UNSIGNED));
/// ```
pub const UNSIGNED: u32 = 1;

/// A signed number.
///
/// ```
/// use monitor_api::profile::format::kind;
///
/// let sample = kernel_profile::Sample::linux();
/// // `pid_t pid`, an `int`.
/// let [_, size, _, _, signed] = sample.type_record("task_struct.pid");
/// assert_eq!((size, signed), (4, kind::SIGNED));
/// ```
pub const SIGNED: u32 = 2;

/// A pointer to type `a`.
///
/// ```
/// use monitor_api::profile::format::kind;
///
/// # let bytes = kernel_profile::Sample::linux().profile();
/// # let profile = monitor_api::profile::Profile::open(&bytes)?;
/// let sample = kernel_profile::Sample::linux();
/// let [_, size, target, _, pointer] = sample.type_record("task_struct.cred");
/// assert_eq!((size, target, pointer), (4, profile.ty("cred").unwrap().id(), kind::POINTER));
/// # Ok::<(), monitor_api::profile::ProfileError>(())
/// ```
pub const POINTER: u32 = 3;

/// `b` elements of type `a`.
///
/// ```
/// use monitor_api::profile::format::kind;
///
/// let sample = kernel_profile::Sample::linux();
/// // `char comm[16]`
/// let [_, size, _, count, array] = sample.type_record("task_struct.comm");
/// assert_eq!((size, count, array), (16, 16, kind::ARRAY));
/// ```
pub const ARRAY: u32 = 4;

/// A structure: `b` members from member `a` on.
///
/// ```
/// use monitor_api::profile::format::kind;
///
/// let sample = kernel_profile::Sample::linux();
/// // Two members, `next` and `prev`, 8 bytes.
/// let [_, size, _, members, structure] = sample.type_record("list_head");
/// assert_eq!((size, members, structure), (8, 2, kind::STRUCT));
/// ```
pub const STRUCT: u32 = 5;

/// A union: the same.
///
/// ```
/// use monitor_api::profile::format::kind;
///
/// let sample = kernel_profile::Sample::linux();
/// // `union sigval` is an `int` or a pointer at the same place.
/// let [_, size, _, members, union] = sample.type_record("sigval");
/// assert_eq!((size, members, union), (4, 2, kind::UNION));
/// ```
pub const UNION: u32 = 6;

/// An enumeration.
///
/// ```
/// use monitor_api::profile::format::kind;
///
/// let sample = kernel_profile::Sample::linux();
/// let [_, size, _, _, enumeration] = sample.type_record("module.state");
/// assert_eq!((size, enumeration), (4, kind::ENUM));
/// ```
pub const ENUM: u32 = 7;

/// A function.
///
/// ```
/// use monitor_api::profile::{Kind, format::kind};
///
/// # let bytes = kernel_profile::Sample::linux().profile();
/// # let profile = monitor_api::profile::Profile::open(&bytes)?;
/// let sample = kernel_profile::Sample::linux();
/// // `int (*init)(void)`: the pointer's target.
/// let Some(Kind::Pointer(Some(init))) = profile.ty("module").unwrap().member("init").map(|init| init.ty.kind()) else { panic!() };
/// assert!(matches!(init.kind(), Kind::Function));
/// assert_eq!(sample.type_record("module.init")[2], init.id());
/// # Ok::<(), monitor_api::profile::ProfileError>(())
/// ```
pub const FUNCTION: u32 = 8;
