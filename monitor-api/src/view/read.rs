//! Reading memory.

use super::View;
use crate::address::{PhysAddr, VirtAddr};
use crate::error::AccessError;
use crate::translate::{self, AddressSpace, Translation};

impl View<'_> {
    /// Fills `into` from a physical address on.
    ///
    /// # Errors
    /// [`AccessError::OutOfRange`], [`AccessError::Host`], or the budget's.
    ///
    /// ```
    /// use monitor_api::{AccessError, PhysAddr};
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let mut text = [0; 7];
    /// view.read_physical(PhysAddr::new(0x0c00_7000), &mut text)?;
    /// assert_eq!(&text, b"/bin/sh"); // no address space is asked for
    /// let address = PhysAddr::new(0);
    /// assert_eq!(view.read_physical(address, &mut text), Err(AccessError::OutOfRange { address, length: 7 }));
    /// # Ok(()) });
    /// ```
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
    ///
    /// ```
    /// use monitor_api::{AccessError, VirtAddr};
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let mut bytes = [0; 5];
    /// view.read(view.symbol("linux_banner")?, &mut bytes)?;
    /// assert_eq!(&bytes, b"Linux");
    /// // The page at 0xc0000000 is the only one there.
    /// let address = VirtAddr::new(0xc000_1000);
    /// assert_eq!(view.read(VirtAddr::new(0xc000_0ffe), &mut bytes), Err(AccessError::Unmapped { address }));
    /// # Ok(()) });
    /// ```
    pub fn read(&self, address: VirtAddr, into: &mut [u8]) -> Result<(), AccessError> {
        self.read_in(AddressSpace::Kernel, address, into)
    }

    /// Fills `into` from an address of any address space on.
    ///
    /// # Errors
    /// [`AccessError::Unmapped`] with the first address that has no mapping, and those of [`View::read_physical`].
    ///
    /// ```
    /// use monitor_api::{AccessError, AddressSpace, VirtAddr};
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// # let sh = view.object("task_struct", VirtAddr::new(0x8c00_1200))?;
    /// let Some(space) = sh.address_space()? else { panic!("a process") };
    /// let mut path = [0; 7];
    /// view.read_in(space, VirtAddr::new(0x0040_0000), &mut path)?;
    /// assert_eq!(&path, b"/bin/sh");
    /// let address = VirtAddr::new(0x0040_1000); // the next page
    /// assert_eq!(view.read_in(space, address, &mut path), Err(AccessError::Unmapped { address }));
    /// # Ok(()) });
    /// ```
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
    ///
    /// ```
    /// use monitor_api::{AddressSpace, PhysAddr, VirtAddr};
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// // 0x123 bytes into the page at 0xc0000000, which is at 0x0c006000.
    /// let place = view.translate(AddressSpace::Kernel, VirtAddr::new(0xc000_0123))?;
    /// assert_eq!((place.physical, place.bytes), (PhysAddr::new(0x0c00_6123), 4096 - 0x123));
    /// assert!(view.translate(AddressSpace::Kernel, VirtAddr::new(0xc000_1000)).is_err());
    /// # Ok(()) });
    /// ```
    pub fn translate(&self, space: AddressSpace, address: VirtAddr) -> Result<Translation, AccessError> {
        translate::translate(self, space, address)
    }

    /// The byte at a kernel address.
    ///
    /// # Errors
    /// Those of [`View::read`].
    ///
    /// ```
    /// # kernel_profile::Sample::linux().look(|view| {
    /// assert_eq!(view.u8(view.symbol("linux_banner")?)?, b'L');
    /// # Ok(()) });
    /// ```
    pub fn u8(&self, address: VirtAddr) -> Result<u8, AccessError> {
        self.number(address).map(u8::from_le_bytes)
    }

    /// The 16 bits at a kernel address.
    ///
    /// # Errors
    /// Those of [`View::read`], and [`AccessError::Misaligned`].
    ///
    /// ```
    /// use monitor_api::{AccessError, VirtAddr};
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// // The build id's bytes 2 and 3; SH-4A is little-endian here.
    /// assert_eq!(view.u16(VirtAddr::new(0x8c00_0082))?, 0x0302);
    /// let address = VirtAddr::new(0x8c00_0081);
    /// assert_eq!(view.u16(address), Err(AccessError::Misaligned { address, size: 2 }));
    /// # Ok(()) });
    /// ```
    pub fn u16(&self, address: VirtAddr) -> Result<u16, AccessError> {
        self.number(address).map(u16::from_le_bytes)
    }

    /// The 32 bits at a kernel address.
    ///
    /// # Errors
    /// Those of [`View::read`], and [`AccessError::Misaligned`].
    ///
    /// ```
    /// use monitor_api::{AccessError, VirtAddr};
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let counter = view.symbol("jiffies_seq")?;
    /// assert_eq!(view.u32(counter)?, 4);
    /// let address = VirtAddr::new(counter.get() + 2);
    /// assert_eq!(view.u32(address), Err(AccessError::Misaligned { address, size: 4 }));
    /// # Ok(()) });
    /// ```
    pub fn u32(&self, address: VirtAddr) -> Result<u32, AccessError> {
        self.number(address).map(u32::from_le_bytes)
    }

    /// The 64 bits at a kernel address (aligned to 4, as on SH).
    ///
    /// # Errors
    /// Those of [`View::read`], and [`AccessError::Misaligned`].
    ///
    /// ```
    /// use monitor_api::VirtAddr;
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// assert_eq!(view.u64(view.symbol("jiffies_64")?)?, 0xffff_8ad0);
    /// // `se.vruntime` lies at 60 in a task, no multiple of 8.
    /// assert_eq!(view.u64(VirtAddr::new(0x8c00_1200 + 60))?, 20);
    /// # Ok(()) });
    /// ```
    pub fn u64(&self, address: VirtAddr) -> Result<u64, AccessError> {
        self.number(address).map(u64::from_le_bytes)
    }

    /// The pointer at a kernel address.
    ///
    /// # Errors
    /// Those of [`View::read`], and [`AccessError::Misaligned`].
    ///
    /// ```
    /// # kernel_profile::Sample::linux().look(|view| {
    /// // The head of a list that is not empty leads to an element.
    /// let head = view.symbol("modules")?;
    /// assert_eq!(view.pointer(head)?.get(), 0x8c00_9704); // the link of `loop`
    /// # Ok(()) });
    /// ```
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
    ///
    /// ```
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let mut into = [0; 64];
    /// assert_eq!(view.text(view.symbol("linux_banner")?, &mut into)?, b"Linux version 6.1.0 (sample)\n");
    /// // As much as there is room for.
    /// assert_eq!(view.text(view.symbol("linux_banner")?, &mut into[..5])?, b"Linux");
    /// # Ok(()) });
    /// ```
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
}
