//! An event trace of a short run, read by Perfetto's own engine: no error, and on each track what happened.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;
use std::process::Command;
use std::rc::Rc;

use anyhow::{Context, Result, ensure};
use provision::command;
use serde::de::DeserializeOwned;
use sh4a_emu::bus::CoreId;
use sh4a_emu::machine::Config;
use sh4a_emu::trace::{ChromeTrace, TraceEvent, TraceSink};
use spumone_core::trace::{Event, IDLE};

use super::scene::{Scene, probe, selftest};
use super::{Depth, tally::Tally};
use crate::bench::rig::Rig;
use crate::image;
use crate::run::On;

/// Two guests that take turns.
const SCENE: Scene =
    Scene { board: "rp1", on: On::Emu, low: Some(selftest("low-worker")), rt: Some(probe(&[100, 0])), expected: &[] };
/// Cycles within which it ends.
const PATIENCE: u64 = 10_000_000_000;

/// Slices (an instant is one of length 0) by the name of their track.
const COUNTS: &str = "select thread.name as track, count(*) as slices from slice join thread_track on slice.track_id = thread_track.id \
                      join thread using (utid) group by thread.name";
/// What Perfetto could not make sense of.
const ERRORS: &str = "select name, value from stats where severity in ('error', 'data_loss') and value > 0";
/// The longest slice of a track must be positive: times arrived.
const TIMES: &str = "select cast(max(dur) as text), cast(max(ts + dur) as text) from slice";

/// How Perfetto's engine is started without a browser.
const LOADER: &str = include_str!("trace_processor.mjs");

type Counts = BTreeMap<String, u64>;

pub(super) fn run(_: Depth) -> Result<Tally> {
    let mut tally = Tally::default();
    tally.check("Perfetto counts what happened", perfetto_agrees());
    Ok(tally)
}

fn perfetto_agrees() -> Result<()> {
    let dir = tempfile::tempdir().context("no temporary folder")?;
    let path = dir.path().join("trace.json");
    let (counts, end_ns) = record(&path)?;
    let [theirs, errors, times] = ask(dir.path(), &path)?;
    let errors: Vec<(String, u64)> = rows(&errors)?;
    ensure!(errors.is_empty(), "Perfetto complains: {errors:?}");
    let theirs: Counts = rows::<(String, u64)>(&theirs)?.into_iter().collect();
    ensure!(theirs == counts, "slices by track differ\nhappened: {counts:#?}\nPerfetto: {theirs:#?}");
    let times: Vec<(String, String)> = rows(&times)?;
    let [(longest, last)] = &times[..] else { anyhow::bail!("no times: {times:?}") };
    let (longest, last): (u64, u64) = (longest.parse()?, last.parse()?);
    ensure!(longest > 0 && last.abs_diff(end_ns) * 100 < end_ns, "ends at {last} ns instead of about {end_ns} ns");
    println!("      {} tracks, {} slices", theirs.len(), theirs.values().sum::<u64>());
    Ok(())
}

/// Runs the scene with its trace into `path`; what happened, and the time of its end.
fn record(path: &Path) -> Result<(Counts, u64)> {
    let config = Config { trace_ring: Some(Config::rp1().usual_trace_ring()), ..Config::rp1() };
    let mut rig = Rig::new(config, "recording a trace").flash(&image::build(&SCENE.system()?)?)?;
    let cycles_per_second = rig.machine.config().cycles_per_second();
    let file = BufWriter::new(File::create(path).context("cannot create the trace")?);
    let counter = Rc::new(RefCell::new(Counter::default()));
    let sink = Tee { trace: ChromeTrace::new(file, cycles_per_second), counter: Rc::clone(&counter) };
    rig.machine.board_mut().observer_mut().set_trace(Box::new(sink));
    rig.until("all guests ended: low-worker=0 rt-probe=0", PATIENCE)?;
    let mut trace = rig.machine.board_mut().observer_mut().take_trace().context("the trace is gone")?;
    trace.finish().context("cannot write the trace")?;
    let end_ns = rig.machine.time() * 1000 / (cycles_per_second / 1_000_000);
    Ok((counter.take().counts, end_ns))
}

/// Counts on its own what the trace must show.
#[derive(Default)]
struct Counter {
    counts: Counts,
    /// Handlers that have not returned, by core.
    open: BTreeMap<CoreId, u32>,
    asleep: BTreeMap<CoreId, ()>,
    current: BTreeMap<CoreId, u32>,
}

impl Counter {
    fn add(&mut self, track: String) {
        *self.counts.entry(track).or_default() += 1;
    }

    fn enter(&mut self, core: CoreId) {
        if self.asleep.remove(&core).is_some() {
            self.add(format!("core {core}"));
        }
        *self.open.entry(core).or_default() += 1;
    }

    fn count(&mut self, event: TraceEvent) {
        match event {
            TraceEvent::Exception { core, .. } => {
                self.add(format!("core {core}"));
                self.enter(core);
            }
            TraceEvent::Interrupt(record) => {
                self.add(format!("source {:#05x}", record.intevt));
                self.enter(record.core);
            }
            TraceEvent::Return { core, .. } => {
                if let Some(open) = self.open.get_mut(&core).filter(|open| **open > 0) {
                    *open -= 1;
                    self.add(format!("core {core}"));
                }
            }
            TraceEvent::Sleep { core, .. } => drop(self.asleep.insert(core, ())),
            TraceEvent::Line { intevt, .. } => self.add(format!("source {intevt:#05x}")),
            TraceEvent::Spumone { core, code, arg, .. } => {
                self.add(format!("SPUMONE on core {core}"));
                if let Some(Event::Switch(vcpu)) = Event::decode(code, arg) {
                    let before =
                        if vcpu == IDLE { self.current.remove(&core) } else { self.current.insert(core, vcpu) };
                    before.into_iter().for_each(|before| self.add(format!("vCPU {before}")));
                }
            }
        }
    }
}

/// Writes the trace, and counts.
struct Tee {
    trace: ChromeTrace<BufWriter<File>>,
    counter: Rc<RefCell<Counter>>,
}

impl TraceSink for Tee {
    fn record(&mut self, event: TraceEvent) {
        self.counter.borrow_mut().count(event);
        self.trace.record(event);
    }

    fn finish(&mut self) -> io::Result<()> {
        self.trace.finish()
    }
}

/// Perfetto's answers to the three queries.
fn ask(dir: &Path, trace: &Path) -> Result<[String; 3]> {
    let perfetto = provision::perfetto()?;
    let loader = dir.join("trace_processor.mjs");
    std::fs::write(&loader, LOADER).context("cannot write the loader")?;
    let mut node = Command::new(perfetto.node);
    node.arg(&loader).arg(&perfetto.engine).arg(trace).args([COUNTS, ERRORS, TIMES]);
    let printed = command::capture(&mut node)?;
    // The engine's own words may stand between.
    let answers: Vec<String> = printed.lines().filter(|line| line.starts_with('[')).map(str::to_owned).collect();
    answers.try_into().map_err(|answers| anyhow::anyhow!("not three answers: {answers:?}\n{printed}"))
}

fn rows<T: DeserializeOwned>(json: &str) -> Result<Vec<T>> {
    serde_json::from_str(json).with_context(|| format!("not rows: {json}"))
}
