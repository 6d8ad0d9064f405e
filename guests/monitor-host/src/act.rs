//! What the policy says is done.

use spumone_abi::client::Error;
use spumone_abi::{
    SPUMONE_E_AGAIN, SPUMONE_E_FAULT, SPUMONE_E_INVAL, SPUMONE_E_NOSYS, SPUMONE_E_PERM, SPUMONE_E_STATE,
};
use spumone_core::monitors::Action;

use crate::log::line;
use crate::memory::Watched;
use monitor_api::Processors;

/// SPUMONE's ticks until the guest must stand still.
const PATIENCE: u32 = 50;

/// Does it; the answer is 0, or SPUMONE's error.
pub(crate) fn act(host: &Watched, action: Action) -> i32 {
    let (spumone, guest) = (host.hypervisor, host.guest);
    let done = match action {
        Action::Report => Ok(()),
        Action::Pause => spumone.guest_pause(guest).map(drop),
        Action::Restart => spumone.guest_reset(guest).map(drop),
        Action::Dump => spumone.guest_pause(guest).and_then(|_| {
            dump(host);
            spumone.guest_resume(guest).map(drop)
        }),
    };
    done.map_or_else(code, |()| 0)
}

/// Writes down the registers of the guest that is about to stand still.
fn dump(host: &Watched) {
    for vcpu in 0..host.count() {
        let found = (0..PATIENCE).find_map(|_| {
            // Nothing to do about a wait that ends early but to ask again.
            let _ = host.hypervisor.sleep(1);
            host.registers(vcpu)
        });
        match found {
            Some(r) => {
                let (pc, pr, sr, sp, vbr) = (r.pc, r.pr, r.sr, r.r[15], r.vbr);
                line(
                    host.hypervisor,
                    format_args!("vCPU {vcpu}: pc {pc:08x} pr {pr:08x} sr {sr:08x} r15 {sp:08x} vbr {vbr:08x}"),
                );
            }
            None => line(host.hypervisor, format_args!("vCPU {vcpu}: its registers cannot be told")),
        }
    }
}

fn code(error: Error) -> i32 {
    match error {
        Error::NoSys => SPUMONE_E_NOSYS,
        Error::Invalid => SPUMONE_E_INVAL,
        Error::Permission => SPUMONE_E_PERM,
        Error::State => SPUMONE_E_STATE,
        Error::Fault => SPUMONE_E_FAULT,
        Error::Again => SPUMONE_E_AGAIN,
        Error::Unknown(code) => code,
    }
}
