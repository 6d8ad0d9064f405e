//! Loads and stores: the fast path through [`super::tlb::FastTlb`], and the slow one through regions, MMU and bus.

use super::exception::Raised;
use super::mmu::{Access, Translated};
use super::tlb::{PAGE, Use};
use super::{Cpu, store_queue};
use crate::bus::{Bus, Width};

/// Where a checked and translated access goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Bus address, 29 bits or P4; `cacheable` if the whole 4 KiB page translates alike.
    Physical { addr: u32, cacheable: bool },
    /// Store queue.
    Queue,
}

/// Three widths of one form.
macro_rules! accesses {
    ($($load:ident $store:ident $type:ty, $bytes:literal, $width:ident;)*) => {
        impl Cpu {
            $(
            #[inline(always)]
            pub(super) fn $load<B: Bus>(&mut self, bus: &mut B, addr: u32) -> Result<$type, Raised> {
                let slot = self.tlb.read(addr);
                if slot.tag == addr & (PAGE | ($bytes - 1))
                    && let Some(data) = bus.memory().load(slot.place as usize + (addr & !PAGE) as usize)
                {
                    return Ok(<$type>::from_le_bytes(data));
                }
                self.load_slow(bus, addr, Width::$width).map(|value| value as $type)
            }

            #[inline(always)]
            pub(super) fn $store<B: Bus>(&mut self, bus: &mut B, addr: u32, value: $type) -> Result<(), Raised> {
                let slot = self.tlb.write(addr);
                if slot.tag == addr & (PAGE | ($bytes - 1))
                    && bus
                        .memory()
                        .store(self.core, slot.place as usize + (addr & !PAGE) as usize, value.to_le_bytes())
                        .is_some()
                {
                    return Ok(());
                }
                self.store_slow(bus, addr, Width::$width, value.into())
            }
            )*
        }
    };
}

accesses! {
    load8 store8 u8, 1, Byte;
    load16 store16 u16, 2, Half;
    load32 store32 u32, 4, Long;
}

impl Width {
    /// Bytes of an access.
    pub(crate) fn bytes(self) -> u32 {
        match self {
            Width::Byte => 1,
            Width::Half => 2,
            Width::Long => 4,
        }
    }
}

impl Cpu {
    #[cold]
    #[inline(never)]
    fn load_slow<B: Bus>(&mut self, bus: &mut B, addr: u32, width: Width) -> Result<u32, Raised> {
        if addr & (width.bytes() - 1) != 0 {
            return Err(self.address_error(addr, Access::Read));
        }
        let place = self.resolve(addr, Access::Read)?;
        self.check_watchpoints(addr, width, false)?;
        let (physical, cacheable) = match place {
            Place::Physical { addr, cacheable } => (addr, cacheable),
            Place::Queue => return Ok(self.queues.read(addr, width)),
        };
        if let Some(offset) = self.memory_offset(bus, physical, false) {
            if cacheable && !self.debug.watches_page(addr) {
                self.tlb.fill(Use::Read, addr, offset - (physical & !PAGE) as usize);
            }
            let memory = bus.memory();
            let value = match width {
                Width::Byte => memory.load(offset).map(|data| u8::from_le_bytes(data).into()),
                Width::Half => memory.load(offset).map(|data| u16::from_le_bytes(data).into()),
                Width::Long => memory.load(offset).map(u32::from_le_bytes),
            };
            if let Some(value) = value {
                return Ok(value);
            }
        }
        if Self::is_core_register(physical) {
            return Ok(self.read_register(physical, width));
        }
        if (0xf0..=0xf7).contains(&(physical >> 24)) {
            return Ok(self.mmu.read_array(physical));
        }
        match bus.read(self.core, self.clock, physical, width) {
            Ok(value) => {
                self.after_bus(bus);
                Ok(value)
            }
            Err(error) => {
                self.bus_error(error);
                Ok(0)
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn store_slow<B: Bus>(&mut self, bus: &mut B, addr: u32, width: Width, value: u32) -> Result<(), Raised> {
        if addr & (width.bytes() - 1) != 0 {
            return Err(self.address_error(addr, Access::Write));
        }
        let place = self.resolve(addr, Access::Write)?;
        self.check_watchpoints(addr, width, true)?;
        let (physical, cacheable) = match place {
            Place::Physical { addr, cacheable } => (addr, cacheable),
            Place::Queue => {
                self.queues.write(addr, width, value);
                return Ok(());
            }
        };
        if let Some(offset) = self.memory_offset(bus, physical, true)
            && cacheable
            && !self.debug.watches_page(addr)
        {
            self.tlb.fill(Use::Write, addr, offset - (physical & !PAGE) as usize);
        }
        if (0xf2..=0xf3).contains(&(physical >> 24)) || (0xf6..=0xf7).contains(&(physical >> 24)) {
            let privileged = self.privileged();
            self.flush_translations();
            return self.mmu.write_array(physical, value, privileged).map_err(|code| self.mmu_fault(code, addr));
        }
        self.write_physical(bus, physical, width, value);
        Ok(())
    }

    /// A store to a bus address, wherever that leads.
    pub(super) fn write_physical<B: Bus>(&mut self, bus: &mut B, physical: u32, width: Width, value: u32) {
        if let Some(offset) = self.memory_offset(bus, physical, true) {
            let memory = bus.memory();
            let done = match width {
                Width::Byte => memory.store(self.core, offset, (value as u8).to_le_bytes()),
                Width::Half => memory.store(self.core, offset, (value as u16).to_le_bytes()),
                Width::Long => memory.store(self.core, offset, value.to_le_bytes()),
            };
            if done.is_some() {
                return;
            }
        }
        if Self::is_core_register(physical) {
            return self.write_register(physical, value);
        }
        if matches!(physical >> 24, 0xf0 | 0xf1 | 0xf4 | 0xf5) {
            return; // cache arrays: no cache is modelled
        }
        match bus.write(self.core, self.clock, physical, width, value) {
            Ok(()) => self.after_bus(bus),
            Err(error) => self.bus_error(error),
        }
    }

    /// Offset in the arena of the memory at `physical`, if it is memory (and, for a store, writable).
    pub(super) fn memory_offset<B: Bus>(&self, bus: &B, physical: u32, store: bool) -> Option<usize> {
        if physical >= 0xf000_0000 {
            return None;
        }
        let page = bus.page(self.core, physical & PAGE)?;
        (page.writable || !store).then(|| page.offset + (physical & !PAGE) as usize)
    }

    /// Region checks and translation; SH-4A software manual, "Virtual Address Space".
    fn resolve(&mut self, addr: u32, access: Access) -> Result<Place, Raised> {
        self.check_region(addr, access)?;
        if store_queue::AREA.contains(&addr) {
            return Ok(Place::Queue);
        }
        let (physical, cacheable) = self.physical(addr, access)?;
        Ok(Place::Physical { addr: physical, cacheable })
    }

    /// The bus address of `addr`, and whether its whole 4 KiB page translates alike.
    pub(super) fn physical(&mut self, addr: u32, access: Access) -> Result<(u32, bool), Raised> {
        let (physical, cacheable) = match addr >> 29 {
            0..=3 | 6 if self.mmu.enabled() => {
                let Translated { physical, cacheable } = self.translate(addr, access)?;
                (physical, cacheable)
            }
            7 => (addr, true),
            _ => (addr & 0x1fff_ffff, true),
        };
        // Area 7 is the control register area by another name.
        Ok((if physical >> 26 == 7 { physical | 0xe000_0000 } else { physical }, cacheable))
    }

    /// Asks the MMU.
    pub(super) fn translate(&mut self, addr: u32, access: Access) -> Result<Translated, Raised> {
        let privileged = self.privileged();
        let result = self.mmu.translate(addr, access, privileged);
        if let Some(evicted) = self.mmu.take_evicted() {
            self.tlb.flush_range(evicted.first(), evicted.len(), true);
        }
        result.map_err(|code| self.mmu_fault(code, addr))
    }

    /// Address errors of the mode: user mode has U0 and, when allowed, store queues and on-chip memory; nothing executes in P4 but
    /// the on-chip memory.
    pub(super) fn check_region(&mut self, addr: u32, access: Access) -> Result<(), Raised> {
        let on_chip = addr >> 24 == 0xe5;
        let allowed = if addr < 0x8000_0000 {
            true
        } else if self.privileged() {
            access != Access::Fetch || addr < 0xe000_0000 || on_chip
        } else {
            let queue = access != Access::Fetch
                && store_queue::AREA.contains(&addr)
                && self.mmu.mmucr() & super::mmu::mmucr::SQMD == 0;
            queue || on_chip && self.regs.user_on_chip_memory()
        };
        if allowed { Ok(()) } else { Err(self.address_error(addr, access)) }
    }

    /// A device was accessed: it may want the run loop's attention or have changed code.
    fn after_bus<B: Bus>(&mut self, bus: &mut B) {
        if bus.attention() {
            self.leave_inner_loop();
        }
        if bus.memory().code_epoch() != self.code_epoch {
            self.fetch_page = super::fetch::NO_PAGE;
        }
    }
}
