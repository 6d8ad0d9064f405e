//! What a host of monitors must give. Monitors do not use these traits; they see a [`View`](crate::View).

use crate::address::PhysAddr;
use crate::error::AccessError;
use crate::registers::Registers;

/// The guest's memory by physical address.
///
/// ```
/// use monitor_api::{AccessError, Memory, PhysAddr};
///
/// /// Passes on to another host, and counts.
/// struct Counted<M>(M, std::cell::Cell<u32>);
///
/// impl<M: Memory> Memory for Counted<M> {
///     fn read(&self, address: PhysAddr, into: &mut [u8]) -> Result<(), AccessError> {
///         self.1.set(self.1.get() + 1);
///         self.0.read(address, into)
///     }
/// }
///
/// let host = Counted(monitor_api::Image::new(PhysAddr::new(0), &[7]), std::cell::Cell::new(0));
/// let mut byte = [0];
/// host.read(PhysAddr::new(0), &mut byte)?;
/// assert_eq!((byte, host.1.get()), ([7], 1));
/// # Ok::<(), AccessError>(())
/// ```
pub trait Memory {
    /// Fills `into` from `address` on.
    ///
    /// # Errors
    /// [`AccessError::OutOfRange`] when a byte of it is not in the guest's memory, [`AccessError::Host`] when it cannot be
    /// reached. `into` may have been written to.
    ///
    /// ```
    /// use monitor_api::{AccessError, Image, Memory, PhysAddr};
    ///
    /// let host = Image::new(PhysAddr::new(0x0c00_0000), &[1, 2, 3, 4]);
    /// let mut word = [0; 4];
    /// host.read(PhysAddr::new(0x0c00_0000), &mut word)?;
    /// assert_eq!(u32::from_le_bytes(word), 0x0403_0201);
    ///
    /// let (address, length) = (PhysAddr::new(0x0c00_0002), 4); // two bytes too many
    /// assert_eq!(host.read(address, &mut word), Err(AccessError::OutOfRange { address, length }));
    /// # Ok::<(), AccessError>(())
    /// ```
    fn read(&self, address: PhysAddr, into: &mut [u8]) -> Result<(), AccessError>;
}

/// The guest's virtual CPUs.
///
/// ```
/// use monitor_api::{Processors, Registers};
///
/// /// One virtual CPU that is where it begins after a reset.
/// struct Reset;
///
/// impl Processors for Reset {
///     fn count(&self) -> usize { 1 }
///     fn registers(&self, number: usize) -> Option<Registers> {
///         let registers = Registers { pc: 0xa000_0000, sr: 0x7000_00f0, ..Registers::default() };
///         (number == 0).then_some(registers)
///     }
/// }
///
/// assert!(Reset.registers(0).is_some_and(|registers| registers.is_privileged()));
/// assert_eq!(Reset.registers(1), None);
/// ```
pub trait Processors {
    /// How many there are.
    ///
    /// ```
    /// use monitor_api::Processors;
    ///
    /// let host = kernel_profile::Sample::linux();
    /// assert_eq!(host.count(), 2);
    /// // All that it counts it can tell.
    /// assert!((0..host.count()).all(|number| host.registers(number).is_some()));
    /// ```
    fn count(&self) -> usize;

    /// The registers of virtual CPU `number`; `None` if there is none, or if this host cannot tell (a raw memory dump).
    ///
    /// ```
    /// use monitor_api::{Image, PhysAddr, Processors};
    ///
    /// let host = kernel_profile::Sample::linux();
    /// assert_eq!(host.registers(1).map(|registers| registers.pc), Some(0x8c00_2028)); // in `schedule`
    /// assert_eq!(host.registers(2), None);
    /// // A raw dump has memory alone.
    /// assert_eq!(Image::new(PhysAddr::new(0), &[]).registers(0), None);
    /// ```
    fn registers(&self, number: usize) -> Option<Registers>;

    /// VBR of virtual CPU `number`, 0 if the guest has not set it yet; `None` as for [`Processors::registers`]. A host that cannot tell the registers of
    /// a CPU that runs can tell this, where the guest's vectors are its own affair.
    ///
    /// ```
    /// use monitor_api::{Processors, Registers};
    ///
    /// /// A D-Visor, one of whose virtual CPUs runs on another core just now.
    /// struct Busy;
    ///
    /// impl Processors for Busy {
    ///     fn count(&self) -> usize { 1 }
    ///     fn registers(&self, _: usize) -> Option<Registers> { None }
    ///     fn vector_base(&self, number: usize) -> Option<u32> { (number == 0).then_some(0x8c00_3000) }
    /// }
    ///
    /// assert_eq!(Busy.vector_base(0), Some(0x8c00_3000));
    /// // Who knows all registers need not say it twice.
    /// let host = kernel_profile::Sample::linux();
    /// assert_eq!(host.vector_base(0), host.registers(0).map(|registers| registers.vbr));
    /// ```
    fn vector_base(&self, number: usize) -> Option<u32> {
        self.registers(number).map(|registers| registers.vbr)
    }
}

/// The host's clock.
///
/// ```
/// use std::time::Instant;
/// use monitor_api::Clock;
///
/// /// A host on a machine with an operating system.
/// struct Since(Instant);
///
/// impl Clock for Since {
///     fn now(&self) -> u64 { self.0.elapsed().as_nanos() as u64 }
/// }
///
/// let clock = Since(Instant::now());
/// let earlier = clock.now();
/// assert!(earlier <= clock.now());
/// ```
pub trait Clock {
    /// Nanoseconds since some fixed moment, never running backwards. Stands still on a dump.
    ///
    /// ```
    /// use monitor_api::{Clock, Image, PhysAddr};
    ///
    /// assert_eq!(kernel_profile::Sample::linux().now(), 1_000_000);
    /// assert_eq!(Image::new(PhysAddr::new(0), &[]).now(), 0); // stands still
    /// ```
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
    ///
    /// ```
    /// use monitor_api::{AddressSpace, Guest, Image, PhysAddr, profile::Profile};
    ///
    /// # let mut builder = kernel_profile::Builder::new("");
    /// # builder.symbol("jiffies", 0x8c00_0000, 4);
    /// # let profile = builder.finish();
    /// // Memory begins at 0x0c000000; P1 shows it from 0x8c000000 on.
    /// let dump = Image::new(PhysAddr::new(0x0c00_0000), &[7, 0, 0, 0]);
    /// let guest = Guest::attach(&dump, Profile::open(&profile)?)?;
    /// let budget = monitor_api::Budget::bytes(100);
    /// let view = guest.view(&budget);
    /// assert_eq!(view.u32(view.symbol("jiffies")?)?, 7);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn new(start: PhysAddr, bytes: &'a [u8]) -> Self {
        Self { start, bytes }
    }

    /// `length` bytes from `address` on, if all of them are here.
    ///
    /// ```
    /// use monitor_api::{Image, PhysAddr};
    ///
    /// let image = Image::new(PhysAddr::new(0x0c00_0000), b"abcd");
    /// assert_eq!(image.get(PhysAddr::new(0x0c00_0001), 2), Some(&b"bc"[..]));
    /// assert_eq!(image.get(PhysAddr::new(0x0c00_0001), 4), None); // one byte too many
    /// assert_eq!(image.get(PhysAddr::new(0x0bff_ffff), 1), None);
    /// ```
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
