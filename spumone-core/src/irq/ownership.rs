//! The ownership table: INTEVT code to guest and level.

use crate::error::Refusal;
use crate::system::{Irq, MAX_IRQS, Region};
use crate::vcpu::{MAX_VCPUS, VcpuId};

/// An INTEVT code: a multiple of 0x20 below 0x1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(u16);

impl Code {
    /// Checks a code that a guest or a table names.
    pub fn new(intevt: u32) -> Option<Self> {
        (intevt < 0x1000 && intevt.is_multiple_of(0x20)).then_some(Self(intevt as u16))
    }

    /// The code as INTEVT shows it.
    pub fn intevt(self) -> u32 {
        u32::from(self.0)
    }

    /// Its place in a table of 128.
    pub fn index(self) -> usize {
        usize::from(self.0 / 0x20)
    }

    /// All 128 codes.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..MAX_IRQS as u16).map(|index| Self(index * 0x20))
    }
}

/// An owned source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// The vCPU that its interrupts go to.
    pub vcpu: VcpuId,
    /// The level that the system file gives it.
    pub level: u8,
}

/// A set of sources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Codes([u32; MAX_IRQS / 32]);

impl Codes {
    /// None.
    pub const NONE: Self = Self([0; MAX_IRQS / 32]);

    /// A bit for each source.
    pub fn to_words(self) -> [u32; MAX_IRQS / 32] {
        self.0
    }

    /// The sources whose bits are set.
    pub fn from_words(words: [u32; MAX_IRQS / 32]) -> Self {
        Self(words)
    }

    fn word(&mut self, code: Code) -> Option<(&mut u32, u32)> {
        let index = code.index();
        self.0.get_mut(index / 32).map(|word| (word, 1 << (index % 32)))
    }

    fn code(word: usize, bit: u8) -> Code {
        Code((word as u16 % 4 * 32 + u16::from(bit % 32)) * 0x20)
    }

    /// Puts a source in or takes it out.
    pub fn set(&mut self, code: Code, on: bool) {
        if let Some((word, bit)) = self.word(code) {
            *word = if on { *word | bit } else { *word & !bit };
        }
    }
}

impl Iterator for Codes {
    type Item = Code;

    /// Takes the lowest source out.
    fn next(&mut self) -> Option<Code> {
        // As in `cluster::Set`: five bits of a de Bruijn sequence tell 32 bits apart.
        const NUMBERS: [u8; 32] = [
            0, 1, 28, 2, 29, 14, 24, 3, 30, 22, 20, 15, 25, 17, 4, 8, 31, 27, 13, 23, 21, 19, 16, 7, 26, 12, 18, 6, 11,
            5, 10, 9,
        ];
        let (index, word) = self.0.iter_mut().enumerate().find(|(_, word)| **word != 0)?;
        let rest = *word & word.wrapping_sub(1);
        let bit = NUMBERS.get(((*word ^ rest).wrapping_mul(0x077c_b531) >> 27) as usize)?;
        *word = rest;
        Some(Self::code(index, *bit))
    }
}

/// Owner and level of every source.
pub struct Ownership {
    sources: [Option<Source>; MAX_IRQS],
    of: [Codes; MAX_VCPUS],
}

impl Ownership {
    /// Nobody owns anything.
    pub const fn empty() -> Self {
        Self { sources: [None; MAX_IRQS], of: [Codes::NONE; MAX_VCPUS] }
    }

    /// Takes over what the system table says; `vcpu_of` names the vCPU that a guest's interrupts go to.
    pub fn fill(&mut self, irqs: impl Iterator<Item = Irq>, vcpu_of: impl Fn(u8) -> Option<VcpuId>) {
        for irq in irqs {
            let code = Code::new(irq.intevt.into());
            let Some((code, vcpu)) = code.zip(vcpu_of(irq.guest)) else { continue };
            if let Some(place) = self.sources.get_mut(code.index()) {
                *place = Some(Source { vcpu, level: irq.level });
            }
            if let Some(codes) = self.of.get_mut(vcpu.index()) {
                codes.set(code, true);
            }
        }
    }

    /// Who owns `code`.
    pub fn source(&self, code: Code) -> Option<Source> {
        self.sources.get(code.index()).copied().flatten()
    }

    /// The sources of one vCPU.
    pub fn of(&self, vcpu: VcpuId) -> Codes {
        self.of.get(vcpu.index()).copied().unwrap_or(Codes::NONE)
    }

    /// The source `intevt`, if it belongs to one of a guest's vCPUs.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for what is no code, [`Refusal::Permission`] for somebody else's source.
    pub fn owned(&self, is_own: impl Fn(VcpuId) -> bool, intevt: u32) -> Result<(Code, Source), Refusal> {
        let code = Code::new(intevt).ok_or(Refusal::Invalid)?;
        match self.source(code) {
            Some(source) if is_own(source.vcpu) => Ok((code, source)),
            _ => Err(Refusal::Permission),
        }
    }
}

/// True if the vectors at `base` (+0x100, +0x400, +0x600, each with room for the first instructions) lie in `memory`, in P1 or P2.
pub(crate) fn vector_base_is_usable(memory: &Region, base: u32) -> bool {
    use crate::addr::{GuestPointer, GuestRange};
    let vectors = base.checked_add(0x100).map(GuestPointer);
    base.is_multiple_of(4) && vectors.is_some_and(|start| GuestRange::check(memory, start, 0x600).is_some())
}
