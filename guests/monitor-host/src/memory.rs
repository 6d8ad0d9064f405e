//! The watched guest: its memory, registers and clock; and this guest's own memory.

use core::cell::Cell;

use guest_kit::mmio;
use monitor_api::{AccessError, Clock, Memory, PhysAddr, Processors, Registers};
use spumone_abi::client::Spumone;
use spumone_abi::{
    SPUMONE_INFO_WATCHED, SPUMONE_INFO_WATCHED_SIZE, SPUMONE_INFO_WATCHED_START, SPUMONE_INFO_WATCHED_VCPUS,
    SpumoneRegisters,
};

/// The window on memory through the caches, which the cores keep coherent.
const P1: u32 = 0x8000_0000;
/// SR.RB: R0 to R7 of bank 1 are in use.
const RB: u32 = 1 << 29;

/// The watched guest.
pub(crate) struct Watched {
    pub(crate) hypervisor: Spumone,
    /// Its number.
    pub(crate) guest: u32,
    /// First bus address and bytes of its memory.
    pub(crate) start: u32,
    pub(crate) size: u32,
    vcpus: usize,
    /// The clock's last answer.
    time: Cell<u64>,
}

impl Watched {
    /// The guest that SPUMONE lets this one watch.
    pub(crate) fn of(hypervisor: Spumone) -> Option<Self> {
        let info = |item| hypervisor.info(item).ok();
        Some(Self {
            hypervisor,
            guest: info(SPUMONE_INFO_WATCHED)?,
            start: info(SPUMONE_INFO_WATCHED_START)?,
            size: info(SPUMONE_INFO_WATCHED_SIZE)?,
            vcpus: info(SPUMONE_INFO_WATCHED_VCPUS)? as usize,
            time: Cell::new(0),
        })
    }
}

impl Memory for Watched {
    fn read(&self, address: PhysAddr, into: &mut [u8]) -> Result<(), AccessError> {
        let length = into.len() as u64;
        let offset = address.get().checked_sub(self.start.into());
        let inside = offset.and_then(|offset| offset.checked_add(length)).is_some_and(|end| end <= self.size.into());
        if !inside {
            return Err(AccessError::OutOfRange { address, length });
        }
        // It is in the guest's region, below the end of the bus.
        let at = P1 | address.get() as u32;
        // A word that is aligned is of one moment.
        if at.is_multiple_of(4) && into.len().is_multiple_of(4) {
            for (word, place) in (at..).step_by(4).zip(into.as_chunks_mut::<4>().0) {
                *place = mmio::read32(word).to_le_bytes();
            }
        } else if at.is_multiple_of(2) && into.len() == 2 {
            into.copy_from_slice(&mmio::read16(at).to_le_bytes());
        } else {
            for (byte, place) in (at..).zip(into) {
                *place = mmio::read8(byte);
            }
        }
        Ok(())
    }
}

impl Processors for Watched {
    fn count(&self) -> usize {
        self.vcpus
    }

    /// Only while it stands still.
    fn registers(&self, number: usize) -> Option<Registers> {
        let found = self.hypervisor.vcpu_registers(self.guest, u32::try_from(number).ok()?).ok()?;
        let mut r = found.r;
        let bank0 = *r.first_chunk()?;
        if found.sr & RB != 0 {
            *r.first_chunk_mut()? = found.bank1;
        }
        let SpumoneRegisters { bank1, pc, pr, gbr, vbr, sr, mach, macl, .. } = found;
        Some(Registers { r, bank0, bank1, pc, pr, gbr, vbr, sr, mach, macl, ..Registers::default() })
    }

    fn vector_base(&self, number: usize) -> Option<u32> {
        self.hypervisor.vcpu_vector_base(self.guest, u32::try_from(number).ok()?).ok()
    }
}

impl Clock for Watched {
    fn now(&self) -> u64 {
        let now = self.hypervisor.clock().unwrap_or(0).max(self.time.get());
        self.time.set(now);
        now
    }
}

/// Bytes of this guest's own memory that the packer put behind its image.
pub(crate) fn own(address: u32, length: u32) -> &'static [u8] {
    // SAFETY: (1) the packer placed the profile there, within this guest's memory and behind everything that the linker placed;
    // (2) nobody writes it at run time.
    unsafe { core::slice::from_raw_parts((P1 | address) as usize as *const u8, length as usize) }
}
