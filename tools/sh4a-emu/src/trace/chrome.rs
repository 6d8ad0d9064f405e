//! Traces in Chrome's trace-event JSON, which <https://ui.perfetto.dev> and `chrome://tracing` open.
//!
//! One process for the machine; a core has a thread for what it executes (handlers and sleep), one for SPUMONE's events and one for
//! each of its vCPUs, and each interrupt source has a thread with a slice from request to acceptance.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use spumone_core::trace::{Event, IDLE};

use super::{TraceEvent, TraceSink};
use crate::bus::CoreId;
use crate::device::Instant;

/// Open handlers that are remembered for each core; a guest that never returns loses the oldest.
const DEPTH: usize = 32;

/// Thread numbers: cores from 1, SPUMONE's events from 101, sources from 1000 up by code.
const SPUMONE_THREADS: u32 = 101;
const SOURCE_THREADS: u32 = 0x1000;
const VCPU_THREADS: u32 = 201;

#[derive(Serialize)]
struct Record<'a> {
    name: &'a str,
    ph: &'static str,
    /// Microseconds of guest time.
    ts: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    dur: Option<f64>,
    pid: u32,
    tid: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    s: Option<&'static str>,
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    args: serde_json::Map<String, serde_json::Value>,
}

/// Writes a trace as it happens.
pub struct ChromeTrace<W: Write> {
    writer: W,
    cycles_per_microsecond: f64,
    /// Handlers that have not returned, by core.
    open: BTreeMap<CoreId, Vec<(String, Instant)>>,
    asleep: BTreeMap<CoreId, Instant>,
    /// The vCPU that has the core, and since when.
    current: BTreeMap<CoreId, (u32, Instant)>,
    named: BTreeMap<u32, ()>,
    records: u64,
    error: Option<io::Error>,
}

impl<W: Write> ChromeTrace<W> {
    /// A trace into `writer` of a machine whose second has `cycles_per_second` cycles.
    pub fn new(writer: W, cycles_per_second: u64) -> Self {
        Self {
            writer,
            cycles_per_microsecond: cycles_per_second as f64 / 1e6,
            open: BTreeMap::new(),
            asleep: BTreeMap::new(),
            current: BTreeMap::new(),
            named: BTreeMap::new(),
            records: 0,
            error: None,
        }
    }

    fn put(&mut self, record: &Record<'_>) {
        if self.error.is_some() {
            return;
        }
        let start: &[u8] = if self.records == 0 { b"[\n" } else { b",\n" };
        self.records += 1;
        let result = self
            .writer
            .write_all(start)
            .and_then(|()| serde_json::to_writer(&mut self.writer, record).map_err(io::Error::from));
        self.error = result.err();
    }

    /// Gives a thread its name the first time it is used.
    fn thread(&mut self, tid: u32, name: impl FnOnce() -> String) -> u32 {
        if self.named.insert(tid, ()).is_none() {
            let mut args = serde_json::Map::new();
            args.insert("name".to_owned(), name().into());
            self.put(&Record { name: "thread_name", ph: "M", ts: 0.0, dur: None, pid: 1, tid, s: None, args });
        }
        tid
    }

    fn core_thread(&mut self, core: CoreId) -> u32 {
        self.thread(1 + core as u32, || format!("core {core}"))
    }

    fn time(&self, at: Instant) -> f64 {
        at as f64 / self.cycles_per_microsecond
    }

    fn slice(
        &mut self,
        tid: u32,
        name: &str,
        from: Instant,
        to: Instant,
        args: serde_json::Map<String, serde_json::Value>,
    ) {
        let (ts, end) = (self.time(from), self.time(to));
        self.put(&Record { name, ph: "X", ts, dur: Some((end - ts).max(0.0)), pid: 1, tid, s: None, args });
    }

    fn instant(&mut self, tid: u32, name: &str, at: Instant, args: serde_json::Map<String, serde_json::Value>) {
        let ts = self.time(at);
        self.put(&Record { name, ph: "i", ts, dur: None, pid: 1, tid, s: Some("t"), args });
    }

    fn wake(&mut self, core: CoreId, at: Instant) {
        if let Some(since) = self.asleep.remove(&core) {
            let tid = self.core_thread(core);
            self.slice(tid, "sleep", since, at, serde_json::Map::new());
        }
    }

    fn switch(&mut self, core: CoreId, at: Instant, vcpu: u32) {
        if let Some((before, since)) = self.current.remove(&core) {
            let tid = self.thread(VCPU_THREADS.wrapping_add(before), || format!("vCPU {before}"));
            self.slice(tid, "runs", since, at, argument("core", core));
        }
        if vcpu != IDLE {
            self.current.insert(core, (vcpu, at));
        }
    }

    fn enter(&mut self, core: CoreId, name: String, at: Instant) {
        self.wake(core, at);
        let open = self.open.entry(core).or_default();
        if open.len() == DEPTH {
            open.remove(0);
        }
        open.push((name, at));
    }
}

/// What an event of SPUMONE's ring is called.
fn name(event: Option<Event>, code: u32) -> String {
    let name = match event {
        Some(Event::Switch(_)) => "switch",
        Some(Event::Deferred(_)) => "deferred",
        Some(Event::Spurious(_)) => "spurious",
        Some(Event::LevelCorrected(_)) => "level corrected",
        Some(Event::Start(_)) => "start",
        Some(Event::Exit(_)) => "exit",
        Some(Event::Park(_)) => "park",
        Some(Event::Guest { guest, code, .. }) => return format!("guest {guest}: {code:#x}"),
        None => return format!("event {code:#x}"),
    };
    name.to_owned()
}

fn argument(name: &str, value: impl Into<serde_json::Value>) -> serde_json::Map<String, serde_json::Value> {
    std::iter::once((name.to_owned(), value.into())).collect()
}

impl<W: Write> TraceSink for ChromeTrace<W> {
    fn record(&mut self, event: TraceEvent) {
        match event {
            TraceEvent::Exception { core, at, expevt, spc } => {
                let tid = self.core_thread(core);
                self.instant(tid, &format!("EXPEVT {expevt:#05x}"), at, argument("spc", format!("{spc:#010x}")));
                self.enter(core, format!("exception {expevt:#05x}"), at);
            }
            TraceEvent::Interrupt(record) => {
                let name = format!("INTEVT {:#05x}", record.intevt);
                let tid =
                    self.thread(SOURCE_THREADS + u32::from(record.intevt), || format!("source {:#05x}", record.intevt));
                self.slice(tid, "pending", record.asserted, record.accepted, argument("level", record.level));
                self.enter(record.core, name, record.accepted);
            }
            TraceEvent::Return { core, at, .. } => {
                if let Some((name, since)) = self.open.entry(core).or_default().pop() {
                    let tid = self.core_thread(core);
                    self.slice(tid, &name, since, at, serde_json::Map::new());
                }
            }
            TraceEvent::Sleep { core, at } => {
                self.asleep.insert(core, at);
            }
            TraceEvent::Line { at, intevt, on } => {
                let tid = self.thread(SOURCE_THREADS + u32::from(intevt), || format!("source {intevt:#05x}"));
                self.instant(tid, if on { "request" } else { "withdrawn" }, at, serde_json::Map::new());
            }
            TraceEvent::Spumone { core, at, code, arg } => {
                let tid = self.thread(SPUMONE_THREADS + core as u32, || format!("SPUMONE on core {core}"));
                let event = Event::decode(code, arg);
                self.instant(tid, &name(event, code), at, argument("arg", format!("{arg:#x}")));
                if let Some(Event::Switch(vcpu)) = event {
                    self.switch(core, at, vcpu);
                }
            }
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        self.writer.write_all(if self.records == 0 { b"[]\n" } else { b"\n]\n" })?;
        self.writer.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::InterruptRecord;

    fn trace(events: &[TraceEvent]) -> Vec<serde_json::Value> {
        let mut bytes = Vec::new();
        let mut trace = ChromeTrace::new(&mut bytes, 600_000_000);
        events.iter().for_each(|&event| trace.record(event));
        trace.finish().expect("memory takes everything");
        serde_json::from_slice(&bytes).expect("a JSON array")
    }

    #[test]
    fn an_interrupt_becomes_a_pending_slice_and_a_handler_slice() {
        let record = InterruptRecord { core: 0, intevt: 0x460, level: 12, asserted: 600, accepted: 1200 };
        let events = trace(&[TraceEvent::Interrupt(record), TraceEvent::Return { core: 0, at: 3000, to: 0x8c00_0000 }]);
        let slice = |name: &str| events.iter().find(|event| event["name"] == name).expect("the slice").clone();
        // 600 cycles are one microsecond.
        assert_eq!((slice("pending")["ts"].as_f64(), slice("pending")["dur"].as_f64()), (Some(1.0), Some(1.0)));
        assert_eq!(
            (slice("INTEVT 0x460")["ts"].as_f64(), slice("INTEVT 0x460")["dur"].as_f64()),
            (Some(2.0), Some(3.0))
        );
    }

    #[test]
    fn sleep_lasts_until_the_next_interrupt() {
        let record = InterruptRecord { core: 1, intevt: 0x400, level: 2, asserted: 6000, accepted: 6000 };
        let events = trace(&[TraceEvent::Sleep { core: 1, at: 0 }, TraceEvent::Interrupt(record)]);
        let sleep = events.iter().find(|event| event["name"] == "sleep").expect("the slice");
        assert_eq!(sleep["dur"].as_f64(), Some(10.0));
        assert_eq!(sleep["tid"], 2);
    }

    #[test]
    fn a_switch_ends_one_vcpus_slice_and_begins_anothers() {
        let switch = |at: Instant, arg: u32| TraceEvent::Spumone { core: 0, at, code: 1, arg };
        let events = trace(&[switch(0, 0), switch(600, 1), switch(1800, IDLE)]);
        let slices: Vec<_> = events.iter().filter(|event| event["name"] == "runs").collect();
        let of = |index: usize| (slices[index]["tid"].as_u64(), slices[index]["dur"].as_f64());
        assert_eq!((slices.len(), of(0), of(1)), (2, (Some(201), Some(1.0)), (Some(202), Some(2.0))));
    }

    #[test]
    fn an_empty_trace_is_still_json() {
        assert!(trace(&[]).is_empty());
    }

    #[test]
    fn handlers_that_never_return_do_not_grow_without_bound() {
        let mut trace = ChromeTrace::new(io::sink(), 1_000_000);
        for at in 0..1000 {
            trace.record(TraceEvent::Exception { core: 0, at, expevt: 0x160, spc: 0 });
        }
        assert_eq!(trace.open[&0].len(), DEPTH);
    }
}
