//! The ownership table: INTEVT code to guest and level.

use crate::error::Refusal;
use crate::system::{Irq, MAX_IRQS, Region};
use crate::vcpu::VcpuId;

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

/// Owner and level of every source.
pub struct Ownership {
    sources: [Option<Source>; MAX_IRQS],
}

impl Ownership {
    /// Nobody owns anything.
    pub const fn empty() -> Self {
        Self { sources: [None; MAX_IRQS] }
    }

    /// Takes over what the system table says. Interrupts of a guest go to its vCPU on this core, if it has one.
    pub fn fill(&mut self, irqs: impl Iterator<Item = Irq>, vcpu_of: impl Fn(u8) -> Option<VcpuId>) {
        for irq in irqs {
            let code = Code::new(irq.intevt.into());
            if let Some(place) = code.and_then(|code| self.sources.get_mut(code.index())) {
                *place = vcpu_of(irq.guest).map(|vcpu| Source { vcpu, level: irq.level });
            }
        }
    }

    /// Who owns `code`.
    pub fn source(&self, code: Code) -> Option<Source> {
        self.sources.get(code.index()).copied().flatten()
    }

    /// The sources of one vCPU.
    pub fn of(&self, vcpu: VcpuId) -> impl Iterator<Item = Code> + '_ {
        Code::all().filter(move |&code| self.source(code).is_some_and(|source| source.vcpu == vcpu))
    }

    /// May `vcpu` set this source to `level`, its partition being `low..=high`?
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for what is no code or no level, [`Refusal::Permission`] for somebody else's source or level.
    pub fn allow(&self, vcpu: VcpuId, intevt: u32, level: u32, low: u8, high: u8) -> Result<(Code, u8), Refusal> {
        let code = self.owned(vcpu, intevt)?;
        let level = u8::try_from(level).ok().filter(|level| (1..=15).contains(level)).ok_or(Refusal::Invalid)?;
        if (low..=high).contains(&level) { Ok((code, level)) } else { Err(Refusal::Permission) }
    }

    /// The code `intevt`, if it is `vcpu`'s.
    ///
    /// # Errors
    /// As [`Ownership::allow`].
    pub fn owned(&self, vcpu: VcpuId, intevt: u32) -> Result<Code, Refusal> {
        let code = Code::new(intevt).ok_or(Refusal::Invalid)?;
        match self.source(code) {
            Some(source) if source.vcpu == vcpu => Ok(code),
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
