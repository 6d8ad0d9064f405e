//! What core 0 does from the RT guest's timer interrupt to its handler, where that takes longest.

use std::cell::Cell;
use std::fmt::Write as _;
use std::rc::Rc;

use anyhow::{Result, ensure};
use sh4a_emu::machine::Stop;
use sh4a_emu::trace::{TraceEvent, TraceSink};

use super::{Loaded, QUANTUM};
use crate::bench::profile::{Code, Executed, is_routine};
use crate::bench::rig::Rig;
use crate::bench::system::{PERIOD, RT_TICK};

/// Periods that are watched.
const PERIODS: u32 = 1_000;
/// How many of the longest are told.
const WORST: usize = 3;
/// Steps of a way that is told one after the other.
const STEPS: usize = 120;

/// An instruction, or a branch with its delay slot, with PR and SR before it.
struct Place {
    pc: u32,
    pr: u32,
    sr: u32,
    count: u64,
}

/// From the request to the handler.
type Way = Vec<Place>;

pub(super) fn profile(loaded: Loaded) -> Result<String> {
    let Loaded { mut rig, handler, programs } = loaded;
    let code = Code::load(&programs)?;
    let mut worst: Vec<Way> = Vec::new();
    let request = Rc::new(Cell::new(0));
    rig.machine.board_mut().observer_mut().set_trace(Box::new(Requests(Rc::clone(&request))));
    rig.pass(2 * PERIOD)?;
    ensure!(request.get() > 0, "the RT guest's timer does not run");
    rig.machine.set_quantum(QUANTUM);
    for _ in 0..PERIODS {
        let last = request.get();
        rig.pass((last + PERIOD - 2 * QUANTUM).saturating_sub(rig.machine.time()))?;
        ensure!(request.get() == last, "the RT guest's timer does not run at 1 kHz");
        worst.push(follow(&mut rig, &request, handler)?);
        worst.sort_by_key(|way| std::cmp::Reverse(length(way)));
        worst.truncate(WORST);
        // Behind the handler, before the next request.
        rig.pass(PERIOD / 10)?;
    }
    let mut text = String::new();
    for (number, way) in worst.iter().enumerate() {
        let title = format!("longest of {PERIODS}, number {}, from the timer's request to the handler", number + 1);
        let mut executed = Executed::default();
        way.iter().for_each(|place| executed.add(&code, place.pc, place.pr, place.count));
        executed.tell(&mut text, &title, 1, &code)?;
        writeln!(
            text,
            "  one after the other (after how many instructions, how many; IMASK, and B where SR.BL is set):"
        )?;
        tell(&mut text, way, &code)?;
    }
    Ok(text)
}

fn length(way: &Way) -> u64 {
    way.iter().map(|place| place.count).sum()
}

/// Lets all cores go on together, an instruction at a time, and notes what core 0 executes from the next request until it comes to `handler`.
fn follow(rig: &mut Rig, request: &Cell<u64>, handler: u32) -> Result<Way> {
    let machine = &mut rig.machine;
    machine.set_quantum(1);
    let (last, limit) = (request.get(), machine.time() + PERIOD);
    let mut way = Way::new();
    loop {
        let cpu = machine.cpu(0);
        let (pc, pr, sr, before) = (cpu.pc(), cpu.pr(), cpu.sr(), cpu.retired());
        let requested = request.get() != last;
        if requested && pc == handler {
            break;
        }
        ensure!(machine.time() < limit, "the handler is not reached within a period");
        let stop = machine.run(machine.time() + 1);
        ensure!(stop == Stop::Limit, "the run ended ({stop:?})\n{}", machine.report());
        let count = machine.cpu(0).retired() - before;
        if requested && count > 0 {
            way.push(Place { pc, pr, sr, count });
        }
    }
    machine.set_quantum(QUANTUM);
    Ok(way)
}

/// The way as a list of stretches, each in one function at one mask.
fn tell(text: &mut String, way: &Way, code: &Code) -> Result<()> {
    let mut stretches: Vec<(String, u64)> = Vec::new();
    for place in way {
        let mask = (place.sr >> 4) & 0xf;
        let blocked = if place.sr & (1 << 28) == 0 { ' ' } else { 'B' };
        let name = if place.sr & (1 << 30) == 0 { "(user)" } else { code.function(place.pc) };
        let label = format!("{mask:>2}{blocked} {name}");
        match stretches.last_mut() {
            // What the compiler calls by itself counts as its caller's.
            Some((last, count)) if *last == label || is_routine(name) => *count += place.count,
            _ => stretches.push((label, place.count)),
        }
    }
    let mut at = 0;
    for (label, count) in stretches.iter().take(STEPS) {
        writeln!(text, "  {at:8} {count:6}  {label}")?;
        at += count;
    }
    if let Some(more) = stretches.len().checked_sub(STEPS).filter(|more| *more > 0) {
        writeln!(text, "  and {more} stretches more")?;
    }
    Ok(())
}

/// Notes when the RT guest's timer last asked for its interrupt.
struct Requests(Rc<Cell<u64>>);

impl TraceSink for Requests {
    fn record(&mut self, event: TraceEvent) {
        if let TraceEvent::Line { at, intevt: RT_TICK, on: true } = event {
            self.0.set(at);
        }
    }

    fn finish(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
