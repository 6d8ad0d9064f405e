//! The guest in which monitors run on SPUMONE.
#![no_std]
#![no_main]

mod act;
mod core_local;
mod dumps;
mod list;
mod log;
mod memory;
mod rounds;
mod start;

use spumone_abi::client::Spumone;
use spumone_core::findings::Writer;

use core_local::CoreLocal;
use dumps::Dumps;
use rounds::Rounds;

/// Watches for ever; comes back only if it cannot begin, with the reason.
pub(crate) fn run(hypervisor: Spumone) -> &'static str {
    let (config, host, profile) = match start::told(hypervisor) {
        Ok(told) => told,
        Err(why) => return why,
    };
    let Some(local) = core_local::lasting(list::Local::default()) else { return "the core's memory is taken" };
    let mut main = list::Main::default();
    let (writers, monitors) = ((Writer::new(CoreLocal), Dumps::new(config.dump_seconds)), list::all(local, &mut main));
    let mut rounds = Rounds::new(&host, profile, &config, writers, monitors);
    loop {
        rounds.round();
    }
}
