//! What is read of an object: numbers, pointers, texts.

use super::Object;
use crate::address::VirtAddr;
use crate::error::AccessError;
use crate::name::Name;
use crate::profile::Kind;
use crate::translate::AddressSpace;

impl Object<'_> {
    /// The number, pointer or enumerator that it is; signed ones are extended to 64 bits. A structure that is nothing but one
    /// number (`atomic_t`, `kuid_t`) is that number.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] for anything else, and those of [`View::read`](crate::View::read).
    ///
    /// ```
    /// use monitor_api::VirtAddr;
    ///
    /// # let mut sample = kernel_profile::Sample::linux();
    /// # sample.put(0x8c00_1004, -1i32 as u32);
    /// # sample.look(|view| {
    /// assert_eq!(view.global("jiffies_64")?.value()?, 0xffff_8ad0);
    /// let sh = view.object("task_struct", VirtAddr::new(0x8c00_1200))?;
    /// assert_eq!(sh.field("in_iowait")?.value()?, 1); // bit 1 of a word that is 2
    /// assert_eq!(sh.field("cred")?.value()?, 0x8c00_1808);
    /// // `pid` is signed; a guest that writes -1 there gives -1.
    /// assert_eq!(view.global("init_task")?.field("pid")?.value()? as i64, -1);
    /// assert!(sh.value().is_err()); // a whole task is no number
    /// # Ok(()) });
    /// ```
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
    ///
    /// ```
    /// use monitor_api::VirtAddr;
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let sh = view.object("task_struct", VirtAddr::new(0x8c00_1200))?;
    /// assert_eq!((sh.get("pid")?, sh.get("se.vruntime")?), (42, 20));
    /// // `atomic_t` and `kuid_t` are structures around one number.
    /// assert_eq!((sh.get("usage")?, sh.follow("cred")?.get("uid")?), (2, 1000));
    /// # Ok(()) });
    /// ```
    pub fn get(&self, path: &str) -> Result<u64, AccessError> {
        self.field(path)?.value()
    }

    /// The pointer in a member.
    ///
    /// # Errors
    /// Those of [`Object::field`] and [`View::pointer`](crate::View::pointer); [`AccessError::WrongKind`].
    ///
    /// ```
    /// use monitor_api::{AccessError, VirtAddr};
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let init = view.global("init_task")?;
    /// assert_eq!(init.pointer("parent")?, init.address()); // nobody else made it
    /// assert_eq!(init.pointer("mm")?, VirtAddr::new(0));
    /// assert!(matches!(init.pointer("pid"), Err(AccessError::WrongKind { wanted: "pointer", .. })));
    /// # Ok(()) });
    /// ```
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
    ///
    /// ```
    /// use monitor_api::{AccessError, VirtAddr};
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let sh = view.object("task_struct", VirtAddr::new(0x8c00_1200))?;
    /// assert_eq!(sh.follow("parent")?.name("comm")?.as_str(), "init");
    /// // `swapper` has no address space.
    /// let none = view.global("init_task")?.follow("mm")?;
    /// assert_eq!(none.get("pgd"), Err(AccessError::Unmapped { address: VirtAddr::new(0) }));
    /// # Ok(()) });
    /// ```
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
    ///
    /// ```
    /// use monitor_api::VirtAddr;
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let sh = view.object("task_struct", VirtAddr::new(0x8c00_1200))?;
    /// assert!(sh.follow_some("mm")?.is_some());
    /// assert!(view.global("init_task")?.follow_some("mm")?.is_none()); // a kernel thread
    /// # Ok(()) });
    /// ```
    pub fn follow_some(&self, path: &str) -> Result<Option<Self>, AccessError> {
        Ok(Some(self.follow(path)?).filter(|object| object.address.get() != 0))
    }

    /// What it points to itself, a variable that is a pointer; `None` for a null pointer.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`], and those of [`View::pointer`](crate::View::pointer).
    ///
    /// ```
    /// # kernel_profile::Sample::linux().look(|view| {
    /// // struct file_system_type *file_systems; each leads to the next.
    /// let mut names = Vec::new();
    /// let mut next = view.global("file_systems")?.target()?;
    /// while let Some(file_system) = next {
    ///     names.push(file_system.text("name")?.to_string());
    ///     next = file_system.follow_some("next")?;
    /// }
    /// assert_eq!(names, ["ext2"]);
    /// # Ok(()) });
    /// ```
    pub fn target(&self) -> Result<Option<Self>, AccessError> {
        let Kind::Pointer(Some(ty)) = self.ty.kind() else { return Err(self.wrong("pointer to a known type")) };
        let address = self.view.pointer(self.address)?;
        Ok((address.get() != 0).then_some(Self { view: self.view, ty, address, bits: None }))
    }

    /// The text in a member that is an array of characters, cut to 32 bytes.
    ///
    /// # Errors
    /// Those of [`Object::field`] and [`View::read`](crate::View::read); [`AccessError::WrongKind`].
    ///
    /// ```
    /// use monitor_api::AccessError;
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// assert_eq!(view.global("init_task")?.name("comm")?.as_str(), "swapper");
    /// // An array holds this one; a name behind a pointer is read with `text`.
    /// assert!(matches!(view.global("ext2_fs_type")?.name("name"), Err(AccessError::WrongKind { .. })));
    /// # Ok(()) });
    /// ```
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
    /// Those of [`Object::pointer`] and [`View::text`](crate::View::text).
    ///
    /// ```
    /// # kernel_profile::Sample::linux().look(|view| {
    /// // const char *name
    /// assert_eq!(view.global("ext2_fs_type")?.text("name")?.as_str(), "ext2");
    /// # Ok(()) });
    /// ```
    pub fn text(&self, path: &str) -> Result<Name, AccessError> {
        let mut bytes = [0; 32];
        Ok(Name::from_bytes(self.view.text(self.pointer(path)?, &mut bytes)?))
    }

    /// The address space of a Linux `task_struct`; `None` for a kernel thread.
    ///
    /// # Errors
    /// Those of [`Object::pointer`].
    ///
    /// ```
    /// use monitor_api::{AddressSpace, VirtAddr};
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let sh = view.object("task_struct", VirtAddr::new(0x8c00_1200))?;
    /// // Where `mm->pgd` points to.
    /// assert_eq!(sh.address_space()?, Some(AddressSpace::User { directory: VirtAddr::new(0x8c00_4000) }));
    /// assert_eq!(view.global("init_task")?.address_space()?, None);
    /// # Ok(()) });
    /// ```
    pub fn address_space(&self) -> Result<Option<AddressSpace>, AccessError> {
        let Some(mm) = self.follow_some("mm")? else { return Ok(None) };
        Ok(Some(AddressSpace::User { directory: mm.pointer("pgd")? }))
    }
}
