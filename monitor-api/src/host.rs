//! What a host of monitors must give. Monitors do not use these traits; they see a [`View`](crate::View).

use crate::address::PhysAddr;
use crate::error::AccessError;
use crate::registers::Registers;

/// The guest's memory by physical address.
pub trait Memory {
    /// Fills `into` from `address` on.
    ///
    /// # Errors
    /// [`AccessError::OutOfRange`] when a byte of it is not in the guest's memory, [`AccessError::Host`] when it cannot be
    /// reached. `into` may have been written to.
    fn read(&self, address: PhysAddr, into: &mut [u8]) -> Result<(), AccessError>;
}

/// The guest's virtual CPUs.
pub trait Processors {
    /// How many there are.
    fn count(&self) -> usize;

    /// The registers of virtual CPU `number`; `None` if there is none, or if this host cannot tell (a raw memory dump).
    fn registers(&self, number: usize) -> Option<Registers>;
}

/// The host's clock.
pub trait Clock {
    /// Nanoseconds since some fixed moment, never running backwards. Stands still on a dump.
    fn now(&self) -> u64;
}

/// A host: a D-Visor, an emulator, a dump, a debugger's stub. All methods take `&self`: a host that needs to change something
/// (a connection, a cache) does so inside.
///
/// ```
/// use monitor_api::{AccessError, Clock, Host, Memory, PhysAddr, Processors, Registers};
///
/// /// One page of zeros at 0.
/// struct Nothing;
///
/// impl Memory for Nothing {
///     fn read(&self, address: PhysAddr, into: &mut [u8]) -> Result<(), AccessError> {
///         let length = into.len() as u64;
///         if address.checked_add(length).is_none_or(|end| end.get() > 4096) {
///             return Err(AccessError::OutOfRange { address, length });
///         }
///         into.fill(0);
///         Ok(())
///     }
/// }
///
/// impl Processors for Nothing {
///     fn count(&self) -> usize { 0 }
///     fn registers(&self, _: usize) -> Option<Registers> { None }
/// }
///
/// impl Clock for Nothing {
///     fn now(&self) -> u64 { 0 }
/// }
///
/// let host: &dyn Host = &Nothing;
/// assert!(host.read(PhysAddr::new(4090), &mut [0; 8]).is_err());
/// ```
pub trait Host: Memory + Processors + Clock {}

impl<T: Memory + Processors + Clock + ?Sized> Host for T {}

/// The smallest host: one piece of memory that never changes, no virtual CPU. For raw dumps, examples and tests.
///
/// ```
/// use monitor_api::{Image, Memory, PhysAddr};
///
/// let image = Image::new(PhysAddr::new(0x0c00_0000), &[1, 2, 3, 4]);
/// let mut two = [0; 2];
/// image.read(PhysAddr::new(0x0c00_0001), &mut two).unwrap();
/// assert_eq!(two, [2, 3]);
/// assert!(image.read(PhysAddr::new(0x0c00_0003), &mut two).is_err());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    start: PhysAddr,
    bytes: &'a [u8],
}

impl<'a> Image<'a> {
    /// `bytes` are the guest's memory from `start` on.
    pub const fn new(start: PhysAddr, bytes: &'a [u8]) -> Self {
        Self { start, bytes }
    }

    /// `length` bytes from `address` on, if all of them are here.
    pub fn get(&self, address: PhysAddr, length: usize) -> Option<&'a [u8]> {
        let from = usize::try_from(address.checked_offset_from(self.start)?).ok()?;
        self.bytes.get(from..from.checked_add(length)?)
    }
}

impl Memory for Image<'_> {
    fn read(&self, address: PhysAddr, into: &mut [u8]) -> Result<(), AccessError> {
        let length = into.len();
        let bytes = self.get(address, length).ok_or(AccessError::OutOfRange { address, length: length as u64 })?;
        into.copy_from_slice(bytes);
        Ok(())
    }
}

impl Processors for Image<'_> {
    fn count(&self) -> usize {
        0
    }

    fn registers(&self, _number: usize) -> Option<Registers> {
        None
    }
}

impl Clock for Image<'_> {
    fn now(&self) -> u64 {
        0
    }
}
