//! Memory: the watched guest's, this guest's own, and that of the core.

use core::cell::Cell;
use core::sync::atomic::{AtomicBool, Ordering};

use guest_kit::mmio;
use monitor_api::{AccessError, Clock, Memory, PhysAddr, Processors, Registers};
use spumone_abi::client::Spumone;
use spumone_abi::{
    SPUMONE_INFO_WATCHED, SPUMONE_INFO_WATCHED_SIZE, SPUMONE_INFO_WATCHED_START, SPUMONE_INFO_WATCHED_VCPUS,
};
use spumone_core::findings::{BYTES, Store};

/// The window on memory through the caches, which the cores keep coherent.
const P1: u32 = 0x8000_0000;
/// URAM that SPUMONE leaves to monitors (linker/memory/rp1/memory.ld): every core sees its own there.
const FINDINGS: u32 = 0xe560_8000;
/// SR.RB: R0 to R7 of bank 1 are in use.
const RB: u32 = 1 << 29;

/// The watched guest.
pub(crate) struct Watched {
    pub(crate) hypervisor: Spumone,
    /// Its number.
    pub(crate) guest: u32,
    start: u32,
    size: u32,
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

    /// First bus address and bytes of its memory.
    pub(crate) fn region(&self) -> (u32, u32) {
        (self.start, self.size)
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
        let (pc, pr, gbr, vbr, sr) = (found.pc, found.pr, found.gbr, found.vbr, found.sr);
        Some(Registers { r, bank0, bank1: found.bank1, pc, pr, gbr, vbr, sr, ..Registers::default() })
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

/// What lies behind the findings of the 32 KB that SPUMONE leaves to monitors.
const STATE: u32 = FINDINGS + BYTES as u32;
const STATE_BYTES: usize = 0x8000 - BYTES;

/// Puts `value` behind the findings, for as long as this guest runs. `None` the second time.
pub(crate) fn core_local<T>(value: T) -> Option<&'static mut T> {
    const {
        assert!(
            size_of::<T>() <= STATE_BYTES && align_of::<T>() <= 4096,
            "the monitors' state does not fit the core's own memory: move the largest to `Main` in list.rs"
        );
    }
    static TAKEN: AtomicBool = AtomicBool::new(false);
    if TAKEN.swap(true, Ordering::Relaxed) {
        return None;
    }
    let place = STATE as usize as *mut T;
    // SAFETY: (1) memory that SPUMONE leaves to the monitors of this core, behind the findings, large enough and aligned as asserted above;
    // (2) given out once, and by nobody else: the only reference to it.
    unsafe {
        place.write(value);
        Some(&mut *place)
    }
}

/// The findings' place.
pub(crate) struct CoreLocal;

impl Store for CoreLocal {
    fn store(&mut self, word: usize, value: u32) {
        mmio::write32(FINDINGS + 4 * word as u32, value);
    }
}
