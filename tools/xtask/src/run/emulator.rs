//! The image on our own emulator.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::Write;
use std::rc::Rc;

use anyhow::{Context, Result, bail};
use sh4a_emu::machine::{Config, Machine, Stop};
use sh4a_emu::serial::{Console, Script, SerialBackend};

use super::{Cores, Progress};
use crate::epitaph;

/// Core cycles between two looks at the consoles.
const SLICE: u64 = 5_000_000;

/// Core cycles after which a run that should end by itself has failed: a minute of the fastest board.
const LONGEST: u64 = 36_000_000_000;

/// What the ports transmitted and nobody has taken yet.
type Output = Rc<RefCell<VecDeque<(usize, Vec<u8>)>>>;

/// A running machine whose serial ports come to us.
pub(super) struct Emulator {
    machine: Machine,
    output: Output,
}

impl Emulator {
    /// Without a terminal.
    pub(super) fn headless(mut machine: Machine) -> Self {
        let output = Output::default();
        for port in 0..machine.board().ports() {
            machine.connect(port, Box::new(Tap { port, output: Rc::clone(&output) }));
        }
        Self { machine, output }
    }

    /// Runs for a moment of the machine's time.
    pub(super) fn step(&mut self, mut feed: impl FnMut(usize, &[u8])) -> Progress {
        let stop = self.machine.run(self.machine.time().saturating_add(SLICE));
        for (port, bytes) in self.output.borrow_mut().drain(..) {
            feed(port, &bytes);
        }
        let dead = if stop == Stop::Limit { None } else { epitaph::of_machine(&self.machine) };
        match stop {
            Stop::Limit => Progress::Running,
            _ if dead.is_some() => Progress::Ended { well: false, how: dead.unwrap_or_default() },
            Stop::Halted => Progress::Ended { well: true, how: "all cores sleep for good".to_owned() },
            Stop::PowerOff => Progress::Ended { well: true, how: "the machine switched itself off".to_owned() },
            other => Progress::Ended { well: false, how: crash(&other, &self.machine) },
        }
    }

    /// Instructions that all cores have retired.
    pub(super) fn retired(&self) -> u64 {
        self.machine.retired()
    }

    /// What each core did with its time, a line each.
    pub(super) fn core_times(&self) -> String {
        core_times(&self.machine)
    }
}

fn core_times(machine: &Machine) -> String {
    (0..machine.cores()).map(|core| format!("core {core}: {}\n", machine.core_time(core))).collect()
}

/// Runs at the user's terminal until it ends: `terminal` is the port that talks to the user; `names` are those of the ports,
/// whose lines go to standard error. With `stats` says at the end what each core did.
pub(super) fn interactive(mut machine: Machine, terminal: usize, names: &[String], stats: bool) -> Result<()> {
    for (port, name) in names.iter().enumerate().filter(|(port, _)| *port != terminal) {
        machine.connect(port, Box::new(Lines { name: name.clone(), line: Vec::new() }));
    }
    let control = machine.control();
    machine.connect(terminal, Box::new(Console::open(control)));
    machine.follow_real_time();
    let stop = machine.run(u64::MAX);
    if stats {
        eprint!("\n{}", core_times(&machine));
    }
    if let Some(dead) = epitaph::of_machine(&machine) {
        bail!("{dead}");
    }
    match stop {
        Stop::Halted | Stop::PowerOff | Stop::Host | Stop::Limit => Ok(()),
        other => bail!("{}", crash(&other, &machine)),
    }
}

/// Loads an ELF file onto the bare machine; see [`play`].
pub(super) fn bare(board: &str, elf: &[u8], port: usize) -> Result<String> {
    let config = match board {
        "rp1" => Config::rp1(),
        "r2d" => Config::r2d(),
        other => bail!("the emulator has no board {other}"),
    };
    let mut machine = Machine::new(config);
    machine.load_kernel(elf, None).context("the program does not fit the memory")?;
    play(machine, port, &[])
}

/// Runs to the machine's end, and types at `port` as `steps` say; what `port` transmitted.
pub(super) fn play(mut machine: Machine, port: usize, steps: &[(&str, &str)]) -> Result<String> {
    let script = Script::new(steps.iter().copied());
    let transcript = script.transcript();
    machine.connect(port, Box::new(script));
    match machine.run(LONGEST) {
        Stop::Halted | Stop::PowerOff => Ok(transcript.text()),
        other => bail!("{}\nserial port {port}:\n{}", crash(&other, &machine), transcript.text()),
    }
}

/// The board with the image where it starts from.
pub(super) fn machine(board: &str, cores: u8, image: &[u8], options: &Cores) -> Result<Machine> {
    let config = match board {
        "rp1" => Config::rp1(),
        "r2d" => Config::r2d(),
        other => bail!("the emulator has no board {other}"),
    };
    let &Cores { quantum, interleave_seed, local_window, stats: _ } = options;
    let mut machine = Machine::new(Config { cores: cores.into(), quantum, interleave_seed, local_window, ..config });
    match board {
        "rp1" => machine.load_flash(image).context("the image does not fit the flash")?,
        _ => machine.load_kernel(image, None).context("the image does not fit the memory")?,
    }
    Ok(machine)
}

fn crash(stop: &Stop, machine: &Machine) -> String {
    let what = match stop {
        Stop::Crash(crash) => format!("double fault\n{crash}"),
        other => format!("{other:x?}"),
    };
    format!("{what}\n{}", machine.report())
}

/// Collects what one port transmits.
struct Tap {
    port: usize,
    output: Output,
}

impl SerialBackend for Tap {
    fn write(&mut self, bytes: &[u8]) {
        self.output.borrow_mut().push_back((self.port, bytes.to_vec()));
    }
}

/// Shows what one port transmits line by line, so that it does not tear the terminal's own lines apart.
struct Lines {
    name: String,
    line: Vec<u8>,
}

impl SerialBackend for Lines {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match byte {
                b'\n' => {
                    let line = std::mem::take(&mut self.line);
                    // The terminal is raw: a line needs its carriage return.
                    let _ = write!(std::io::stderr(), "\r[{}] {}\r\n", self.name, String::from_utf8_lossy(&line));
                }
                b'\r' => {}
                _ => self.line.push(byte),
            }
        }
    }
}
