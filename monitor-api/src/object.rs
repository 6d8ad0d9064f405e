//! Typed access: structures of the guest by the names of their members.

use core::fmt;

use crate::address::VirtAddr;
use crate::error::AccessError;
use crate::name::Name;
use crate::profile::{Kind, Member, Type};
use crate::translate::AddressSpace;
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
    pub const fn address(&self) -> VirtAddr {
        self.address
    }

    /// Its type.
    pub const fn ty(&self) -> Type<'a> {
        self.ty
    }

    /// The view it is seen in.
    pub const fn view(&self) -> View<'a> {
        self.view
    }

    /// The same type somewhere else.
    #[must_use]
    pub const fn at(self, address: VirtAddr) -> Self {
        Self { address, ..self }
    }

    /// A member by its path, `se.on_rq`.
    ///
    /// # Errors
    /// [`AccessError::NoField`]; [`AccessError::Unmapped`] if it would lie beyond the address space.
    pub fn field(&self, path: &str) -> Result<Self, AccessError> {
        let member = member(self.ty, path)?;
        let address = self.address.checked_add(member.offset).ok_or(AccessError::Unmapped { address: self.address })?;
        Ok(Self { view: self.view, ty: member.ty, address, bits: member.bits })
    }

    /// An element of an array.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`], [`AccessError::NoElement`].
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
    pub fn length(&self) -> Result<u64, AccessError> {
        match self.ty.kind() {
            Kind::Array(_, count) => Ok(count),
            _ => Err(self.wrong("array")),
        }
    }

    /// The number, pointer or enumerator that it is; signed ones are extended to 64 bits. A structure that is nothing but one
    /// number (`atomic_t`, `kuid_t`) is that number.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] for anything else, and those of [`View::read`].
    pub fn value(&self) -> Result<u64, AccessError> {
        let mut ty = self.ty;
        // atomic_long_t is a structure in a structure; nothing in a kernel is nested more deeply around one number.
        for _ in 0..4 {
            let inner = match ty.kind() {
                Kind::Struct => ty.members().next(),
                _ => break,
            };
            match inner {
                Some(only) if only.offset == 0 && only.ty.size() == ty.size() => ty = only.ty,
                _ => return Err(self.wrong("number")),
            }
        }
        let signed = match ty.kind() {
            Kind::Signed => true,
            Kind::Unsigned | Kind::Pointer(_) | Kind::Enum => false,
            _ => return Err(self.wrong("number")),
        };
        let value = match ty.size() {
            1 => self.view.u8(self.address)?.into(),
            2 => self.view.u16(self.address)?.into(),
            4 => self.view.u32(self.address)?.into(),
            8 => self.view.u64(self.address)?,
            _ => return Err(self.wrong("number")),
        };
        let (low, width) = self.bits.map_or((0, 8 * ty.size() as u32), |(low, width)| (low.into(), width.into()));
        let unused = 64u32.saturating_sub(width).min(63);
        let value = value.checked_shr(low).unwrap_or(0) << unused;
        Ok(if signed { ((value as i64) >> unused) as u64 } else { value >> unused })
    }

    /// The value of a member.
    ///
    /// # Errors
    /// Those of [`Object::field`] and [`Object::value`].
    pub fn get(&self, path: &str) -> Result<u64, AccessError> {
        self.field(path)?.value()
    }

    /// The pointer in a member.
    ///
    /// # Errors
    /// Those of [`Object::field`] and [`View::pointer`]; [`AccessError::WrongKind`].
    pub fn pointer(&self, path: &str) -> Result<VirtAddr, AccessError> {
        let field = self.field(path)?;
        match field.ty.kind() {
            Kind::Pointer(_) => self.view.pointer(field.address),
            _ => Err(field.wrong("pointer")),
        }
    }

    /// What a member points to, with its type. A null pointer is [`AccessError::Unmapped`] at 0 as soon as it is read.
    ///
    /// # Errors
    /// Those of [`Object::pointer`].
    pub fn follow(&self, path: &str) -> Result<Self, AccessError> {
        let field = self.field(path)?;
        match field.ty.kind() {
            Kind::Pointer(Some(ty)) => {
                Ok(Self { view: self.view, ty, address: self.view.pointer(field.address)?, bits: None })
            }
            _ => Err(field.wrong("pointer to a known type")),
        }
    }

    /// The same, `None` for a null pointer.
    ///
    /// # Errors
    /// Those of [`Object::pointer`].
    pub fn follow_some(&self, path: &str) -> Result<Option<Self>, AccessError> {
        Ok(Some(self.follow(path)?).filter(|object| object.address.get() != 0))
    }

    /// What it points to itself, a variable that is a pointer; `None` for a null pointer.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`], and those of [`View::pointer`].
    pub fn target(&self) -> Result<Option<Self>, AccessError> {
        let Kind::Pointer(Some(ty)) = self.ty.kind() else { return Err(self.wrong("pointer to a known type")) };
        let address = self.view.pointer(self.address)?;
        Ok((address.get() != 0).then_some(Self { view: self.view, ty, address, bits: None }))
    }

    /// The text in a member that is an array of characters, cut to 32 bytes.
    ///
    /// # Errors
    /// Those of [`Object::field`] and [`View::read`]; [`AccessError::WrongKind`].
    pub fn name(&self, path: &str) -> Result<Name, AccessError> {
        let field = self.field(path)?;
        let Kind::Array(element, count) = field.ty.kind() else { return Err(field.wrong("array of characters")) };
        if element.size() != 1 {
            return Err(field.wrong("array of characters"));
        }
        let mut bytes = [0; 32];
        let length = usize::try_from(count).unwrap_or(usize::MAX).min(bytes.len());
        self.view.read(field.address, &mut bytes[..length])?;
        Ok(Name::from_bytes(&bytes))
    }

    /// The text that a member points to, cut to 32 bytes.
    ///
    /// # Errors
    /// Those of [`Object::pointer`] and [`View::text`].
    pub fn text(&self, path: &str) -> Result<Name, AccessError> {
        let mut bytes = [0; 32];
        Ok(Name::from_bytes(self.view.text(self.pointer(path)?, &mut bytes)?))
    }

    /// The structure that this is the member `path` of (`container_of`).
    ///
    /// # Errors
    /// [`AccessError::NoType`], [`AccessError::NoField`]; [`AccessError::Unmapped`] if it would begin before address 0.
    pub fn container(&self, ty: &str, path: &str) -> Result<Self, AccessError> {
        let outer = self.view.object(ty, self.address)?;
        let offset = member(outer.ty, path)?.offset;
        let address = self.address.get().checked_sub(offset).ok_or(AccessError::Unmapped { address: self.address })?;
        Ok(outer.at(VirtAddr::new(address)))
    }

    /// The address space of a Linux `task_struct`; `None` for a kernel thread.
    ///
    /// # Errors
    /// Those of [`Object::pointer`].
    pub fn address_space(&self) -> Result<Option<AddressSpace>, AccessError> {
        let Some(mm) = self.follow_some("mm")? else { return Ok(None) };
        Ok(Some(AddressSpace::User { directory: mm.pointer("pgd")? }))
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
