//! Addresses in a guest. They have no `+` and no `-`: what can overflow says so. 64 bits, so that the API outlives 32-bit guests.

use core::fmt;

macro_rules! address {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// The address with this number.
            pub const fn new(address: u64) -> Self {
                Self(address)
            }

            /// The number.
            pub const fn get(self) -> u64 {
                self.0
            }

            /// `bytes` further on, `None` beyond the address space.
            pub const fn checked_add(self, bytes: u64) -> Option<Self> {
                match self.0.checked_add(bytes) {
                    Some(address) => Some(Self(address)),
                    None => None,
                }
            }

            /// How many bytes this lies behind `base`, `None` if before it.
            pub const fn checked_offset_from(self, base: Self) -> Option<u64> {
                self.0.checked_sub(base.0)
            }

            /// True if the address is a multiple of `alignment`; nothing is a multiple of 0.
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

address! {
    /// An address as the guest's own code uses it.
    VirtAddr
}

address! {
    /// An address on the bus, as the guest's page tables name it.
    PhysAddr
}
