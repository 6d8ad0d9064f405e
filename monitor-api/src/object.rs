//! Typed access: structures of the guest by the names of their members.

mod values;

use core::fmt;

use crate::address::VirtAddr;
use crate::error::AccessError;
use crate::name::Name;
use crate::profile::{Kind, Member, Type};
use crate::view::View;

/// Something of a known type at an address of the guest. Only what is asked for is read, and each time anew.
///
/// ```
/// use monitor_api::{AccessError, Object};
///
/// fn describe(task: Object<'_>) -> Result<(u64, u64), AccessError> {
///     let cred = task.follow("cred")?;
///     Ok((task.get("pid")?, cred.get("uid")?))
/// }
/// # use monitor_api::{Budget, Guest, Image, PhysAddr, profile::Profile};
/// # let mut builder = kernel_profile::Builder::new("");
/// # let cred = builder.structure("cred", 8, &[("usage", 0, 4), ("uid", 4, 4)]);
/// # let to_cred = builder.pointer(cred);
/// # let task = builder.structure("task_struct", 8, &[("pid", 0, 4)]);
/// # builder.member(task, "cred", 4, to_cred);
/// # builder.variable("init_task", 0x8c00_0000, 8, task);
/// # let profile = builder.finish();
/// # let memory = [7, 0, 0, 0, 8, 0, 0, 0x8c, 1, 0, 0, 0, 42, 0, 0, 0];
/// # let host = Image::new(PhysAddr::new(0x0c00_0000), &memory);
/// # let guest = Guest::attach(&host, Profile::open(&profile)?)?;
/// # let budget = Budget::bytes(1000);
/// # let view = guest.view(&budget);
/// let init = view.global("init_task")?;
/// assert_eq!(describe(init), Ok((7, 42)));
/// assert_eq!(init.get("uid").unwrap_err().to_string(), "task_struct has no field uid");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Object<'a> {
    view: View<'a>,
    ty: Type<'a>,
    address: VirtAddr,
    /// Lowest bit and width of a bit field.
    bits: Option<(u8, u8)>,
}

impl fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.ty.name(), self.address)
    }
}

impl<'a> Object<'a> {
    pub(crate) const fn new(view: View<'a>, ty: Type<'a>, address: VirtAddr) -> Self {
        Self { view, ty, address, bits: None }
    }

    /// Where it is.
    ///
    /// ```
    /// use monitor_api::VirtAddr;
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let init = view.global("init_task")?;
    /// assert_eq!(init.address(), VirtAddr::new(0x8c00_1000));
    /// assert_eq!(init.field("pid")?.address(), VirtAddr::new(0x8c00_1004)); // `pid` lies at 4
    /// # Ok(()) });
    /// ```
    pub const fn address(&self) -> VirtAddr {
        self.address
    }

    /// Its type.
    ///
    /// ```
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let mm = view.global("init_task")?.field("mm")?;
    /// assert_eq!(mm.ty().size(), 4); // a pointer
    /// assert_eq!(view.global("init_task")?.ty().name(), "task_struct");
    /// # Ok(()) });
    /// ```
    pub const fn ty(&self) -> Type<'a> {
        self.ty
    }

    /// The view it is seen in.
    ///
    /// ```
    /// use monitor_api::{AccessError, Object};
    ///
    /// /// What an object does not do itself: 16 bytes of what it is.
    /// fn bytes(object: Object<'_>) -> Result<[u8; 16], AccessError> {
    ///     let mut bytes = [0; 16];
    ///     object.view().read(object.address(), &mut bytes)?;
    ///     Ok(bytes)
    /// }
    /// # kernel_profile::Sample::linux().look(|view| {
    /// assert!(bytes(view.global("init_task")?.field("comm")?)?.starts_with(b"swapper\0"));
    /// # Ok(()) });
    /// ```
    pub const fn view(&self) -> View<'a> {
        self.view
    }

    /// The same type somewhere else.
    ///
    /// ```
    /// use monitor_api::VirtAddr;
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let swapper = view.global("init_task")?;
    /// let init = swapper.at(VirtAddr::new(0x8c00_1100));
    /// assert_eq!((swapper.get("pid")?, init.get("pid")?), (0, 1));
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub const fn at(self, address: VirtAddr) -> Self {
        Self { address, ..self }
    }

    /// A member by its path, `se.on_rq`.
    ///
    /// # Errors
    /// [`AccessError::NoField`]; [`AccessError::Unmapped`] if it would lie beyond the address space.
    ///
    /// ```
    /// use monitor_api::{AccessError, Name};
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let init = view.global("init_task")?;
    /// // `se` lies at 44 in a task, `vruntime` at 16 in `se`.
    /// assert_eq!(init.field("se.vruntime")?.address().get(), 0x8c00_1000 + 44 + 16);
    /// let (of, field) = (Name::new("sched_entity"), Name::new("runtime"));
    /// assert_eq!(init.field("se.runtime").err(), Some(AccessError::NoField { of, field }));
    /// # Ok(()) });
    /// ```
    pub fn field(&self, path: &str) -> Result<Self, AccessError> {
        let member = member(self.ty, path)?;
        let address = self.address.checked_add(member.offset).ok_or(AccessError::Unmapped { address: self.address })?;
        Ok(Self { view: self.view, ty: member.ty, address, bits: member.bits })
    }

    /// An element of an array.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`], [`AccessError::NoElement`].
    ///
    /// ```
    /// use monitor_api::AccessError;
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let chains = view.global("pid_hash")?;
    /// assert_eq!(chains.element(1)?.address().get(), 0x8c00_9304); // a chain's head is a pointer
    /// assert_eq!(chains.element(2).err(), Some(AccessError::NoElement { index: 2, count: 2 }));
    /// # Ok(()) });
    /// ```
    pub fn element(&self, index: u64) -> Result<Self, AccessError> {
        let Kind::Array(ty, count) = self.ty.kind() else { return Err(self.wrong("array")) };
        let none = AccessError::NoElement { index, count };
        if index >= count {
            return Err(none);
        }
        let address = self.address.checked_add(index.checked_mul(ty.size()).ok_or(none)?).ok_or(none)?;
        Ok(Self { view: self.view, ty, address, bits: None })
    }

    /// How many elements the array has.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`].
    ///
    /// ```
    /// use monitor_api::AccessError;
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// assert_eq!(view.global("init_task")?.field("comm")?.length()?, 16); // TASK_COMM_LEN
    /// assert!(matches!(view.global("init_task")?.length(), Err(AccessError::WrongKind { wanted: "array", .. })));
    /// # Ok(()) });
    /// ```
    pub fn length(&self) -> Result<u64, AccessError> {
        match self.ty.kind() {
            Kind::Array(_, count) => Ok(count),
            _ => Err(self.wrong("array")),
        }
    }

    /// The structure that this is the member `path` of (`container_of`).
    ///
    /// # Errors
    /// [`AccessError::NoType`], [`AccessError::NoField`]; [`AccessError::Unmapped`] if it would begin before address 0.
    ///
    /// ```
    /// use monitor_api::VirtAddr;
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// // From an entry of the scheduler's tree to the task that it is in.
    /// let root = view.per_cpu("runqueues", 1)?.field("tasks_timeline")?.address();
    /// let first = view.tree(root, "sched_entity", "run_node")?.next().unwrap()?;
    /// let task = first.container("task_struct", "se")?;
    /// assert_eq!((task.name("comm")?.as_str(), task.address()), ("init", VirtAddr::new(0x8c00_1100)));
    /// # Ok(()) });
    /// ```
    pub fn container(&self, ty: &str, path: &str) -> Result<Self, AccessError> {
        let outer = self.view.object(ty, self.address)?;
        let offset = member(outer.ty, path)?.offset;
        let address = self.address.get().checked_sub(offset).ok_or(AccessError::Unmapped { address: self.address })?;
        Ok(outer.at(VirtAddr::new(address)))
    }

    fn wrong(&self, wanted: &'static str) -> AccessError {
        AccessError::WrongKind { of: kind_name(self.ty), wanted }
    }
}

/// A member by its path, or the error that names what is missing.
pub(crate) fn member<'a>(ty: Type<'a>, path: &str) -> Result<Member<'a>, AccessError> {
    ty.path(path).map_err(|(ty, field)| AccessError::NoField { of: kind_name(ty), field: Name::new(field) })
}

fn kind_name(ty: Type<'_>) -> Name {
    let unnamed = match ty.kind() {
        Kind::Pointer(_) => "pointer",
        Kind::Array(..) => "array",
        Kind::Unsigned | Kind::Signed => "number",
        Kind::Function => "function",
        _ => "unnamed type",
    };
    Name::new(if ty.name().is_empty() { unnamed } else { ty.name() })
}
