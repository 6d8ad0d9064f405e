//! What a monitor sees of a guest.

use core::fmt;

use crate::address::{PhysAddr, VirtAddr};
use crate::budget::Budget;
use crate::error::AccessError;
use crate::host::Host;
use crate::name::Name;
use crate::object::Object;
use crate::profile::Profile;
use crate::registers::Registers;
use crate::translate::{self, AddressSpace, Translation};

/// A guest as a monitor sees it: read-only, while the guest runs on. What is read in two accesses may come from two moments; see
/// [`View::stable`] and [`View::sequenced`].
///
/// ```
/// use monitor_api::{AccessError, Budget, Guest, Image, PhysAddr, VirtAddr, View, profile::Profile};
///
/// fn jiffies(view: &View<'_>) -> Result<u32, AccessError> {
///     view.u32(view.symbol("jiffies")?)
/// }
///
/// # let mut builder = kernel_profile::Builder::new("");
/// # builder.symbol("jiffies", 0x8c00_0004, 4);
/// # let profile = builder.finish();
/// let host = Image::new(PhysAddr::new(0x0c00_0000), &[0, 0, 0, 0, 7, 0, 0, 0]);
/// let guest = Guest::attach(&host, Profile::open(&profile)?)?;
/// let budget = Budget::bytes(100);
/// let view = guest.view(&budget);
/// assert_eq!(jiffies(&view), Ok(7));
/// assert_eq!(view.u32(VirtAddr::new(0x8c00_0006)), Err(AccessError::Misaligned { address: VirtAddr::new(0x8c00_0006), size: 4 }));
/// assert!(matches!(view.u32(VirtAddr::new(0x8c00_0008)), Err(AccessError::OutOfRange { .. })));
/// assert!(matches!(view.symbol("jiffy"), Err(AccessError::NoSymbol { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct View<'a> {
    host: &'a dyn Host,
    profile: Profile<'a>,
    budget: &'a Budget,
}

impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View").field("profile", &self.profile).field("budget", self.budget).finish_non_exhaustive()
    }
}

impl<'a> View<'a> {
    pub(crate) const fn new(host: &'a dyn Host, profile: Profile<'a>, budget: &'a Budget) -> Self {
        Self { host, profile, budget }
    }

    /// The profile of the guest's kernel.
    pub const fn profile(&self) -> Profile<'a> {
        self.profile
    }

    /// What is left to spend in this step.
    pub const fn budget(&self) -> &'a Budget {
        self.budget
    }

    /// Nanoseconds of the host's clock.
    pub fn now(&self) -> u64 {
        self.host.now()
    }

    /// Number of virtual CPUs whose registers the host can tell.
    pub fn vcpus(&self) -> usize {
        self.host.count()
    }

    /// The registers of a virtual CPU.
    pub fn registers(&self, vcpu: usize) -> Option<Registers> {
        self.host.registers(vcpu)
    }

    /// Fills `into` from a physical address on.
    ///
    /// # Errors
    /// [`AccessError::OutOfRange`], [`AccessError::Host`], or the budget's.
    pub fn read_physical(&self, address: PhysAddr, into: &mut [u8]) -> Result<(), AccessError> {
        self.budget.charge(into.len() as u64)?;
        if self.budget.wants_time() {
            self.budget.check_time(self.host.now())?;
        }
        self.host.read(address, into)
    }

    /// Fills `into` from a kernel address on.
    ///
    /// # Errors
    /// Those of [`View::read_in`].
    pub fn read(&self, address: VirtAddr, into: &mut [u8]) -> Result<(), AccessError> {
        self.read_in(AddressSpace::Kernel, address, into)
    }

    /// Fills `into` from an address of any address space on.
    ///
    /// # Errors
    /// [`AccessError::Unmapped`] with the first address that has no mapping, and those of [`View::read_physical`].
    pub fn read_in(&self, space: AddressSpace, address: VirtAddr, into: &mut [u8]) -> Result<(), AccessError> {
        let (mut at, mut rest) = (address, into);
        while !rest.is_empty() {
            let place = self.translate(space, at)?;
            let piece = rest.len().min(usize::try_from(place.bytes).unwrap_or(usize::MAX));
            let (now, later) = rest.split_at_mut(piece);
            self.read_physical(place.physical, now)?;
            rest = later;
            if !rest.is_empty() {
                at = at.checked_add(piece as u64).ok_or(AccessError::Unmapped { address: at })?;
            }
        }
        Ok(())
    }

    /// Where an address leads: through the guest's own page tables where it is translated by them.
    ///
    /// # Errors
    /// [`AccessError::Unmapped`], and those of reading the tables.
    pub fn translate(&self, space: AddressSpace, address: VirtAddr) -> Result<Translation, AccessError> {
        translate::translate(self, space, address)
    }

    /// The byte at a kernel address.
    ///
    /// # Errors
    /// Those of [`View::read`].
    pub fn u8(&self, address: VirtAddr) -> Result<u8, AccessError> {
        self.number(address).map(u8::from_le_bytes)
    }

    /// The 16 bits at a kernel address.
    ///
    /// # Errors
    /// Those of [`View::read`], and [`AccessError::Misaligned`].
    pub fn u16(&self, address: VirtAddr) -> Result<u16, AccessError> {
        self.number(address).map(u16::from_le_bytes)
    }

    /// The 32 bits at a kernel address.
    ///
    /// # Errors
    /// Those of [`View::read`], and [`AccessError::Misaligned`].
    pub fn u32(&self, address: VirtAddr) -> Result<u32, AccessError> {
        self.number(address).map(u32::from_le_bytes)
    }

    /// The 64 bits at a kernel address (aligned to 4, as on SH).
    ///
    /// # Errors
    /// Those of [`View::read`], and [`AccessError::Misaligned`].
    pub fn u64(&self, address: VirtAddr) -> Result<u64, AccessError> {
        self.number(address).map(u64::from_le_bytes)
    }

    /// The pointer at a kernel address.
    ///
    /// # Errors
    /// Those of [`View::read`], and [`AccessError::Misaligned`].
    pub fn pointer(&self, address: VirtAddr) -> Result<VirtAddr, AccessError> {
        if self.profile.pointer_size() == 8 {
            self.u64(address).map(VirtAddr::new)
        } else {
            self.u32(address).map(|pointer| VirtAddr::new(pointer.into()))
        }
    }

    fn number<const N: usize>(&self, address: VirtAddr) -> Result<[u8; N], AccessError> {
        if !address.is_aligned(N.min(4) as u64) {
            return Err(AccessError::Misaligned { address, size: N as u8 });
        }
        let mut bytes = [0; N];
        self.read(address, &mut bytes)?;
        Ok(bytes)
    }

    /// The text at a kernel address: up to a zero byte, or as much as `into` takes, or until memory ends.
    ///
    /// # Errors
    /// Those of [`View::read`], if not even the first byte is there.
    pub fn text<'b>(&self, address: VirtAddr, into: &'b mut [u8]) -> Result<&'b [u8], AccessError> {
        const PIECE: usize = 16;
        let (mut length, total) = (0, into.len());
        while length < total {
            let Some(at) = address.checked_add(length as u64) else { break };
            // Up to a multiple of 16, so that a text at the end of a page does not need the next one.
            let piece = (PIECE - at.get() as usize % PIECE).min(total - length);
            match self.read(at, &mut into[length..length + piece]) {
                Err(error) if length == 0 => return Err(error),
                Err(_) => break,
                Ok(()) => {}
            }
            if let Some(end) = into[length..length + piece].iter().position(|byte| *byte == 0) {
                return Ok(&into[..length + end]);
            }
            length += piece;
        }
        Ok(&into[..length])
    }

    /// The address of a symbol.
    ///
    /// # Errors
    /// [`AccessError::NoSymbol`].
    pub fn symbol(&self, name: &str) -> Result<VirtAddr, AccessError> {
        let symbol = self.profile.symbol(name).ok_or(AccessError::NoSymbol { name: Name::new(name) })?;
        Ok(symbol.address)
    }

    /// A variable of the kernel, with the type that its debug information gives it.
    ///
    /// # Errors
    /// [`AccessError::NoSymbol`]; [`AccessError::NoType`] if the variable's type is not known.
    pub fn global(&self, name: &str) -> Result<Object<'a>, AccessError> {
        let symbol = self.profile.symbol(name).ok_or(AccessError::NoSymbol { name: Name::new(name) })?;
        let ty = symbol.ty.ok_or(AccessError::NoType { name: Name::new(name) })?;
        Ok(Object::new(*self, ty, symbol.address))
    }

    /// What lies at `address`, if it is a `ty`.
    ///
    /// # Errors
    /// [`AccessError::NoType`].
    pub fn object(&self, ty: &str, address: VirtAddr) -> Result<Object<'a>, AccessError> {
        let ty = self.profile.ty(ty).ok_or(AccessError::NoType { name: Name::new(ty) })?;
        Ok(Object::new(*self, ty, address))
    }

    /// CPU `cpu`'s copy of a per-CPU variable; in a kernel for one CPU, the variable.
    ///
    /// # Errors
    /// Those of [`View::global`]; [`AccessError::NoElement`] for a CPU that the kernel was not built for.
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
    pub fn online_cpus(&self) -> Result<u64, AccessError> {
        match self.profile.symbol("__cpu_online_mask") {
            Some(mask) => self.u32(mask.address).map(u64::from),
            None => Ok(1),
        }
    }
}
