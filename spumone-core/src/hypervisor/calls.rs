//! Typed request to an action.

use super::state::{Hypervisor, Outcome};
use crate::addr::{GuestPointer, GuestRange};
use crate::arch::Arch;
use crate::error::{GuestFault, Refusal};
use crate::guest::Guest;
use crate::hypercall::Call;
use crate::irq::vector_base_is_usable;
use crate::trace::Event;
use crate::vcpu::VcpuId;
use spumone_abi as abi;

/// Bytes that one `console_write` looks at: bounds the time that a call takes.
const CONSOLE_CHUNK: usize = 32;

type Answer = Result<i32, Refusal>;

impl Hypervisor {
    /// A hypercall of the current vCPU: number and argument words as the guest passed them.
    pub fn hypercall(&mut self, arch: &mut impl Arch, current: Option<VcpuId>, number: u32, args: [u32; 3]) -> Outcome {
        self.sched.observe(current, |vcpu| arch.departures(vcpu));
        let Some(guest) = current.and_then(|vcpu| self.guest_of(vcpu)).copied() else {
            return Outcome::Return(Refusal::State.code());
        };
        match Call::decode(number, args) {
            Ok(call) => {
                let outcome = self.dispatch(arch, &guest, call);
                if self.may_go_on() != self.told_go_on {
                    self.decide_idle(arch);
                }
                outcome
            }
            Err(refusal) => Outcome::Return(refusal.code()),
        }
    }

    fn dispatch(&mut self, arch: &mut impl Arch, guest: &Guest, call: Call) -> Outcome {
        let answer = match call {
            Call::SetVbr { base } => return self.set_vbr(arch, guest, base),
            Call::Idle => {
                self.sched.idle();
                return self.leave(arch);
            }
            Call::VcpuStop => {
                self.sched.stop();
                self.update_actions(arch);
                return self.leave(arch);
            }
            Call::GuestExit { status } => {
                self.end(arch, guest.vcpu, status);
                return self.leave(arch);
            }
            Call::GuestRestart => {
                self.park(arch, guest.vcpu, GuestFault::Restart, None);
                return self.leave(arch);
            }
            Call::VcpuId | Call::Null => Ok(0),
            Call::VcpuCount => Ok(guest.config.vcpus.into()),
            Call::VcpuStart { id, .. } if id >= guest.config.vcpus.into() => Err(Refusal::Invalid),
            // The only vCPU is the one that asks.
            Call::VcpuStart { .. } => Err(Refusal::State),
            Call::IpiSend { mask, .. } if mask >> guest.config.vcpus != 0 => Err(Refusal::Invalid),
            Call::IpiSend { .. } | Call::IpiTake => Err(Refusal::NoSys),
            Call::VcpuMove { .. } | Call::VcpuCore { .. } | Call::SyscallCore { .. } => Err(Refusal::NoSys),
            Call::SyscallDone | Call::CoreBounds { .. } => Err(Refusal::NoSys),
            Call::IrqEnable { intevt, level } => self.irq_enable(arch, guest, intevt, level),
            Call::IrqDisable { intevt } => self.irq_disable(arch, guest, intevt),
            Call::ConsoleWrite { bytes, length } => self.console_write(arch, guest, bytes, length),
            Call::ConsoleRead => match guest.config.console.and_then(|port| arch.serial_read(port)) {
                Some(byte) => Ok(byte.into()),
                None => Err(Refusal::Again),
            },
            Call::Info { item } => self.info(arch, guest, item),
            Call::Trace { code, arg } => {
                arch.trace(Event::Guest { guest: guest.config.id, code, arg });
                Ok(0)
            }
            Call::GuestName { guest: which, name, length } => self.guest_name(arch, guest, which, name, length),
        };
        Outcome::Return(answer.unwrap_or_else(Refusal::code))
    }

    fn set_vbr(&mut self, arch: &mut impl Arch, guest: &Guest, base: u32) -> Outcome {
        if !vector_base_is_usable(&guest.config.memory, base) {
            self.park(arch, guest.vcpu, GuestFault::VectorBase(base), None);
            return self.leave(arch);
        }
        arch.set_vector_base(guest.vcpu, base, guest.config.irq_off);
        if let Some(guest) = self.guests.get_mut(guest.vcpu.index()) {
            guest.has_vectors = true;
        }
        self.update_actions(arch);
        Outcome::Return(0)
    }

    fn irq_enable(&mut self, arch: &mut impl Arch, guest: &Guest, intevt: u32, level: u32) -> Answer {
        let (low, high) = (guest.config.level_low, guest.config.level_high);
        let (code, level) = self.owners.allow(guest.vcpu, intevt, level, low, high)?;
        if arch.irq_unmask(code, level) { Ok(0) } else { Err(Refusal::Invalid) }
    }

    fn irq_disable(&mut self, arch: &mut impl Arch, guest: &Guest, intevt: u32) -> Answer {
        let code = self.owners.owned(guest.vcpu, intevt)?;
        if arch.irq_mask(code) { Ok(0) } else { Err(Refusal::Invalid) }
    }

    fn console_write(&mut self, arch: &mut impl Arch, guest: &Guest, bytes: GuestPointer, length: u32) -> Answer {
        // The whole range is checked, not only the piece that is looked at.
        GuestRange::check(&guest.config.memory, bytes, length).ok_or(Refusal::Fault)?;
        let Some(port) = guest.config.console else { return Err(Refusal::Permission) };
        let looked_at = length.min(CONSOLE_CHUNK as u32);
        let range = GuestRange::check(&guest.config.memory, bytes, looked_at).ok_or(Refusal::Fault)?;
        let mut buffer = [0; CONSOLE_CHUNK];
        let piece = buffer.get_mut(..looked_at as usize).unwrap_or(&mut []);
        arch.read_guest(range, piece);
        let taken = if port == self.log_port {
            let taken = self.console.guest_output(guest.config.id, guest.config.name.as_str(), piece);
            self.drain(arch);
            taken
        } else {
            arch.serial_write(port, piece)
        };
        Ok(taken as i32)
    }

    fn info(&self, arch: &impl Arch, guest: &Guest, item: u32) -> Answer {
        let core = arch.core_info();
        let value = match item {
            abi::SPUMONE_INFO_VERSION => abi::SPUMONE_VERSION,
            abi::SPUMONE_INFO_GUEST => guest.config.id.into(),
            abi::SPUMONE_INFO_VCPUS => guest.config.vcpus.into(),
            abi::SPUMONE_INFO_CORE => core.core.into(),
            abi::SPUMONE_INFO_CORE_KHZ => core.core_khz,
            abi::SPUMONE_INFO_PCLK_KHZ => core.pclk_khz,
            abi::SPUMONE_INFO_LEVEL_LOW => guest.config.level_low.into(),
            abi::SPUMONE_INFO_LEVEL_HIGH => guest.config.level_high.into(),
            abi::SPUMONE_INFO_BOARD => self.board as u32,
            abi::SPUMONE_INFO_GUESTS => self.guests.len() as u32,
            abi::SPUMONE_INFO_SWITCHES => {
                let idled = |guest: &Guest| arch.departures(guest.vcpu).idled;
                let handed_back = self.guests.iter().map(idled).fold(0, u32::wrapping_add);
                self.sched.switches().wrapping_add(self.preemptions(arch)).wrapping_add(handed_back)
            }
            abi::SPUMONE_INFO_FORWARDED => arch.forwarded(guest.vcpu),
            abi::SPUMONE_INFO_PREEMPTIONS => self.preemptions(arch),
            _ => return Err(Refusal::Invalid),
        };
        Ok((value & 0x7fff_ffff) as i32)
    }

    fn preemptions(&self, arch: &impl Arch) -> u32 {
        self.guests.iter().map(|guest| arch.departures(guest.vcpu).preempted).fold(0, u32::wrapping_add)
    }

    fn guest_name(&self, arch: &mut impl Arch, guest: &Guest, which: u32, name: GuestPointer, length: u32) -> Answer {
        let found = usize::try_from(which).ok().and_then(|which| self.guests.get(which)).ok_or(Refusal::Invalid)?;
        let text = found.config.name;
        let text = text.as_str().as_bytes();
        let shown = text.get(..text.len().min(length as usize)).unwrap_or(&[]);
        let range = GuestRange::check(&guest.config.memory, name, length).ok_or(Refusal::Fault)?;
        let range = GuestRange::check(&guest.config.memory, GuestPointer(range.start()), shown.len() as u32);
        arch.write_guest(range.ok_or(Refusal::Fault)?, shown);
        Ok(text.len() as i32)
    }
}
