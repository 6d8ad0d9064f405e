//! What has a name in the profile.

use super::View;
use crate::address::VirtAddr;
use crate::error::AccessError;
use crate::name::Name;
use crate::object::Object;

impl<'a> View<'a> {
    /// The address of a symbol.
    ///
    /// # Errors
    /// [`AccessError::NoSymbol`].
    ///
    /// ```
    /// use monitor_api::{AccessError, Name, VirtAddr};
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// assert_eq!(view.symbol("schedule"), Ok(VirtAddr::new(0x8c00_2020)));
    /// assert_eq!(view.symbol("reschedule"), Err(AccessError::NoSymbol { name: Name::new("reschedule") }));
    /// # Ok(()) });
    /// ```
    pub fn symbol(&self, name: &str) -> Result<VirtAddr, AccessError> {
        let symbol = self.profile.symbol(name).ok_or(AccessError::NoSymbol { name: Name::new(name) })?;
        Ok(symbol.address)
    }

    /// A variable of the kernel, with the type that its debug information gives it.
    ///
    /// # Errors
    /// [`AccessError::NoSymbol`]; [`AccessError::NoType`] if the variable's type is not known.
    ///
    /// ```
    /// use monitor_api::{AccessError, Name};
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// assert_eq!(view.global("init_task")?.get("pid")?, 0);
    /// // A function is no variable: `symbol` knows where it is, no type says what.
    /// assert_eq!(view.global("schedule").err(), Some(AccessError::NoType { name: Name::new("schedule") }));
    /// # Ok(()) });
    /// ```
    pub fn global(&self, name: &str) -> Result<Object<'a>, AccessError> {
        let symbol = self.profile.symbol(name).ok_or(AccessError::NoSymbol { name: Name::new(name) })?;
        let ty = symbol.ty.ok_or(AccessError::NoType { name: Name::new(name) })?;
        Ok(Object::new(*self, ty, symbol.address))
    }

    /// What lies at `address`, if it is a `ty`.
    ///
    /// # Errors
    /// [`AccessError::NoType`].
    ///
    /// ```
    /// use monitor_api::{AccessError, Name, VirtAddr};
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// // Not asked whether it is one.
    /// let task = view.object("task_struct", VirtAddr::new(0x8c00_1200))?;
    /// assert_eq!(task.get("pid")?, 42);
    /// let other = view.object("task", VirtAddr::new(0x8c00_1200));
    /// assert_eq!(other.err(), Some(AccessError::NoType { name: Name::new("task") }));
    /// # Ok(()) });
    /// ```
    pub fn object(&self, ty: &str, address: VirtAddr) -> Result<Object<'a>, AccessError> {
        let ty = self.profile.ty(ty).ok_or(AccessError::NoType { name: Name::new(ty) })?;
        Ok(Object::new(*self, ty, address))
    }

    /// CPU `cpu`'s copy of a per-CPU variable; in a kernel for one CPU, the variable.
    ///
    /// # Errors
    /// Those of [`View::global`]; [`AccessError::NoElement`] for a CPU that the kernel was not built for.
    ///
    /// ```
    /// use monitor_api::AccessError;
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let running = |cpu| view.per_cpu("runqueues", cpu)?.get("nr_running");
    /// assert_eq!((running(0)?, running(1)?), (1, 2));
    /// assert_eq!(running(2), Err(AccessError::NoElement { index: 2, count: 2 }));
    /// # Ok(()) });
    /// ```
    pub fn per_cpu(&self, name: &str, cpu: usize) -> Result<Object<'a>, AccessError> {
        let variable = self.global(name)?;
        let Some(offsets) = self.profile.symbol("__per_cpu_offset") else {
            let none = AccessError::NoElement { index: cpu as u64, count: 1 };
            return if cpu == 0 { Ok(variable) } else { Err(none) };
        };
        let size = u64::from(self.profile.pointer_size());
        let count = offsets.size / size;
        let none = AccessError::NoElement { index: cpu as u64, count };
        if cpu as u64 >= count {
            return Err(none);
        }
        let offset = self.pointer(offsets.address.checked_add(cpu as u64 * size).ok_or(none)?)?.get();
        let mask = if size == 8 { u64::MAX } else { u32::MAX.into() };
        Ok(variable.at(VirtAddr::new(variable.address().get().wrapping_add(offset) & mask)))
    }

    /// The CPUs that a Linux kernel uses, a bit each; CPU 0 if it was built for one.
    ///
    /// # Errors
    /// Those of [`View::read`].
    ///
    /// ```
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let online = view.online_cpus()?;
    /// let running: Result<u64, _> = (0..64).filter(|cpu| online >> cpu & 1 != 0).map(|cpu| view.per_cpu("runqueues", cpu)?.get("nr_running")).sum();
    /// assert_eq!(running, Ok(3)); // one and two on CPUs 0 and 1
    /// # Ok(()) });
    /// ```
    pub fn online_cpus(&self) -> Result<u64, AccessError> {
        match self.profile.symbol("__cpu_online_mask") {
            Some(mask) => self.u32(mask.address).map(u64::from),
            None => Ok(1),
        }
    }
}
