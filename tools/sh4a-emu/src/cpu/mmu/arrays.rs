//! The memory-mapped TLB arrays, P4 0xf2000000..=0xf3ffffff and 0xf6000000..=0xf7ffffff.
//! SH-4A software manual, "Memory-Mapped TLB Configuration".

use super::entry::ptel;
use super::translate::find;
use super::{Mmu, mmucr};

/// Bit 7 of a UTLB address array's address: associative write.
const ASSOCIATIVE: u32 = 1 << 7;
/// Bit 23: data array 2 (0xf3800000, 0xf7800000).
const ARRAY_2: u32 = 1 << 23;
/// Bit 20: PMB.
const PMB: u32 = 1 << 20;
/// V and D as the address arrays show them.
const V: u32 = 1 << 8;
const D: u32 = 1 << 9;

impl Mmu {
    /// A load from the arrays. What does not exist reads as 0.
    pub(crate) fn read_array(&self, addr: u32) -> u32 {
        let instruction = &self.itlb[(addr >> 8 & 3) as usize];
        let unified = &self.utlb[(addr >> 8 & 63) as usize];
        let valid = |set: bool, bit: u32| if set { bit } else { 0 };
        match addr >> 24 {
            0xf2 => instruction.vpn | valid(instruction.valid(), V) | u32::from(instruction.asid),
            0xf3 if addr & ARRAY_2 == 0 => instruction.ptel & !(ptel::D | ptel::WT | 1 << 5 | 1 << 9),
            0xf3 => instruction.ptea,
            0xf6 if addr & PMB != 0 => self.pmb[(addr >> 8 & 15) as usize][0],
            0xf7 if addr & PMB != 0 => self.pmb[(addr >> 8 & 15) as usize][1],
            0xf6 => {
                let dirty = unified.ptel & ptel::D != 0;
                unified.vpn | valid(dirty, D) | valid(unified.valid(), V) | u32::from(unified.asid)
            }
            0xf7 if addr & ARRAY_2 == 0 => unified.ptel,
            0xf7 => unified.ptea,
            _ => 0,
        }
    }

    /// A store to the arrays. Every cached translation is void afterwards.
    ///
    /// # Errors
    /// EXPEVT 0x140 when an associative write matches more than one entry.
    pub(crate) fn write_array(&mut self, addr: u32, value: u32, privileged: bool) -> Result<(), u32> {
        let extended = self.extended();
        match addr >> 24 {
            0xf6 if addr & PMB != 0 => self.pmb[(addr >> 8 & 15) as usize][0] = value,
            0xf7 if addr & PMB != 0 => self.pmb[(addr >> 8 & 15) as usize][1] = value,
            0xf6 if addr & ASSOCIATIVE != 0 => return self.write_associative(value, privileged),
            0xf2 => {
                let entry = &mut self.itlb[(addr >> 8 & 3) as usize];
                (entry.vpn, entry.asid) = (value & 0xffff_fc00, value as u8);
                entry.ptel = entry.ptel & !ptel::V | value & V;
            }
            0xf6 => {
                let entry = &mut self.utlb[(addr >> 8 & 63) as usize];
                (entry.vpn, entry.asid) = (value & 0xffff_fc00, value as u8);
                entry.ptel = entry.ptel & !(ptel::V | ptel::D) | value & V | (value & D) >> 7;
            }
            top @ (0xf3 | 0xf7) => {
                let entry = if top == 0xf3 {
                    &mut self.itlb[(addr >> 8 & 3) as usize]
                } else {
                    &mut self.utlb[(addr >> 8 & 63) as usize]
                };
                if addr & ARRAY_2 != 0 {
                    entry.ptea = value & 0x3fff;
                } else {
                    entry.ptel = value & ptel::MASK;
                }
                entry.set_mode(extended);
            }
            _ => {}
        }
        Ok(())
    }

    /// The entry of the written VPN (and the ASID in PTEH) gets the written V and D, in the UTLB and, V only, in the ITLB.
    fn write_associative(&mut self, value: u32, privileged: bool) -> Result<(), u32> {
        let single = self.mmucr & mmucr::SV != 0 && privileged;
        let asid = (!single).then_some(self.pteh as u8);
        if let Some(index) = find(&self.utlb, value, asid)? {
            let entry = &mut self.utlb[index];
            entry.ptel = entry.ptel & !(ptel::V | ptel::D) | value & V | (value & D) >> 7;
        }
        if let Some(index) = find(&self.itlb, value, asid)? {
            let entry = &mut self.itlb[index];
            entry.ptel = entry.ptel & !ptel::V | value & V;
        }
        Ok(())
    }
}
