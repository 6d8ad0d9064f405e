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
    /// vCPUs that use the FPU, wherever they are; that use the MMU.
    users: [Set; 2],
    /// Ended ones.
    gone: Set,
}

const UNITS: [Unit; 2] = [Unit::Fpu, Unit::Mmu];

impl Units {
    pub(super) const fn new() -> Self {
        Self { fpu: None, mmu: None, shared: Set::EMPTY, users: [Set::EMPTY; 2], gone: Set::EMPTY }
    }

    /// `vcpu` belongs to a guest with these flags.
    pub(super) fn add(&mut self, vcpu: VcpuId, flags: GuestFlags) {
        let [fpu, mmu] = &mut self.users;
        if flags.contains(GuestFlags::FPU) {
            fpu.add(vcpu.0);
        }
        if flags.contains(GuestFlags::MMU) {
            mmu.add(vcpu.0);
        }
    }

    /// vCPUs that use a unit which another one on this core uses too.
    pub(super) fn shared(&self) -> Set {
        self.shared
    }

    /// `vcpu` never runs again.
    pub(super) fn forget(&mut self, vcpu: VcpuId) {
        self.gone.add(vcpu.0);
    }

    /// It does after all.
    pub(super) fn remember(&mut self, vcpu: VcpuId) {
        self.gone.remove(vcpu.0);
    }

    /// Who may use the unit some day.
    fn users(&self, unit: Unit) -> Set {
        let [fpu, mmu] = self.users;
        let users = match unit {
            Unit::Fpu => fpu,
            Unit::Mmu => mmu,
        };
        users.without(self.gone)
    }

    fn owner(&mut self, unit: Unit) -> &mut Option<VcpuId> {
        match unit {
            Unit::Fpu => &mut self.fpu,
            Unit::Mmu => &mut self.mmu,
        }
    }
}

impl CoreState {
    /// True if nobody else on this core uses a unit that `vcpu` uses.
    pub(super) fn is_alone(&self, vcpu: VcpuId) -> bool {
        !self.units.shared.has(vcpu.0)
    }

    /// True if nobody else on any core uses a unit that `vcpu` uses.
    pub(super) fn is_alone_everywhere(&self, vcpu: VcpuId) -> bool {
        UNITS.iter().map(|&unit| self.units.users(unit)).all(|users| !users.has(vcpu.0) || !users.is_many())
    }

    /// `vcpu` gets the core, and with it the units that it uses.
    pub(super) fn give_units(&mut self, arch: &mut impl Arch, vcpu: VcpuId) {
        for unit in UNITS {
            let owner = *self.units.owner(unit);
            if owner != Some(vcpu) && self.units.users(unit).has(vcpu.0) {
                arch.switch_unit(unit, owner, Some(vcpu));
                *self.units.owner(unit) = Some(vcpu);
            }
        }
    }

    /// `vcpu` leaves this core; what units hold of it is `kept` for it, or needed no more.
    pub(super) fn take_units(&mut self, arch: &mut impl Arch, vcpu: VcpuId, kept: bool) {
        for unit in UNITS {
            if *self.units.owner(unit) == Some(vcpu) {
                *self.units.owner(unit) = None;
                if kept {
                    arch.switch_unit(unit, Some(vcpu), None);
                }
            }
        }
    }

    /// After somebody came or went: who uses a unit alone has it before the paths in assembly lead to it.
    pub(super) fn settle_units(&mut self, arch: &mut impl Arch) {
        self.units.shared = Set::EMPTY;
        for unit in UNITS {
            let users = self.units.users(unit).and(self.residents);
            if users.is_many() {
                self.units.shared = self.units.shared.or(users);
                continue;
            }
            let (only, owner) = (users.first().map(VcpuId), *self.units.owner(unit));
            if owner != only && only.is_some_and(|only| !matches!(self.sched.state(only), State::Stopped | State::Away))
            {
                arch.switch_unit(unit, owner, only);
                *self.units.owner(unit) = only;
            }
        }
    }
}
