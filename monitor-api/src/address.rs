//! Addresses in a guest. They have no `+` and no `-`: what can overflow says so. 64 bits, so that the API outlives 32-bit guests.

use core::fmt;

/// An address as the guest's own code uses it.
///
/// ```
/// use monitor_api::VirtAddr;
///
/// // The kernel's text, in the segment P1.
/// let text = VirtAddr::new(0x8c00_2000);
/// assert_eq!(text.to_string(), "0x8c002000");
/// assert_eq!(format!("{text:?}"), "VirtAddr(0x8c002000)");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VirtAddr(u64);

/// An address on the bus, as the guest's page tables name it.
///
/// ```
/// use monitor_api::{AddressSpace, PhysAddr, VirtAddr};
///
/// # kernel_profile::Sample::linux().look(|view| {
/// // P1 and P2 show the same memory: the address on the bus is the lower 29 bits.
/// let [p1, p2] = [0x8c00_2000, 0xac00_2000].map(|at| view.translate(AddressSpace::Kernel, VirtAddr::new(at)));
/// assert_eq!((p1?.physical, p2?.physical), (PhysAddr::new(0x0c00_2000), PhysAddr::new(0x0c00_2000)));
/// # Ok(()) });
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhysAddr(u64);

macro_rules! address {
    ($name:ident) => {
        impl $name {
            /// The address with this number.
            ///
            /// ```
            /// use monitor_api::{PhysAddr, VirtAddr};
            ///
            /// // They order as their numbers do.
            /// assert!(VirtAddr::new(0x8c00_0000) < VirtAddr::new(0x8c00_0001));
            /// assert!(PhysAddr::new(0x0c00_0000) < PhysAddr::new(0x0c00_0001));
            /// ```
            pub const fn new(address: u64) -> Self {
                Self(address)
            }

            /// The number.
            ///
            /// ```
            /// use monitor_api::{PhysAddr, VirtAddr};
            ///
            /// assert_eq!(VirtAddr::new(0x8c00_0000).get(), 0x8c00_0000);
            /// assert_eq!(PhysAddr::new(0x0c00_0000).get() >> 12, 0xc000); // the number of a page of 4 KB
            /// ```
            pub const fn get(self) -> u64 {
                self.0
            }

            /// `bytes` further on, `None` beyond the address space.
            ///
            /// ```
            /// use monitor_api::{PhysAddr, VirtAddr};
            ///
            /// assert_eq!(VirtAddr::new(0x8c00_0000).checked_add(8), Some(VirtAddr::new(0x8c00_0008)));
            /// assert_eq!(PhysAddr::new(u64::MAX).checked_add(1), None);
            /// ```
            pub const fn checked_add(self, bytes: u64) -> Option<Self> {
                match self.0.checked_add(bytes) {
                    Some(address) => Some(Self(address)),
                    None => None,
                }
            }

            /// How many bytes this lies behind `base`, `None` if before it.
            ///
            /// ```
            /// use monitor_api::{PhysAddr, VirtAddr};
            ///
            /// let text = VirtAddr::new(0x8c00_2000);
            /// assert_eq!(VirtAddr::new(0x8c00_2028).checked_offset_from(text), Some(0x28));
            /// assert_eq!(PhysAddr::new(0).checked_offset_from(PhysAddr::new(1)), None);
            /// ```
            pub const fn checked_offset_from(self, base: Self) -> Option<u64> {
                self.0.checked_sub(base.0)
            }

            /// True if the address is a multiple of `alignment`; nothing is a multiple of 0.
            ///
            /// ```
            /// use monitor_api::{PhysAddr, VirtAddr};
            ///
            /// assert!(VirtAddr::new(0x8c00_0004).is_aligned(4) && !VirtAddr::new(0x8c00_0004).is_aligned(8));
            /// assert!(!PhysAddr::new(0).is_aligned(0));
            /// ```
            pub const fn is_aligned(self, alignment: u64) -> bool {
                alignment != 0 && self.0 % alignment == 0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:#x})"), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:#010x}", self.0)
            }
        }
    };
}

address!(VirtAddr);
address!(PhysAddr);
