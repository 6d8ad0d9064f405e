//! Units of the core whose contents belong to one vCPU at a time.

use super::state::CoreState;
use crate::arch::{Arch, Unit};
use crate::cluster::Set;
use crate::system::GuestFlags;
use crate::vcpu::{State, VcpuId};

/// Whose contents each unit has.
pub(super) struct Units {
    fpu: Option<VcpuId>,
    mmu: Option<VcpuId>,
    /// vCPUs that use a unit which another one on this core uses too.
    shared: Set,
}

const UNITS: [(Unit, GuestFlags); 2] = [(Unit::Fpu, GuestFlags::FPU), (Unit::Mmu, GuestFlags::MMU)];

impl Units {
    pub(super) const fn new() -> Self {
        Self { fpu: None, mmu: None, shared: Set::EMPTY }
    }

    fn owner(&mut self, unit: Unit) -> &mut Option<VcpuId> {
        match unit {
            Unit::Fpu => &mut self.fpu,
            Unit::Mmu => &mut self.mmu,
        }
    }
}

impl CoreState {
    fn uses(&self, vcpu: VcpuId, flag: GuestFlags) -> bool {
        self.guest_of(vcpu).is_some_and(|guest| guest.config.flags.contains(flag))
    }

    /// Who on this core uses a unit and may run some day.
    fn users(&self, flag: GuestFlags) -> Set {
        let mut users = self.residents;
        for vcpu in self.residents {
            let ended = matches!(self.sched.state(VcpuId(vcpu)), State::Ended | State::Parked);
            if ended || !self.uses(VcpuId(vcpu), flag) {
                users.remove(vcpu);
            }
        }
        users
    }

    /// True if nobody else on this core uses a unit that `vcpu` uses.
    pub(super) fn is_alone(&self, vcpu: VcpuId) -> bool {
        !self.units.shared.has(vcpu.0)
    }

    /// `vcpu` gets the core, and with it the units that it uses.
    pub(super) fn give_units(&mut self, arch: &mut impl Arch, vcpu: VcpuId) {
        for (unit, flag) in UNITS {
            let owner = *self.units.owner(unit);
            if owner != Some(vcpu) && self.uses(vcpu, flag) {
                arch.switch_unit(unit, owner, Some(vcpu));
                *self.units.owner(unit) = Some(vcpu);
            }
        }
    }

    /// `vcpu` leaves this core; what units hold of it is `kept` for it, or needed no more.
    pub(super) fn take_units(&mut self, arch: &mut impl Arch, vcpu: VcpuId, kept: bool) {
        for (unit, _) in UNITS {
            if *self.units.owner(unit) == Some(vcpu) {
                *self.units.owner(unit) = None;
                if kept {
                    arch.switch_unit(unit, Some(vcpu), None);
                }
            }
        }
    }

    /// After somebody came or went: who uses a unit alone has it before the paths in assembly lead to it. The result is who shares
    /// a unit now and did not before, or the other way round.
    pub(super) fn settle_units(&mut self, arch: &mut impl Arch) -> Set {
        let before = core::mem::replace(&mut self.units.shared, Set::EMPTY);
        for (unit, flag) in UNITS {
            let users = self.users(flag);
            if users.count() > 1 {
                users.for_each(|vcpu| self.units.shared.add(vcpu));
                continue;
            }
            let (only, owner) = (users.map(VcpuId).next(), *self.units.owner(unit));
            if owner != only && only.is_some_and(|only| self.sched.state(only) != State::Stopped) {
                arch.switch_unit(unit, owner, only);
                *self.units.owner(unit) = only;
            }
        }
        Set::from_bits(before.bits() ^ self.units.shared.bits())
    }
}
