//! The two store queues at 0xe0000000..=0xe3ffffff. SH-4A software manual, "Store Queues".

use super::Cpu;
use super::exception::Raised;
use super::mmu::Access;
use crate::bus::{Bus, Width};

/// First address after the store queue area.
pub(super) const AREA: std::ops::RangeInclusive<u32> = 0xe000_0000..=0xe3ff_ffff;

/// SQ0 and SQ1 with their address registers.
#[derive(Clone, Default)]
pub(super) struct StoreQueues {
    data: [[u32; 8]; 2],
    qacr: [u32; 2],
}

impl StoreQueues {
    pub(super) fn qacr(&self, queue: usize) -> u32 {
        self.qacr[queue & 1]
    }

    pub(super) fn set_qacr(&mut self, queue: usize, value: u32) {
        self.qacr[queue & 1] = value & 0x1c;
    }

    fn longword(&mut self, addr: u32) -> &mut u32 {
        &mut self.data[(addr >> 5 & 1) as usize][(addr >> 2 & 7) as usize]
    }

    /// A store into a queue: address bit 5 chooses the queue, bits 4:2 the longword.
    pub(super) fn write(&mut self, addr: u32, width: Width, value: u32) {
        let mask = match width {
            Width::Byte => 0xff,
            Width::Half => 0xffff,
            Width::Long => u32::MAX,
        };
        let shift = addr % 4 * 8;
        let place = self.longword(addr);
        *place = *place & !(mask << shift) | (value & mask) << shift;
    }

    /// A load from a queue.
    pub(super) fn read(&mut self, addr: u32, width: Width) -> u32 {
        let value = *self.longword(addr) >> (addr % 4 * 8);
        match width {
            Width::Byte => value & 0xff,
            Width::Half => value & 0xffff,
            Width::Long => value,
        }
    }
}

impl Cpu {
    /// `pref` to the store queue area: 32 bytes go to memory. With the MMU on, the queue address is translated like a store.
    pub(super) fn write_back_queue<B: Bus>(&mut self, bus: &mut B, addr: u32) -> Result<(), Raised> {
        let queue = (addr >> 5 & 1) as usize;
        self.check_region(addr, Access::Write)?;
        let physical = if self.mmu.enabled() {
            self.translate(addr, Access::Write)?.physical
        } else {
            (self.queues.qacr[queue] >> 2 & 7) << 26 | addr & 0x03ff_ffff
        } & !31;
        let data = self.queues.data[queue];
        for (index, longword) in data.into_iter().enumerate() {
            self.write_physical(bus, physical + 4 * index as u32, Width::Long, longword);
        }
        Ok(())
    }
}
