//! What benches and traces want to know about a run; none of it changes what the guest sees.

use std::collections::BTreeMap;

use spumone_core::trace::{EVENTS_BYTES, Event, IDLE, events_offset};

use crate::bus::{self, CoreId, Interrupt};
use crate::device::Instant;
use crate::trace::{Histogram, TraceEvent, TraceSink};

/// An interrupt on its way into a core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InterruptRecord {
    /// The core that took it.
    pub core: CoreId,
    /// Its code.
    pub intevt: u16,
    /// Its level.
    pub level: u8,
    /// When the request was raised.
    pub asserted: Instant,
    /// When the core took it.
    pub accepted: Instant,
}

/// From an interrupt's request to the first instruction at an address.
#[derive(Clone, Debug)]
struct LatencyProbe {
    intevt: u16,
    /// `None`: until the core takes the interrupt.
    pc: Option<u32>,
    asserted: Option<Instant>,
    histogram: Histogram,
}

/// From one address to another on the same core.
#[derive(Clone, Debug)]
struct Span {
    from: u32,
    to: u32,
    started: BTreeMap<CoreId, Instant>,
    histogram: Histogram,
}

/// Counters, probes and the trace of one machine.
#[derive(Default)]
pub struct Observer {
    trace: Option<Box<dyn TraceSink>>,
    latencies: Vec<LatencyProbe>,
    spans: Vec<Span>,
    interrupts: BTreeMap<u16, u64>,
    exceptions: BTreeMap<u32, u64>,
    ring: Option<RingWatch>,
    shares: BTreeMap<CoreId, Share>,
}

/// Bytes from the first event of core 0's trace ring to the last one of core 3's. An event is `{u32 code, u32 argument}`; the
/// argument is written first, the code completes the event.
const RING_EVENTS_LEN: u32 = events_offset(3) - events_offset(0) + EVENTS_BYTES;

#[derive(Clone, Debug, Default)]
struct RingWatch {
    start: u32,
    arguments: BTreeMap<CoreId, (u32, u32)>,
}

/// How much each vCPU of a core has executed.
#[derive(Clone, Debug, Default)]
struct Share {
    vcpu: Option<u32>,
    /// Time up to which everything is attributed.
    since: Instant,
    asleep: bool,
    executed: BTreeMap<u32, u64>,
}

impl Share {
    fn settle(&mut self, now: Instant) {
        let passed = now.saturating_sub(self.since);
        self.since = now;
        if let Some(vcpu) = self.vcpu
            && !self.asleep
        {
            *self.executed.entry(vcpu).or_default() += passed;
        }
    }
}

impl Observer {
    /// Sends every event to `sink` from now on.
    pub fn set_trace(&mut self, sink: Box<dyn TraceSink>) {
        self.trace = Some(sink);
    }

    /// Ends the trace and gives its sink back, so that the caller can finish the file.
    pub fn take_trace(&mut self) -> Option<Box<dyn TraceSink>> {
        self.trace.take()
    }

    /// Measures from each request of `intevt` until the core takes it (`pc` = `None`) or reaches `pc`. Gives the probe's number.
    pub fn add_latency(&mut self, intevt: u16, pc: Option<u32>) -> usize {
        self.latencies.push(LatencyProbe { intevt, pc, asserted: None, histogram: Histogram::default() });
        self.latencies.len() - 1
    }

    /// What latency probe `probe` has measured, in cycles.
    pub fn latency(&self, probe: usize) -> Option<&Histogram> {
        self.latencies.get(probe).map(|probe| &probe.histogram)
    }

    /// Measures from each passing of `from` to the next passing of `to` on the same core. Gives the span's number.
    pub fn add_span(&mut self, from: u32, to: u32) -> usize {
        self.spans.push(Span { from, to, started: BTreeMap::new(), histogram: Histogram::default() });
        self.spans.len() - 1
    }

    /// What span `span` has measured, in cycles.
    pub fn span(&self, span: usize) -> Option<&Histogram> {
        self.spans.get(span).map(|span| &span.histogram)
    }

    /// Interrupts that cores took, by INTEVT.
    pub fn interrupts(&self) -> &BTreeMap<u16, u64> {
        &self.interrupts
    }

    /// Exceptions that cores entered, by EXPEVT.
    pub fn exceptions(&self) -> &BTreeMap<u32, u64> {
        &self.exceptions
    }

    /// Addresses that cores must report with [`bus::Event::Probe`].
    pub(super) fn probe_addresses(&self) -> impl Iterator<Item = u32> + '_ {
        let latencies = self.latencies.iter().filter_map(|probe| probe.pc);
        latencies.chain(self.spans.iter().flat_map(|span| [span.from, span.to]))
    }

    /// Instructions executed by each vCPU of `core` since the trace ring showed its first switch, sleep left out. What SPUMONE does for
    /// a vCPU counts as the vCPU's.
    pub fn executed(&self, core: CoreId) -> Option<&BTreeMap<u32, u64>> {
        self.shares.get(&core).map(|share| &share.executed)
    }

    /// Stores to the rings in the shared memory at bus address `base` are events. Gives where those are, and how long.
    pub(super) fn watch_ring(&mut self, base: u32) -> (u32, u32) {
        let start = base.wrapping_add(events_offset(0));
        self.ring = Some(RingWatch { start, arguments: BTreeMap::new() });
        (start, RING_EVENTS_LEN)
    }

    pub(super) fn ring_store(&mut self, core: CoreId, now: Instant, addr: u32, value: u32) {
        let Some(ring) = &mut self.ring else { return };
        let offset = addr.wrapping_sub(ring.start);
        if offset >= RING_EVENTS_LEN {
            return;
        }
        if offset % 8 == 4 {
            ring.arguments.insert(core, (addr, value));
        } else if let Some((at, arg)) = ring.arguments.remove(&core)
            && at == addr + 4
        {
            if let Some(Event::Switch(vcpu)) = Event::decode(value, arg) {
                let share = self.shares.entry(core).or_default();
                share.settle(now);
                share.vcpu = (vcpu != IDLE).then_some(vcpu);
            }
            self.send(TraceEvent::Spumone { core, at: now, code: value, arg });
        }
    }

    pub(super) fn line(&mut self, at: Instant, intevt: u16, on: bool) {
        self.send(TraceEvent::Line { at, intevt, on });
    }

    pub(super) fn accepted(&mut self, core: CoreId, asserted: Instant, now: Instant, interrupt: Interrupt) {
        let Interrupt { level, intevt } = interrupt;
        self.sleep(core, now, false);
        *self.interrupts.entry(intevt).or_default() += 1;
        for probe in self.latencies.iter_mut().filter(|probe| probe.intevt == intevt) {
            match probe.pc {
                None => probe.histogram.add(now.saturating_sub(asserted)),
                Some(_) => probe.asserted = Some(asserted),
            }
        }
        self.send(TraceEvent::Interrupt(InterruptRecord { core, intevt, level, asserted, accepted: now }));
    }

    pub(super) fn event(&mut self, core: CoreId, now: Instant, event: bus::Event) {
        match event {
            bus::Event::Exception { expevt, spc, .. } => {
                *self.exceptions.entry(expevt).or_default() += 1;
                self.send(TraceEvent::Exception { core, at: now, expevt, spc });
            }
            bus::Event::Return { to, .. } => self.send(TraceEvent::Return { core, at: now, to }),
            bus::Event::Sleep => {
                self.sleep(core, now, true);
                self.send(TraceEvent::Sleep { core, at: now });
            }
            bus::Event::Probe { pc } => self.passed(core, now, pc),
        }
    }

    fn sleep(&mut self, core: CoreId, now: Instant, asleep: bool) {
        if let Some(share) = self.shares.get_mut(&core) {
            share.settle(now);
            share.asleep = asleep;
        }
    }

    fn passed(&mut self, core: CoreId, now: Instant, pc: u32) {
        for probe in self.latencies.iter_mut().filter(|probe| probe.pc == Some(pc)) {
            if let Some(asserted) = probe.asserted.take() {
                probe.histogram.add(now.saturating_sub(asserted));
            }
        }
        for span in &mut self.spans {
            if span.to == pc
                && let Some(started) = span.started.remove(&core)
            {
                span.histogram.add(now - started);
            }
            if span.from == pc {
                span.started.insert(core, now);
            }
        }
    }

    fn send(&mut self, event: TraceEvent) {
        if let Some(trace) = &mut self.trace {
            trace.record(event);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latency_runs_from_the_request_to_the_named_address() {
        let mut observer = Observer::default();
        let accept = observer.add_latency(0x460, None);
        let handler = observer.add_latency(0x460, Some(0x8c10_0600));
        assert_eq!(observer.probe_addresses().collect::<Vec<_>>(), [0x8c10_0600]);
        observer.accepted(0, 100, 107, Interrupt { level: 12, intevt: 0x460 });
        observer.event(0, 119, bus::Event::Probe { pc: 0x8c10_0600 });
        // A second passing without an interrupt in between is no sample.
        observer.event(0, 500, bus::Event::Probe { pc: 0x8c10_0600 });
        let max = |probe: usize| observer.latency(probe).and_then(Histogram::max);
        assert_eq!((max(accept), max(handler)), (Some(7), Some(19)));
        assert_eq!(observer.latency(handler).map(Histogram::count), Some(1));
    }

    #[test]
    fn switches_in_the_ring_attribute_what_is_executed() {
        let mut observer = Observer::default();
        let (start, len) = observer.watch_ring(0x1600_0000);
        assert_eq!((start, len), (0x1601_0000, 0xe000));
        let switch = |observer: &mut Observer, event: u32, now: Instant, vcpu: u32| {
            observer.ring_store(0, now, start + 8 * event + 4, vcpu);
            observer.ring_store(0, now, start + 8 * event, 1);
        };
        switch(&mut observer, 0, 100, 0);
        switch(&mut observer, 1, 150, 1);
        observer.event(0, 160, bus::Event::Sleep);
        observer.accepted(0, 1000, 1000, Interrupt { level: 1, intevt: 0x400 });
        switch(&mut observer, 2, 1030, IDLE);
        // A code without its argument is no event.
        observer.ring_store(0, 1040, start + 24, 1);
        assert_eq!(observer.executed(0), Some(&BTreeMap::from([(0, 50), (1, 10 + 30)])));
    }

    #[test]
    fn a_span_needs_both_ends_on_one_core() {
        let mut observer = Observer::default();
        let span = observer.add_span(0x10, 0x20);
        observer.event(0, 5, bus::Event::Probe { pc: 0x10 });
        observer.event(1, 6, bus::Event::Probe { pc: 0x20 });
        observer.event(0, 9, bus::Event::Probe { pc: 0x20 });
        observer.event(0, 11, bus::Event::Probe { pc: 0x20 });
        let histogram = observer.span(span).expect("the span");
        assert_eq!((histogram.count(), histogram.max()), (1, Some(4)));
    }
}
