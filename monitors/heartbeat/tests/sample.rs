//! On a guest of a few words.

use heartbeat::{Heartbeat, NO_CPU, NO_SWITCH, NO_TICK, PANIC};
use kernel_profile::Sample;
use monitor_api::Verdict;

const PATIENCE: u64 = 1000;
/// What a CPU has counted: user time, and, a double word later, time for something else.
const CPUSTAT: u32 = 0x8c00_0040;

/// A Linux with one CPU: jiffies, the flag of a panic, tasks that wait and switches.
fn linux() -> Sample {
    let mut guest = Sample::default();
    let number = guest.builder.number(4, true);
    guest.builder.variable("jiffies", 0x8c00_0000, 4, number);
    guest.builder.variable("panic_cpu", 0x8c00_0004, 4, number);
    let queue = guest.builder.structure("rq", 16, &[("nr_running", 0, 4), ("nr_switches", 8, 8)]);
    guest.builder.variable("runqueues", 0x8c00_0010, 16, queue);
    let long = guest.builder.number(8, false);
    let times = guest.builder.array(long, 2);
    let stat = guest.builder.structure("kernel_cpustat", 16, &[]);
    guest.builder.member(stat, "cpustat", 0, times);
    guest.builder.variable("kernel_cpustat", CPUSTAT, 16, stat);
    guest.put(0x8c00_0004, u32::MAX);
    guest
}

/// One scan, after the clock has gone on.
fn later(guest: &mut Sample, monitor: &mut Heartbeat) -> Vec<&'static str> {
    guest.now += PATIENCE + 1;
    guest.scan(monitor).iter().map(|finding| finding.what).collect()
}

#[test]
fn a_clock_that_stands_still_counts_only_while_there_is_work() {
    let mut guest = linux();
    let mut monitor = Heartbeat::with_patience(PATIENCE);
    guest.begin(&mut monitor);
    assert!(later(&mut guest, &mut monitor).is_empty());
    assert!(later(&mut guest, &mut monitor).is_empty(), "idle");
    guest.put(0x8c00_0010, 1);
    guest.put(CPUSTAT, 1);
    assert_eq!(later(&mut guest, &mut monitor), [NO_TICK]);
    guest.put(0x8c00_0000, 1);
    guest.put(CPUSTAT, 2);
    assert!(later(&mut guest, &mut monitor).is_empty(), "it goes on");
}

#[test]
fn a_scheduler_that_stands_still_counts_only_while_several_wait() {
    let mut guest = linux();
    let mut monitor = Heartbeat::with_patience(PATIENCE);
    guest.begin(&mut monitor);
    for (tick, (waiting, found)) in [(1, false), (1, false), (2, true)].into_iter().enumerate() {
        guest.put(0x8c00_0000, tick as u32);
        guest.put(0x8c00_0010, waiting);
        guest.put(CPUSTAT, tick as u32);
        assert_eq!(later(&mut guest, &mut monitor) == [NO_SWITCH], found, "{waiting} wait");
    }
    guest.put(0x8c00_0000, 9);
    guest.put(CPUSTAT, 9);
    guest.put(0x8c00_0018, 1);
    assert!(later(&mut guest, &mut monitor).is_empty(), "a task was switched to");
}

#[test]
fn a_cpu_that_counts_no_time_counts_only_while_it_has_work() {
    let mut guest = linux();
    let mut monitor = Heartbeat::with_patience(PATIENCE);
    guest.begin(&mut monitor);
    for (tick, (waiting, counted, found)) in
        [(1, 1, false), (0, 1, false), (1, 2, false), (1, 2, true), (1, 3, false)].into_iter().enumerate()
    {
        guest.put(0x8c00_0000, tick as u32);
        guest.put(0x8c00_0010, waiting);
        // Time of any kind counts.
        guest.put(CPUSTAT + 8 * (counted % 2), counted);
        assert_eq!(later(&mut guest, &mut monitor) == [NO_CPU], found, "{waiting} wait, {counted} ticks");
    }
}

#[test]
fn a_panic_asks_for_a_restart() {
    let mut guest = linux();
    let mut monitor = Heartbeat::default();
    guest.begin(&mut monitor);
    guest.put(0x8c00_0004, 0);
    let found = guest.scan(&mut monitor);
    assert_eq!((found[0].what, found[0].verdict), (PANIC, Verdict::Restart));
}

#[test]
fn a_kernel_of_another_kind_has_its_ticks_only() {
    let mut guest = Sample::default();
    guest.builder.symbol(heartbeat::DESCRIPTION, 0x8c00_0100, 64);
    guest.fill(0x8c00_0100, &[0x7549_5444, 2]);
    guest.put(0x8c00_0100 + 4 * 13, 0x8c00_0000);
    let mut monitor = Heartbeat::with_patience(PATIENCE);
    guest.begin(&mut monitor);
    assert!(later(&mut guest, &mut monitor).is_empty());
    assert_eq!(later(&mut guest, &mut monitor), [NO_TICK]);
    guest.put(0x8c00_0000, 1);
    assert!(later(&mut guest, &mut monitor).is_empty());
}
