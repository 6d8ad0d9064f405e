//! Hypercalls about vCPUs of the caller's guest, on whatever core they are.

use super::calls::{Answer, Caller};
use super::entry::Hypervisor;
use crate::arch::Arch;
use crate::cluster::{CoreId, Notice, Op, Request, Shared};
use crate::error::Refusal;
use crate::hypercall::Call;
use spumone_abi as abi;

impl Hypervisor {
    pub(super) fn vcpu_call(&mut self, arch: &mut impl Arch, caller: Caller, call: Call) -> Answer {
        let guest = self.state.guest(caller.guest)?;
        let op = match call {
            Call::VcpuStart { id, entry, arg } => {
                let vcpu = guest.vcpu(id).ok_or(Refusal::Invalid)?;
                if vcpu == caller.vcpu {
                    return Err(Refusal::State);
                }
                Op::request(Request::Start { vcpu, entry: entry.0, arg })
            }
            Call::IpiSend { mask, message } => {
                let targets = guest.vcpus_in(mask).ok_or(Refusal::Invalid)?;
                Op::send(targets, 1 << message)
            }
            Call::IpiTake => Op::take(caller.vcpu),
            Call::VcpuMove { id, core } => {
                let (vcpu, to) = (guest.vcpu(id).ok_or(Refusal::Invalid)?, self.core(core)?);
                Op::request(Request::Move { vcpu, to })
            }
            Call::SyscallCore { id, core } => {
                let vcpu = guest.vcpu(id).ok_or(Refusal::Invalid)?;
                let core = if core == abi::SPUMONE_NO_CORE { None } else { Some(self.core(core)?) };
                Op::request(Request::SyscallCore { vcpu, core })
            }
            Call::VcpuCore { id } => {
                let vcpu = guest.vcpu(id).ok_or(Refusal::Invalid)?;
                return Ok(arch.shared().location(vcpu).0.into());
            }
            Call::CoreBounds { low, high } => {
                let most = self.state.cores.without(self.state.guarded()).count();
                let bound = |word: u32| u8::try_from(word).ok().filter(|cores| (1..=most).contains(&u32::from(*cores)));
                let (low, high) =
                    bound(low).zip(bound(high)).filter(|(low, high)| low <= high).ok_or(Refusal::Invalid)?;
                if !guest.has_messages() {
                    return Err(Refusal::Permission);
                }
                Op::notify(self.clock_core(), Notice::Bounds { guest: guest.config.id, low, high })
            }
            _ => return Err(Refusal::NoSys),
        };
        self.run(arch, op).map(i32::from)
    }

    fn core(&self, core: u32) -> Result<CoreId, Refusal> {
        let core = u8::try_from(core).ok().filter(|&core| self.state.cores.has(core)).ok_or(Refusal::Invalid)?;
        if self.state.guarded().has(core) { Err(Refusal::Permission) } else { Ok(CoreId(core)) }
    }
}
