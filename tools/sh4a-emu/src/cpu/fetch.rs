//! Instruction fetch: finds the predecoded instructions of the page that the PC has entered.

use super::decode::decode;
use super::exception::{Fault, Raised};
use super::mmu::Access;
use super::run::Exit;
use super::tlb::{PAGE, Use};
use super::{Cpu, sr};
use crate::bus::{Bus, Event, Width};

/// A value of `Cpu::fetch_page` that no PC matches: page bits and bit 0 of a PC never make bit 11.
pub(super) const NO_PAGE: u32 = 0x800;

impl Cpu {
    /// Makes `fetch_base` index the page of `pc`. Pages with breakpoints or probes, pages shorter than 4 KiB and code outside
    /// memory leave `fetch_page` unset, so that this is asked again for every instruction.
    #[inline(never)]
    pub(super) fn refetch<B: Bus>(&mut self, bus: &mut B, pc: u32) -> Result<(), Raised> {
        if self.rte_slot_at != self.clock || self.privileged() {
            return self.refetch_page(bus, pc);
        }
        // The slot of an rte to user mode is fetched with the privilege that the rte had.
        self.sr |= sr::MD;
        self.tlb.select(true);
        let result = self.refetch_page(bus, pc);
        self.sr &= !sr::MD;
        self.tlb.select(false);
        result
    }

    fn refetch_page<B: Bus>(&mut self, bus: &mut B, pc: u32) -> Result<(), Raised> {
        self.fetch_page = NO_PAGE;
        if pc & 1 != 0 {
            return Err(self.address_error(pc, Access::Fetch));
        }
        if self.code_epoch != bus.memory().code_epoch() {
            self.tlb.flush_fetch();
            self.code_epoch = bus.memory().code_epoch();
        }
        let stopping = self.debug.stops_in_page(pc);
        if stopping {
            self.stop_or_probe(bus, pc)?;
        }
        let slot = self.tlb.fetch(pc);
        if slot.tag == pc & PAGE {
            self.fetch_base = slot.place as usize;
            if !stopping {
                self.fetch_page = pc & PAGE;
            }
            return Ok(());
        }
        self.check_region(pc, Access::Fetch)?;
        let (physical, cacheable) = self.physical(pc, Access::Fetch)?;
        let page = self.memory_offset(bus, physical & PAGE, false);
        match page.and_then(|offset| bus.memory().code_page(offset)) {
            Some(base) if cacheable => {
                if self.code_epoch != bus.memory().code_epoch() {
                    self.tlb.flush_fetch();
                    self.code_epoch = bus.memory().code_epoch();
                }
                self.tlb.fill(Use::Fetch, pc, base);
                self.fetch_base = base;
                if !stopping {
                    self.fetch_page = pc & PAGE;
                }
            }
            _ => self.fetch_one(bus, pc, physical),
        }
        Ok(())
    }

    /// One instruction by itself, through the scratch slab.
    fn fetch_one<B: Bus>(&mut self, bus: &mut B, pc: u32, physical: u32) {
        let word = match self.memory_offset(bus, physical, false).and_then(|offset| bus.memory().load(offset)) {
            Some(data) => u16::from_le_bytes(data),
            None => match bus.read(self.core, self.clock, physical, Width::Half) {
                Ok(value) => value as u16,
                Err(error) => {
                    self.bus_error(error);
                    0xfffd // an undefined instruction: nothing answers there
                }
            },
        };
        self.fetch_base = bus.memory().scratch_op(pc, decode(word));
    }

    /// Breakpoints end the run before the instruction; probes only tell.
    fn stop_or_probe<B: Bus>(&mut self, bus: &mut B, pc: u32) -> Result<(), Raised> {
        if self.debug.breaks_at(pc, self.retired()) {
            self.fault = Fault::Stop(Exit::Breakpoint { pc });
            return Err(Raised);
        }
        if self.debug.probes_at(pc, self.retired()) {
            bus.event(self.core, self.clock, Event::Probe { pc });
            if bus.attention() {
                self.leave_inner_loop();
            }
        }
        Ok(())
    }
}
