//! Registers of the core that are mapped into P4: CCN at 0xff000000, CPUOPM and EXPMASK, UBC.
//! SH-4A software manual, "Register Configuration" of MMU, exceptions, caches and on-chip memory.

use super::Cpu;
use crate::bus::Width;

/// Words of plain storage: CCN block 0xff000000..0xff000100.
const CCN_WORDS: usize = 0x40;
/// UBC: 0xff200000..0xff200800, plain storage.
const UBC_WORDS: usize = 0x200;

/// Offsets in the CCN block.
mod ccn {
    pub(super) const PTEH: u32 = 0x00;
    pub(super) const PTEL: u32 = 0x04;
    pub(super) const TTB: u32 = 0x08;
    pub(super) const TEA: u32 = 0x0c;
    pub(super) const MMUCR: u32 = 0x10;
    pub(super) const CCR: u32 = 0x1c;
    pub(super) const TRA: u32 = 0x20;
    pub(super) const EXPEVT: u32 = 0x24;
    pub(super) const INTEVT: u32 = 0x28;
    pub(super) const PVR: u32 = 0x30;
    pub(super) const PTEA: u32 = 0x34;
    pub(super) const QACR0: u32 = 0x38;
    pub(super) const QACR1: u32 = 0x3c;
    pub(super) const CVR: u32 = 0x40;
    pub(super) const PRR: u32 = 0x44;
    pub(super) const CPIDR: u32 = 0x48;
    pub(super) const RAMCR: u32 = 0x74;
}

/// CPUOPM bit 3: an accepted interrupt raises SR.IMASK to its level.
const INTMU: u32 = 1 << 3;
/// RAMCR bit 9: user mode may use the on-chip memory.
const RMD: u32 = 1 << 9;
/// CCR bits that act and read as 0: ICI, OCI.
const CCR_INVALIDATE: u32 = 1 << 11 | 1 << 3;

/// What stands behind those registers; the MMU's and the store queues' live there.
#[derive(Clone)]
pub(super) struct ControlRegisters {
    pub(super) tra: u32,
    pub(super) expevt: u32,
    pub(super) intevt: u32,
    cpuopm: u32,
    expmask: u32,
    /// CCR, RAMCR, PASCR, IRMCR and everything else that is only stored.
    ccn: [u32; CCN_WORDS],
    ubc: Box<[u32; UBC_WORDS]>,
}

impl Default for ControlRegisters {
    fn default() -> Self {
        Self {
            tra: 0,
            expevt: 0,
            intevt: 0,
            cpuopm: 0x3e0,
            expmask: 0x13,
            ccn: [0; CCN_WORDS],
            ubc: Box::new([0; UBC_WORDS]),
        }
    }
}

impl ControlRegisters {
    pub(super) fn reset(&mut self, expevt: u32) {
        let (tra, intevt) = (self.tra, self.intevt);
        *self = Self { tra, intevt, expevt, ..Self::default() };
    }

    /// CPUOPM.INTMU.
    pub(super) fn interrupt_raises_mask(&self) -> bool {
        self.cpuopm & INTMU != 0
    }

    /// RAMCR.RMD.
    pub(super) fn user_on_chip_memory(&self) -> bool {
        self.ccn[(ccn::RAMCR / 4) as usize] & RMD != 0
    }
}

impl Cpu {
    /// True for P4 addresses that the core answers itself (beside the arrays).
    pub(super) fn is_core_register(addr: u32) -> bool {
        matches!(addr, 0xff00_0000..=0xff00_00ff | 0xff20_0000..=0xff20_07ff | 0xff2f_0000..=0xff2f_0007)
    }

    /// A load from a register of the core. Narrow loads give the low part, as the bus is little-endian.
    pub(super) fn read_register(&self, addr: u32, width: Width) -> u32 {
        let word = addr & !3;
        let value = match word {
            0xff2f_0000 => self.regs.cpuopm,
            0xff2f_0004 => self.regs.expmask,
            0xff20_0000..=0xff20_07ff => self.regs.ubc[(word >> 2) as usize % UBC_WORDS],
            _ => self.read_ccn(word & 0xff),
        };
        let value = value >> (addr % 4 * 8);
        match width {
            Width::Byte => value & 0xff,
            Width::Half => value & 0xffff,
            Width::Long => value,
        }
    }

    fn read_ccn(&self, offset: u32) -> u32 {
        match offset {
            ccn::PTEH => self.mmu.pteh,
            ccn::PTEL => self.mmu.ptel,
            ccn::TTB => self.mmu.ttb,
            ccn::TEA => self.mmu.tea,
            ccn::MMUCR => self.mmu.mmucr(),
            ccn::TRA => self.regs.tra,
            ccn::EXPEVT => self.regs.expevt,
            ccn::INTEVT => self.regs.intevt,
            ccn::PVR => self.model.pvr,
            ccn::PTEA => self.mmu.ptea,
            ccn::QACR0 => self.queues.qacr(0),
            ccn::QACR1 => self.queues.qacr(1),
            ccn::CVR => self.model.cvr,
            ccn::PRR => self.model.prr,
            ccn::CPIDR => self.core as u32,
            _ => self.regs.ccn[(offset >> 2) as usize % CCN_WORDS],
        }
    }

    /// A store to a register of the core; stores of every width act on the whole register.
    pub(super) fn write_register(&mut self, addr: u32, value: u32) {
        match addr & !3 {
            0xff2f_0000 => self.regs.cpuopm = value,
            0xff2f_0004 => self.regs.expmask = value,
            word @ 0xff20_0000..=0xff20_07ff => self.regs.ubc[(word >> 2) as usize % UBC_WORDS] = value,
            word => self.write_ccn(word & 0xff, value),
        }
    }

    fn write_ccn(&mut self, offset: u32, value: u32) {
        match offset {
            ccn::PTEH => {
                let old = std::mem::replace(&mut self.mmu.pteh, value & 0xffff_fcff);
                if (old ^ value) & 0xff != 0 {
                    self.flush_translations();
                }
            }
            ccn::PTEL => self.mmu.ptel = value,
            ccn::TTB => self.mmu.ttb = value,
            ccn::TEA => self.mmu.tea = value,
            ccn::MMUCR => {
                self.mmu.set_mmucr(value, self.model.extended_tlb);
                self.flush_translations();
            }
            ccn::TRA => self.regs.tra = value & 0x3fc,
            ccn::EXPEVT => self.regs.expevt = value & 0xfff,
            ccn::INTEVT => self.regs.intevt = value & 0x3fff,
            ccn::PTEA => self.mmu.ptea = value & 0x3fff,
            ccn::QACR0 => self.queues.set_qacr(0, value),
            ccn::QACR1 => self.queues.set_qacr(1, value),
            ccn::PVR | ccn::CVR | ccn::PRR | ccn::CPIDR => {}
            ccn::CCR => self.regs.ccn[(offset >> 2) as usize] = value & !CCR_INVALIDATE,
            _ => {
                self.regs.ccn[(offset >> 2) as usize % CCN_WORDS] = value;
                if offset == ccn::RAMCR {
                    self.tlb.flush();
                }
            }
        }
    }

    /// The MMU answers differently from now on.
    pub(super) fn flush_translations(&mut self) {
        self.tlb.flush_translated();
        self.fetch_page = super::fetch::NO_PAGE;
    }
}
