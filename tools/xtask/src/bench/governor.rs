//! A load that comes and goes, with the governor and without: for how long each core could be switched off; and what the governor costs while
//! there is work for every core.
//!
//! Cores without work sleep with a governor and without, so the time asleep says little. A core that sleeps can be switched off only if nobody
//! wakes it soon: it loses its caches and its local memory, and comes back through the boot stage. So what is freed is the time in
//! stretches of sleep that pay for that, [`STRETCH`] or longer.

use std::cell::RefCell;
use std::rc::Rc;

use anyhow::Result;
use figures::{Aim, Report};
use sh4a_emu::trace::{TraceEvent, TraceSink};

use super::rig::Rig;
use super::system;

/// Turns of load and rest.
const ROUNDS: usize = 4;
/// Steps of each process in a turn, about a quarter of a second on a core of its own.
const BURST: u32 = 8_000_000;
/// Steps of each process while there is work for every core.
const STEPS: u32 = 20_000_000;
/// Cycles within which each part must have come.
const PATIENCE: u64 = 60_000_000_000;
/// 50 ms: several times any period of ticks, Linux's 10 ms and SPUMONE's 4 ms, so that a core which is merely idle has no such stretch, and so much
/// that coming back (the boot stage copies some 50 KB, caches fill) does not count beside it.
const STRETCH: u64 = 50 * system::PERIOD;
const PORT: usize = system::LINUX_PORT;

/// What one system did.
struct Measured {
    /// For each core, the share of the turns' time that it slept, in percent.
    slept: Vec<f64>,
    /// For each core, the share of that time within long stretches of sleep, in percent.
    freed: Vec<f64>,
    /// For each core, how often a second it went to sleep while Linux rested.
    rested: Vec<f64>,
    /// What executed during the turns, in instructions of all cores.
    executed: u64,
    /// Cycles of the bursts alone.
    bursts: u64,
    full: u64,
}

pub(super) fn run() -> Result<Report> {
    let (off, on) = (measure(false)?, measure(true)?);
    let mut report = Report::new("governor");
    let list = |values: &[f64]| values.iter().map(|value| format!("{value:.2}")).collect::<Vec<_>>().join(", ");
    report
        .note(format!("four vCPUs on four cores; {ROUNDS} turns of four processes of {BURST} steps and of two seconds of rest; bounds of the governor 1 to 4 cores"))
        .note(format!("share of that time that cores 0 to 3 slept, in %: governed {}; not governed {}", list(&on.slept), list(&off.slept)))
        .note(format!("share within stretches of sleep of 50 ms or longer, in %: governed {}; not governed {}", list(&on.freed), list(&off.freed)))
        .note(format!("times a second that cores 0 to 3 were woken at rest: governed {}; not governed {}", list(&on.rested), list(&off.rested)))
        .note(format!("instructions of all cores: governed {}, not governed {}", on.executed, off.executed))
        .note(format!("cycles of the bursts: governed {}, not governed {}", on.bursts, off.bursts))
        .note(format!("cycles of four processes of {STEPS} steps after a run-up: governed {}, not governed {}", on.full, off.full));
    let average = |slept: &[f64]| slept.iter().sum::<f64>() / slept.len() as f64;
    report
        .figure("core time asleep, not governed", average(&off.slept), "%")
        .figure("core time asleep, governed", average(&on.slept), "%")
        .figure("bursts take longer, governed", (on.bursts as f64 / off.bursts as f64 - 1.0) * 100.0, "%")
        .figure("core time freed (asleep for 50 ms or longer at a stretch), not governed", average(&off.freed), "%")
        .figure("core time freed (asleep for 50 ms or longer at a stretch), governed", average(&on.freed), "%")
        .aimed("lost under full load", (on.full as f64 / off.full as f64 - 1.0) * 100.0, "%", Aim::AtMost(1.0));
    Ok(report)
}

fn measure(governed: bool) -> Result<Measured> {
    let (config, image) = system::smp("rp1-smp-linux", "", |_| {})?;
    let mut rig = Rig::new(config, if governed { "governed" } else { "not governed" }).flash(&image)?;
    rig.until("SHELL-REACHED", PATIENCE)?;
    if governed {
        rig.shell(PORT, "echo 4 > /sys/kernel/spumone/cores_max; echo 1 > /sys/kernel/spumone/cores_min", PATIENCE)?;
    }
    let now = rig.machine.time();
    let sleeps: Vec<_> = (0..rig.machine.cores()).map(|core| Sleep::at(now, rig.machine.cpu(core).asleep())).collect();
    let sleeps = Rc::new(RefCell::new(sleeps));
    rig.machine.board_mut().observer_mut().set_trace(Box::new(Sleeps(Rc::clone(&sleeps))));
    let asleep =
        |rig: &Rig| (0..rig.machine.cores()).map(|core| rig.machine.core_time(core).asleep).collect::<Vec<_>>();
    let (started, before, retired) = (rig.machine.time(), asleep(&rig), rig.machine.retired());
    let (mut bursts, mut rests, mut rested) = (0, 0, vec![0; rig.machine.cores()]);
    for _ in 0..ROUNDS {
        let (begin, end) = rig.shell(PORT, &four(BURST), PATIENCE)?;
        bursts += end.time - begin.time;
        // The second half of a rest: cores are given up one after the other.
        rig.pass(1000 * system::PERIOD)?;
        let times = || sleeps.borrow().iter().map(|sleep| sleep.times).collect::<Vec<_>>();
        let before = times();
        rig.pass(1000 * system::PERIOD)?;
        rests += 1000 * system::PERIOD;
        rested.iter_mut().zip(before.iter().zip(times())).for_each(|(sum, (before, now))| *sum += now - before);
    }
    let now = rig.machine.time();
    let all = now - started;
    sleeps.borrow_mut().iter_mut().for_each(|sleep| sleep.end(now));
    let freed = sleeps.borrow().iter().map(|sleep| 100.0 * sleep.long as f64 / all as f64).collect();
    let share = |(before, after): (&u64, &u64)| 100.0 * (after - before) as f64 / all as f64;
    let slept = before.iter().zip(&asleep(&rig)).map(share).collect();
    let executed = rig.machine.retired() - retired;
    let second = 1000.0 * system::PERIOD as f64;
    let rested = rested.iter().map(|&sleeps| sleeps as f64 * second / rests as f64).collect();
    rig.shell(PORT, &four(STEPS / 2), PATIENCE)?;
    let (begin, end) = rig.shell(PORT, &four(STEPS), PATIENCE)?;
    Ok(Measured { slept, freed, rested, executed, bursts, full: end.time - begin.time })
}

/// The command for four processes that compute for `steps` steps each, all the same; Linux ends if they do not agree.
fn four(steps: u32) -> String {
    format!(
        "sh -c 'for n in 1 2 3 4; do work machine {steps} > /tmp/$n & done; wait; cmp /tmp/1 /tmp/2 && cmp /tmp/1 /tmp/3 && \
         cmp /tmp/1 /tmp/4 || poweroff -f'"
    )
}

/// How a core has slept.
struct Sleep {
    /// Since when it sleeps.
    since: Option<u64>,
    /// How often it went to sleep.
    times: u64,
    /// Time within stretches of [`STRETCH`] or longer.
    long: u64,
}

impl Sleep {
    fn at(now: u64, asleep: bool) -> Self {
        Self { since: asleep.then_some(now), times: 0, long: 0 }
    }

    fn begin(&mut self, now: u64) {
        self.end(now);
        (self.since, self.times) = (Some(now), self.times + 1);
    }

    fn end(&mut self, now: u64) {
        let slept = self.since.take().map_or(0, |since| now.saturating_sub(since));
        if slept >= STRETCH {
            self.long += slept;
        }
    }
}

/// Follows the sleep of each core: an interrupt ends it.
struct Sleeps(Rc<RefCell<Vec<Sleep>>>);

impl TraceSink for Sleeps {
    fn record(&mut self, event: TraceEvent) {
        let mut cores = self.0.borrow_mut();
        match event {
            TraceEvent::Sleep { core, at } => cores[core].begin(at),
            TraceEvent::Interrupt(record) => cores[record.core].end(record.accepted),
            _ => {}
        }
    }

    fn finish(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_stretches_count() {
        let mut sleep = Sleep::at(0, true);
        sleep.end(STRETCH);
        sleep.begin(2 * STRETCH);
        sleep.end(3 * STRETCH - 1);
        // Woken before, as the end of the first shows: awake until the next.
        sleep.end(9 * STRETCH);
        sleep.begin(9 * STRETCH);
        sleep.end(11 * STRETCH);
        assert_eq!((sleep.times, sleep.long), (2, 3 * STRETCH));
    }
}
