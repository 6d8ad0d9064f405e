//! A load that comes and goes, with the governor and without: how long each core sleeps; and what the governor costs while there is work for every
//! core.

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
const PORT: usize = system::LINUX_PORT;

/// What one system did.
struct Measured {
    /// For each core, the share of the turns' time that it slept, in percent.
    slept: Vec<f64>,
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
        .note(format!("times a second that cores 0 to 3 were woken at rest: governed {}; not governed {}", list(&on.rested), list(&off.rested)))
        .note(format!("instructions of all cores: governed {}, not governed {}", on.executed, off.executed))
        .note(format!("cycles of the bursts: governed {}, not governed {}", on.bursts, off.bursts))
        .note(format!("cycles of four processes of {STEPS} steps after a run-up: governed {}, not governed {}", on.full, off.full));
    let average = |slept: &[f64]| slept.iter().sum::<f64>() / slept.len() as f64;
    let quiet = |rested: &[f64]| rested.iter().filter(|&&woken| woken < 1.0).count() as f64;
    report
        .figure("core time asleep, not governed", average(&off.slept), "%")
        .figure("core time asleep, governed", average(&on.slept), "%")
        .figure("cores woken less than once a second at rest, not governed", quiet(&off.rested), "cores")
        .figure("cores woken less than once a second at rest, governed", quiet(&on.rested), "cores")
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
    let sleeps: Rc<RefCell<Vec<u64>>> = Rc::new(RefCell::new(vec![0; rig.machine.cores()]));
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
        let before = sleeps.borrow().clone();
        rig.pass(1000 * system::PERIOD)?;
        rests += 1000 * system::PERIOD;
        rested
            .iter_mut()
            .zip(before.iter().zip(&*sleeps.borrow()))
            .for_each(|(sum, (before, now))| *sum += now - before);
    }
    let all = rig.machine.time() - started;
    let share = |(before, after): (&u64, &u64)| 100.0 * (after - before) as f64 / all as f64;
    let slept = before.iter().zip(&asleep(&rig)).map(share).collect();
    let executed = rig.machine.retired() - retired;
    let second = 1000.0 * system::PERIOD as f64;
    let rested = rested.iter().map(|&sleeps| sleeps as f64 * second / rests as f64).collect();
    rig.shell(PORT, &four(STEPS / 2), PATIENCE)?;
    let (begin, end) = rig.shell(PORT, &four(STEPS), PATIENCE)?;
    Ok(Measured { slept, rested, executed, bursts, full: end.time - begin.time })
}

/// The command for four processes that compute for `steps` steps each, all the same; Linux ends if they do not agree.
fn four(steps: u32) -> String {
    format!(
        "sh -c 'for n in 1 2 3 4; do work machine {steps} > /tmp/$n & done; wait; cmp /tmp/1 /tmp/2 && cmp /tmp/1 /tmp/3 && \
         cmp /tmp/1 /tmp/4 || poweroff -f'"
    )
}

/// Counts how often each core goes to sleep.
struct Sleeps(Rc<RefCell<Vec<u64>>>);

impl TraceSink for Sleeps {
    fn record(&mut self, event: TraceEvent) {
        if let TraceEvent::Sleep { core, .. } = event {
            self.0.borrow_mut()[core] += 1;
        }
    }

    fn finish(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
