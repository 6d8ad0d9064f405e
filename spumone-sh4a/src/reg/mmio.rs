//! Loads and stores of registers, each of exactly the width it says.

macro_rules! access {
    ($read:ident, $write:ident, $type:ty) => {
        /// Load from a register.
        pub fn $read(address: u32) -> $type {
            // SAFETY: (1) callers are the register files of this crate, which name addresses of device registers in P2 or
            // P4: no Rust object lies there; (2) such addresses are aligned for their width.
            unsafe { (address as usize as *const $type).read_volatile() }
        }

        /// Store to a register.
        pub fn $write(address: u32, value: $type) {
            // SAFETY: as for the load above.
            unsafe { (address as usize as *mut $type).write_volatile(value) }
        }
    };
}

access!(read8, write8, u8);
access!(read16, write16, u16);
access!(read32, write32, u32);
