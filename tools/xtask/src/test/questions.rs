//! SPUMONE answers what other hosts of monitors answer.

use std::path::Path;

use anyhow::{Context, Result};
use monitor_hosts::proof::Questioned;
use system_file::{GuestImage, Kind};

use crate::monitor::spumone;
use crate::{image, target};

/// Consoles of Linux and of SPUMONE's log.
const PORTS: (usize, usize) = (0, 3);

/// The shipped system with a guest that asks in place of the one that watches, and nobody beside it; gives the number of answers.
pub(super) fn run() -> Result<usize> {
    let mut system = image::load(Path::new(spumone::SYSTEM))?;
    let asks = target::build("monitor-host", system.board.name)?.program("questions");
    for guest in system.guests.iter_mut().filter(|guest| guest.kind == Kind::Monitor) {
        guest.image = GuestImage::File(asks.clone());
    }
    system.guests.retain(|guest| guest.kind != Kind::Rtos);
    let linux = system.guests.iter().find(|guest| guest.kind == Kind::Linux).context("no Linux")?;
    let memory = (u64::from(linux.memory.start), u64::from(linux.memory.length));
    let cpus = linux.placement.len();

    let emulator = spumone::start(&system, 0)?.emulator;
    Questioned { emulator, memory, cpus, ports: PORTS }.agree(&spumone::prepared()?)
}
