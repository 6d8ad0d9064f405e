//! Typed request to an action.

use super::entry::{Hypervisor, Outcome};
use super::state::CoreState;
use crate::addr::{GuestPointer, GuestRange};
use crate::arch::Arch;
use crate::cluster::{Op, Request, Shared};
use crate::error::{GuestFault, Refusal};
use crate::hypercall::Call;
use crate::irq::{Code, vector_base_is_usable};
use crate::trace::Event;
use crate::vcpu::VcpuId;
use spumone_abi as abi;

/// Bytes that one `console_write` looks at: bounds the time that a call takes.
const CONSOLE_CHUNK: usize = 32;

/// SPUMONE's tick in microseconds.
const TICK_US: u32 = 4000;

pub(super) type Answer = Result<i32, Refusal>;

/// Who makes a call.
#[derive(Clone, Copy)]
pub(super) struct Caller {
    pub(super) vcpu: VcpuId,
    /// The number of its guest.
    pub(super) guest: u8,
}

impl Hypervisor {
    /// A hypercall of the current vCPU: number and argument words as the guest passed them.
    pub fn hypercall(&mut self, arch: &mut impl Arch, current: Option<VcpuId>, number: u32, args: [u32; 3]) -> Outcome {
        self.observe(arch, current);
        let Some((vcpu, known)) = current.and_then(|vcpu| Some((vcpu, self.state.vcpu(vcpu)?))) else {
            return Outcome::Return(Refusal::State.code());
        };
        let caller = Caller { vcpu, guest: known.guest };
        self.state.in_call = true;
        match Call::decode(number, args) {
            Ok(call) => self.dispatch(arch, caller, call),
            Err(refusal) => self.go_back(arch, refusal.code()),
        }
    }

    fn dispatch(&mut self, arch: &mut impl Arch, caller: Caller, call: Call) -> Outcome {
        let Caller { vcpu, guest } = caller;
        let answer = match call {
            Call::SetVbr { base } => return self.set_vbr(arch, caller, base),
            Call::Idle => {
                self.state.sched.idle();
                return self.leave(arch);
            }
            Call::VcpuStop => {
                // The current vCPU may always stop.
                let _ = self.run(arch, Op::stop(vcpu));
                return self.leave(arch);
            }
            Call::GuestExit { status } => {
                self.end(arch, guest, status);
                return self.leave(arch);
            }
            Call::GuestRestart => {
                return self.restart(arch, caller);
            }
            Call::VcpuId => Ok(self.state.vcpu(vcpu).map_or(0, |vcpu| vcpu.number).into()),
            Call::Null | Call::SyscallDone => Ok(0),
            Call::VcpuCount => self.state.guest(guest).map(|guest| guest.config.vcpus.into()),
            Call::VcpuStart { .. } | Call::IpiSend { .. } | Call::IpiTake | Call::VcpuMove { .. } => {
                self.vcpu_call(arch, caller, call)
            }
            Call::VcpuCore { .. } | Call::SyscallCore { .. } | Call::CoreBounds { .. } => {
                self.vcpu_call(arch, caller, call)
            }
            Call::GuestPause { .. }
            | Call::GuestResume { .. }
            | Call::GuestReset { .. }
            | Call::VcpuRegisters { .. } => self.watcher_call(arch, caller, call),
            Call::Clock { nanoseconds } => self.state.clock(arch, guest, nanoseconds),
            Call::Alarm { ticks } => {
                self.state.set_alarm(vcpu, ticks);
                Ok(0)
            }
            Call::IrqEnable { intevt, level } => self.irq_enable(arch, guest, intevt, level),
            Call::IrqDisable { intevt } => self.irq_disable(arch, guest, intevt),
            Call::ConsoleWrite { bytes, length } => self.state.console_write(arch, guest, bytes, length),
            Call::ConsoleRead => self.state.console_read(arch, guest),
            Call::Info { item } => self.info(arch, caller, item),
            Call::Trace { code, arg } => {
                arch.trace(Event::Guest { guest, code, arg });
                Ok(0)
            }
            Call::GuestName { guest: which, name, length } => self.state.guest_name(arch, guest, which, name, length),
        };
        self.go_back(arch, answer.unwrap_or_else(Refusal::code))
    }

    fn set_vbr(&mut self, arch: &mut impl Arch, caller: Caller, base: u32) -> Outcome {
        let Caller { vcpu, guest } = caller;
        let config = self.state.guest(guest).ok().map(|guest| &guest.config);
        let Some(config) = config.filter(|config| vector_base_is_usable(&config.memory, base)) else {
            self.park(arch, vcpu, GuestFault::VectorBase(base), None);
            return self.leave(arch);
        };
        arch.set_vector_base(vcpu, base, config.irq_off);
        if let Some(vcpu) = self.state.vcpu_mut(vcpu) {
            vcpu.has_vectors = true;
        }
        self.state.make_table(arch, Some(vcpu));
        self.go_back(arch, 0)
    }

    fn irq_enable(&mut self, arch: &mut impl Arch, guest: u8, intevt: u32, level: u32) -> Answer {
        let guest = self.state.guest(guest)?;
        let (code, source) = self.state.owners.owned(|vcpu| guest.vcpus().has(vcpu.0), intevt)?;
        let level = u8::try_from(level).ok().filter(|level| (1..=15).contains(level)).ok_or(Refusal::Invalid)?;
        if !(guest.config.level_low..=guest.config.level_high).contains(&level) {
            return Err(Refusal::Permission);
        }
        // The registers of levels are shared by all cores: with several they stay as the system file wants them.
        if level != source.level && self.state.cores.count() > 1 {
            return Err(Refusal::Invalid);
        }
        self.set_irq(arch, source.vcpu, code, level, true)
    }

    fn irq_disable(&mut self, arch: &mut impl Arch, guest: u8, intevt: u32) -> Answer {
        let guest = self.state.guest(guest)?;
        let (code, source) = self.state.owners.owned(|vcpu| guest.vcpus().has(vcpu.0), intevt)?;
        self.set_irq(arch, source.vcpu, code, source.level, false)
    }

    /// On the core that has the vCPU.
    fn set_irq(&mut self, arch: &mut impl Arch, vcpu: VcpuId, code: Code, level: u8, on: bool) -> Answer {
        if !arch.knows_irq(code) {
            return Err(Refusal::Invalid);
        }
        self.run(arch, Op::request(Request::Irq { vcpu, code, level, on })).map(i32::from)
    }

    fn info(&self, arch: &impl Arch, caller: Caller, item: u32) -> Answer {
        let (state, core) = (&self.state, arch.core_info());
        let (vcpu, guest) = (caller.vcpu, state.guest(caller.guest)?);
        let departures = || state.residents.map(|vcpu| arch.departures(VcpuId(vcpu)));
        let preemptions = || departures().map(|counts| counts.preempted).fold(0, u32::wrapping_add);
        let value = match item {
            abi::SPUMONE_INFO_VERSION => abi::SPUMONE_VERSION,
            abi::SPUMONE_INFO_GUEST => guest.config.id.into(),
            abi::SPUMONE_INFO_VCPUS => guest.config.vcpus.into(),
            abi::SPUMONE_INFO_CORE => core.core.into(),
            abi::SPUMONE_INFO_CORE_KHZ => core.core_khz,
            abi::SPUMONE_INFO_PCLK_KHZ => core.pclk_khz,
            abi::SPUMONE_INFO_LEVEL_LOW => guest.config.level_low.into(),
            abi::SPUMONE_INFO_LEVEL_HIGH => guest.config.level_high.into(),
            abi::SPUMONE_INFO_BOARD => state.board as u32,
            abi::SPUMONE_INFO_GUESTS => state.guests.len() as u32,
            abi::SPUMONE_INFO_SWITCHES => {
                let handed_back = departures().map(|counts| counts.idled).fold(0, u32::wrapping_add);
                state.sched.switches().wrapping_add(preemptions()).wrapping_add(handed_back)
            }
            abi::SPUMONE_INFO_FORWARDED => arch.forwarded(vcpu),
            abi::SPUMONE_INFO_PREEMPTIONS => preemptions(),
            abi::SPUMONE_INFO_CORES => state.cores.count(),
            abi::SPUMONE_INFO_CORES_USED => {
                let mut shared = arch.shared();
                guest.vcpus().fold(0, |used, vcpu| used | 1 << shared.location(VcpuId(vcpu)).0)
            }
            abi::SPUMONE_INFO_ARRIVALS => state.arrivals,
            abi::SPUMONE_INFO_TICK_US => TICK_US,
            _ if (abi::SPUMONE_INFO_WATCHED..=abi::SPUMONE_INFO_WATCHED_RESTARTS).contains(&item) => {
                self.about_watched(arch, caller, item)?
            }
            _ => return Err(Refusal::Invalid),
        };
        Ok((value & 0x7fff_ffff) as i32)
    }
}

impl CoreState {
    fn console_write(&mut self, arch: &mut impl Arch, guest: u8, bytes: GuestPointer, length: u32) -> Answer {
        let guest = self.guests.get(usize::from(guest)).ok_or(Refusal::State)?;
        // The whole range is checked, not only the piece that is looked at.
        GuestRange::check(&guest.config.memory, bytes, length).ok_or(Refusal::Fault)?;
        let Some(port) = guest.config.console else { return Err(Refusal::Permission) };
        let looked_at = length.min(CONSOLE_CHUNK as u32);
        let range = GuestRange::check(&guest.config.memory, bytes, looked_at).ok_or(Refusal::Fault)?;
        let mut buffer = [0; CONSOLE_CHUNK];
        let piece = buffer.get_mut(..looked_at as usize).unwrap_or(&mut []);
        arch.read_guest(range, piece);
        let taken = if port == self.log_port {
            let Self { console, .. } = self;
            let taken = console.guest_output(guest.config.id, guest.config.name.as_str(), piece);
            self.drain(arch);
            taken
        } else {
            arch.serial_write(port, piece)
        };
        Ok(taken as i32)
    }

    fn console_read(&self, arch: &mut impl Arch, guest: u8) -> Answer {
        let byte = self.guest(guest)?.config.console.and_then(|port| arch.serial_read(port));
        byte.map(i32::from).ok_or(Refusal::Again)
    }

    fn guest_name(&self, arch: &mut impl Arch, guest: u8, which: u32, name: GuestPointer, length: u32) -> Answer {
        let guest = self.guest(guest)?;
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
