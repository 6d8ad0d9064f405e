//! Monitor: the guest makes progress.
//!
//! Linux: `jiffies` goes on, each CPU counts time and tasks are switched, unless there is nothing to do; a panic ends it. Our uITRON kernel:
//! its clock, which it describes itself.
#![no_std]

use monitor_api::{AccessError, Alarm, Applies, Event, Finding, Monitor, Name, Scan, Verdict, View, VirtAddr};

/// The kernel has panicked.
pub const PANIC: &str = "the kernel has panicked";
/// Time stands still although there is work.
pub const NO_TICK: &str = "the kernel's clock stands still";
/// One CPU counts no time although it has work.
pub const NO_CPU: &str = "a CPU of the kernel stands still";
/// Tasks wait and none is switched to.
pub const NO_SWITCH: &str = "the scheduler stands still";

/// Linux's counter of ticks.
pub const TICKS: &str = "jiffies";
/// What our uITRON kernel tells of itself (guests/toppers/sh4a/src/describe.rs): a mark, a version, and from version 2 on, at this word, where its
/// clock is.
pub const DESCRIPTION: &str = "uitron_description";
const MARK: u32 = 0x7549_5444;
const CLOCK: u64 = 13;
/// Nanoseconds without progress that are too many. Linux's own watchdog waits 20 s.
const PATIENCE: u64 = 10_000_000_000;
/// CPUs that are looked at one by one.
const CPUS: [&str; 8] = ["CPU 0", "CPU 1", "CPU 2", "CPU 3", "CPU 4", "CPU 5", "CPU 6", "CPU 7"];

/// A number that should change, and since when it has not.
#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    value: u64,
    since: Option<u64>,
}

impl Progress {
    /// Nanoseconds since it last changed.
    fn stalled(&mut self, value: u64, now: u64) -> u64 {
        match self.since {
            Some(since) if self.value == value => now.saturating_sub(since),
            _ => {
                *self = Self { value, since: Some(now) };
                0
            }
        }
    }
}

/// The monitor.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    patience: u64,
    ticks: Option<VirtAddr>,
    tick: Progress,
    switch: Progress,
    /// Time that each CPU has counted.
    cpus: [Progress; CPUS.len()],
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self::with_patience(PATIENCE)
    }
}

impl Heartbeat {
    /// So many nanoseconds of the host's clock without progress are too many.
    pub const fn with_patience(patience: u64) -> Self {
        let never = Progress { value: 0, since: None };
        Self { patience, ticks: None, tick: never, switch: never, cpus: [never; CPUS.len()] }
    }
}

impl Monitor for Heartbeat {
    fn name(&self) -> &'static str {
        "heartbeat"
    }

    fn about(&self) -> &'static str {
        "the guest makes progress"
    }

    fn init(&mut self, view: &View<'_>) -> Result<Applies, AccessError> {
        let ticks = match view.symbol(TICKS) {
            Ok(ticks) => Some(ticks),
            Err(_) => described(view)?,
        };
        *self = Self { ticks, ..Self::with_patience(self.patience) };
        Ok(if ticks.is_some() { Applies::Yes } else { Applies::No("the kernel has no counter of ticks that is known") })
    }

    fn step(&mut self, view: &View<'_>, alarm: &mut Alarm<'_>) -> Result<Scan, AccessError> {
        if let Ok(panic) = view.global("panic_cpu")
            && panic.value()? as i32 != -1
        {
            let subject = Name::new("panic_cpu");
            alarm.raise(Finding::new(PANIC, panic.address()).subject(subject).verdict(Verdict::Restart));
            return Ok(Scan::Complete);
        }
        let Some(ticks) = self.ticks else { return Ok(Scan::Complete) };
        let now = view.now();
        let (waiting, switches) = self.load(view, now, alarm)?;
        let still = self.tick.stalled(view.u32(ticks)?.into(), now);
        if waiting == Some(0) {
            // Without work the tick may stop (NO_HZ), and nothing is switched.
            self.tick.since = Some(now);
        } else if still > self.patience {
            alarm.raise(Finding::new(NO_TICK, ticks).values(self.patience, still).verdict(Verdict::Restart));
        }
        let still = self.switch.stalled(switches, now);
        if waiting.is_none_or(|waiting| waiting < 2) {
            // The only one there is may run as long as it likes.
            self.switch.since = Some(now);
        } else if still > self.patience {
            alarm.raise(Finding::new(NO_SWITCH, ticks).values(self.patience, still));
        }
        Ok(Scan::Complete)
    }

    fn event(&mut self, _view: &View<'_>, event: Event, _alarm: &mut Alarm<'_>) -> Result<(), AccessError> {
        if event == Event::Resumed {
            (self.tick, self.switch, self.cpus) = Default::default();
        }
        Ok(())
    }
}

/// Where the uITRON kernel's clock is; `None` if there is no such kernel, or one that does not say.
fn described(view: &View<'_>) -> Result<Option<VirtAddr>, AccessError> {
    let Ok(description) = view.symbol(DESCRIPTION) else { return Ok(None) };
    let word =
        |number| view.u32(description.checked_add(4 * number).ok_or(AccessError::Unmapped { address: description })?);
    if word(0)? != MARK || word(1)? < 2 {
        return Ok(None);
    }
    Ok(Some(VirtAddr::new(word(CLOCK)?.into())))
}

impl Heartbeat {
    /// Tasks that want to run on all CPUs together (`None` if the kernel is no Linux), and switches so far. Each CPU for itself must count time
    /// while one wants to run.
    fn load(&mut self, view: &View<'_>, now: u64, alarm: &mut Alarm<'_>) -> Result<(Option<u64>, u64), AccessError> {
        if view.global("runqueues").is_err() {
            return Ok((None, 0));
        }
        let (mut all, mut switches) = (0, 0u64);
        let online = view.online_cpus()?;
        for cpu in (0..64).filter(|cpu| online >> cpu & 1 != 0) {
            let queue = view.per_cpu("runqueues", cpu)?;
            let waiting = queue.get("nr_running")?;
            all += waiting;
            switches = switches.wrapping_add(queue.get("nr_switches")?);
            let Some((progress, name)) = self.cpus.get_mut(cpu).zip(CPUS.get(cpu)) else { continue };
            let Some(counted) = counted(view, cpu)? else { continue };
            let still = progress.stalled(counted, now);
            if waiting == 0 {
                progress.since = Some(now);
            } else if still > self.patience {
                let finding = Finding::new(NO_CPU, queue.address()).subject(Name::new(name));
                alarm.raise(finding.values(self.patience, still).verdict(Verdict::Restart));
            }
        }
        Ok((Some(all), switches))
    }
}

/// Ticks that `cpu` has counted for anything, as it does itself (kernel/sched/cputime.c, `account_process_tick`); `None` if the kernel does not.
fn counted(view: &View<'_>, cpu: usize) -> Result<Option<u64>, AccessError> {
    let Ok(stat) = view.per_cpu("kernel_cpustat", cpu) else { return Ok(None) };
    let times = stat.field("cpustat")?;
    let mut sum = 0u64;
    for number in 0..times.length().unwrap_or(0) {
        sum = sum.wrapping_add(times.element(number)?.value()?);
    }
    Ok(Some(sum))
}
