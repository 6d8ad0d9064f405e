//! What the policy says is done.

use spumone_abi::client::Error;
use spumone_abi::{
    SPUMONE_E_AGAIN, SPUMONE_E_FAULT, SPUMONE_E_INVAL, SPUMONE_E_NOSYS, SPUMONE_E_PERM, SPUMONE_E_STATE,
};
use spumone_core::findings::Entry;
use spumone_core::monitors::Measure;

use crate::dumps::Dumps;
use crate::memory::Watched;

/// Does what finding `number` leads to; the answer is 0, or SPUMONE's error.
pub(crate) fn act(host: &Watched, dumps: &mut Dumps, entry: &Entry, number: u32) -> i32 {
    let done = match dumps.still.follow(entry.action, entry.verdict) {
        Measure::Nothing => Ok(()),
        Measure::Pause => dumps.pause(host),
        Measure::Dump(after) => dumps.ask(host, entry, number, after),
        Measure::Restart => host.hypervisor.guest_reset(host.guest).map(drop),
    };
    done.map_or_else(code, |()| 0)
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
