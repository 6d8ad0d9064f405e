//! What a guest that watches another one may ask.

use super::calls::{Answer, Caller};
use super::entry::Hypervisor;
use super::state::CoreState;
use crate::addr::{GuestPointer, GuestRange};
use crate::arch::Arch;
use crate::cluster::{Op, Set, Shared, Wish};
use crate::error::Refusal;
use crate::guest::{Guest, Life};
use crate::hypercall::Call;
use crate::vcpu::{State, VcpuId};
use spumone_abi as abi;

/// Bytes of `SpumoneRegisters`, which is all words.
const REGISTERS_BYTES: u32 = size_of::<abi::SpumoneRegisters>() as u32;
/// Which of its words is VBR.
const VBR: usize = core::mem::offset_of!(abi::SpumoneRegisters, vbr) / 4;

/// Time as a counter that is looked at again and again tells it.
pub(super) struct Time {
    /// The counter when it was looked at last.
    seen: u32,
    /// Nanoseconds until then.
    passed: u64,
}

impl Time {
    pub(super) const START: Self = Self { seen: 0, passed: 0 };

    /// Nanoseconds since the counter was 0, if it does not go round between two calls.
    pub(super) fn now(&mut self, (counter, step): (u32, u32)) -> u64 {
        let passed = counter.wrapping_sub(core::mem::replace(&mut self.seen, counter));
        self.passed = self.passed.wrapping_add(u64::from(passed) * u64::from(step));
        self.passed
    }
}

impl Hypervisor {
    /// True if a guest watches another one.
    pub fn has_watcher(&self) -> bool {
        self.state.guests.iter().any(|guest| guest.config.watches.is_some())
    }

    /// The guest that `caller`'s watches.
    pub(super) fn watched(&self, caller: Caller) -> Result<&Guest, Refusal> {
        let number = self.state.guest(caller.guest)?.config.watches.ok_or(Refusal::Invalid)?;
        self.state.guest(number)
    }

    pub(super) fn about_watched(&self, arch: &impl Arch, caller: Caller, item: u32) -> Result<u32, Refusal> {
        let guest = self.watched(caller)?;
        Ok(match item {
            abi::SPUMONE_INFO_WATCHED => guest.config.id.into(),
            abi::SPUMONE_INFO_WATCHED_START => guest.config.memory.start,
            abi::SPUMONE_INFO_WATCHED_SIZE => guest.config.memory.length,
            abi::SPUMONE_INFO_WATCHED_VCPUS => guest.config.vcpus.into(),
            abi::SPUMONE_INFO_WATCHED_STATE => state_of(arch, guest),
            abi::SPUMONE_INFO_WATCHED_RESTARTS => self.node.life(guest.config.id).into(),
            _ => return Err(Refusal::Invalid),
        })
    }

    /// A call about the guest that the caller watches; about any other one it is refused.
    pub(super) fn watcher_call(&mut self, arch: &mut impl Arch, caller: Caller, call: Call) -> Answer {
        let (Call::GuestPause { guest }
        | Call::GuestResume { guest }
        | Call::GuestReset { guest }
        | Call::VcpuRegisters { guest, .. }) = call
        else {
            return Err(Refusal::NoSys);
        };
        let watched = self.watched(caller).map_err(|_| Refusal::Permission)?;
        if u32::from(watched.config.id) != guest {
            return Err(Refusal::Permission);
        }
        let watched = watched.config.id;
        match call {
            Call::GuestPause { .. } => self.run(arch, Op::ask(watched, Wish::Pause)).map(i32::from),
            Call::GuestResume { .. } => self.run(arch, Op::ask(watched, Wish::Resume)).map(i32::from),
            Call::GuestReset { .. } if arch.image().is_none() => Err(Refusal::NoSys),
            Call::GuestReset { .. } => self.run(arch, Op::ask(watched, Wish::Restart)).map(i32::from),
            Call::VcpuRegisters { id, registers, .. } => self.vcpu_registers(arch, caller, id, registers),
            _ => Err(Refusal::NoSys),
        }
    }

    fn vcpu_registers(&self, arch: &mut impl Arch, caller: Caller, id: u32, to: GuestPointer) -> Answer {
        let guest = self.watched(caller)?;
        let vcpu = guest.vcpu(id).ok_or(Refusal::Invalid)?;
        let memory = &self.state.guest(caller.guest)?.config.memory;
        let range = GuestRange::check(memory, to, REGISTERS_BYTES).ok_or(Refusal::Fault)?;
        if guest.life != Life::Alive {
            return Err(Refusal::State);
        }
        let stands = arch.shared().standing(vcpu);
        let registers = if stands {
            arch.registers(vcpu)
        } else {
            // What cannot be told of one that runs is 0.
            let base = arch.vector_base(vcpu);
            core::array::from_fn(|word| if word == VBR { base } else { 0 })
        };
        let mut bytes = [0; REGISTERS_BYTES as usize];
        for (place, word) in bytes.chunks_exact_mut(4).zip(registers) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        arch.write_guest(range, &bytes);
        if stands { Ok(0) } else { Err(Refusal::Again) }
    }
}

/// How a guest is, as its watcher is told.
fn state_of(arch: &impl Arch, guest: &Guest) -> u32 {
    let mut shared = arch.shared();
    let wishes = shared.wish(0);
    let wished = |wish: Wish| wishes & wish.bit(guest.config.id) != 0;
    if wished(Wish::Restart) {
        abi::SPUMONE_GUEST_RESTARTING
    } else if guest.life != Life::Alive {
        abi::SPUMONE_GUEST_GONE
    } else if !wished(Wish::Pause) {
        abi::SPUMONE_GUEST_ALIVE
    } else if guest.vcpus().all(|vcpu| shared.standing(VcpuId(vcpu))) {
        abi::SPUMONE_GUEST_PAUSED
    } else {
        abi::SPUMONE_GUEST_PAUSING
    }
}

impl CoreState {
    /// Cores to which no vCPU goes: a guest that watches another one is there.
    pub(super) fn guarded(&self) -> Set {
        let mut cores = Set::EMPTY;
        let watchers = self.guests.iter().filter(|guest| guest.config.watches.is_some());
        watchers.flat_map(|guest| guest.config.placement.iter().flatten()).for_each(|&core| cores.add(core));
        cores
    }

    pub(super) fn clock(&mut self, arch: &mut impl Arch, guest: u8, to: GuestPointer) -> Answer {
        let memory = &self.guest(guest)?.config.memory;
        let range = GuestRange::check(memory, to, 8).ok_or(Refusal::Fault)?;
        let now = self.time.now(arch.counter());
        arch.write_guest(range, &now.to_le_bytes());
        Ok(0)
    }

    pub(super) fn set_alarm(&mut self, vcpu: VcpuId, ticks: u32) {
        if let Some(vcpu) = self.vcpu_mut(vcpu) {
            vcpu.alarm = ticks;
        }
    }

    /// A tick: whose time has come goes on, as soon as it waits.
    pub(super) fn ring_alarms(&mut self) {
        for vcpu in self.residents.map(VcpuId) {
            let waits = self.sched.state(vcpu) == State::Waiting;
            let Some(known) = self.vcpu_mut(vcpu).filter(|known| known.alarm != 0) else { continue };
            if known.alarm > 1 {
                known.alarm -= 1;
            } else if waits {
                known.alarm = 0;
                self.sched.wake(vcpu);
            }
        }
    }
}
