//! The guest that puts the questions of `monitor-api/conformance` to SPUMONE as the host of monitors: once, while Linux stands still. What it writes
//! to its console are the answers, a line each behind [`ANSWER`]; then Linux goes on.
#![no_std]
#![no_main]

mod log;
mod memory;
mod start;

use core::fmt::Write;

use monitor_api::{Budget, Guest, Processors};
use spumone_abi::client::{Console, Spumone};
use spumone_abi::{SPUMONE_GUEST_PAUSED, SPUMONE_INFO_WATCHED_STATE};

use log::line;

/// Before each answer.
const ANSWER: &str = "answer: ";
/// The process whose appearance among the tasks is the word to begin.
const WORD: &str = "sleep";
/// SPUMONE's ticks between two looks whether it is time.
const WAIT: u32 = 25;
/// SPUMONE's ticks within which Linux stands still when it is asked to.
const PATIENCE: u32 = 250;
/// SPUMONE's ticks for which Linux stands still when all was said, for whoever looks from outside.
const SHOW: u32 = 25;

/// Asks; comes back only if it cannot, with the reason.
pub(crate) fn run(hypervisor: Spumone) -> &'static str {
    let (_, host, profile) = match start::told(hypervisor) {
        Ok(told) => told,
        Err(why) => return why,
    };
    let guest = loop {
        if let Ok(guest) = Guest::attach(&host, profile)
            && is_time(&guest)
        {
            break guest;
        }
        wait(hypervisor, WAIT);
    };
    line(hypervisor, format_args!("it is asked to stand still"));
    if hypervisor.guest_pause(host.guest).is_err() {
        return "the watched guest cannot be paused";
    }
    let mut ticks = (0..PATIENCE).inspect(|_| wait(hypervisor, 1));
    if !ticks.any(|_| hypervisor.info(SPUMONE_INFO_WATCHED_STATE) == Ok(SPUMONE_GUEST_PAUSED)) {
        return "the watched guest does not stand still";
    }
    line(hypervisor, format_args!("it stands still"));
    let mut say = |answer: core::fmt::Arguments<'_>| {
        // A console that fails cannot be told of it; who counts the answers misses one.
        let _ = writeln!(Console(hypervisor), "{ANSWER}{answer}");
    };
    let asked = conformance::ask(&guest, &mut say);
    conformance::ask_registers(&host, &mut say);
    match asked {
        Ok(()) => line(hypervisor, format_args!("all {} CPUs were asked", host.count())),
        Err(error) => line(hypervisor, format_args!("asking broke off: {error}")),
    }
    wait(hypervisor, SHOW);
    line(hypervisor, format_args!("it goes on"));
    if hypervisor.guest_resume(host.guest).is_err() {
        return "the watched guest cannot go on";
    }
    loop {
        wait(hypervisor, WAIT);
    }
}

fn is_time(guest: &Guest<'_>) -> bool {
    let budget = Budget::bytes(1 << 20);
    let view = guest.view(&budget);
    // A kernel that boots has no list that could be walked.
    let Ok(mut tasks) = view.known_list("init_task.tasks") else { return false };
    tasks.any(|task| task.and_then(|task| task.name("comm")).is_ok_and(|name| name.as_str() == WORD))
}

fn wait(hypervisor: Spumone, ticks: u32) {
    // It ends early at worst.
    let _ = hypervisor.sleep(ticks);
}
