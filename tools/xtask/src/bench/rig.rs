//! A machine on the bench: boots a kernel or an image, and stops where a console says something.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use object::{Object, ObjectSymbol};
use sh4a_emu::machine::{Config, Machine, Stop};
use sh4a_emu::serial::SerialBackend;

/// Cycles between two looks at the consoles: the grain of [`Mark`], 0.17 ms of a 600 MHz core.
const SLICE: u64 = 100_000;

/// Where a run was when a console said something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    /// Instructions that all cores had retired.
    pub(crate) retired: u64,
    /// The cycle.
    pub(crate) time: u64,
}

/// A machine whose consoles are read.
pub(crate) struct Rig {
    /// The machine, for probes.
    pub(crate) machine: Machine,
    consoles: Vec<Rc<RefCell<Vec<u8>>>>,
    /// What is still to be typed at each console.
    typed: Vec<Rc<RefCell<VecDeque<u8>>>>,
    /// Commands that shells were given.
    commands: u32,
    progress: ProgressBar,
}

impl Rig {
    /// A machine with nothing loaded.
    pub(crate) fn new(config: Config, what: &str) -> Self {
        let mut machine = Machine::new(config);
        let consoles: Vec<_> = (0..machine.board().ports()).map(|_| Rc::default()).collect();
        let typed: Vec<_> = consoles.iter().map(|_| Rc::default()).collect();
        for (port, (console, typed)) in consoles.iter().zip(&typed).enumerate() {
            machine.connect(port, Box::new(Tap { said: Rc::clone(console), typed: Rc::clone(typed) }));
        }
        let progress = ProgressBar::new_spinner().with_message(what.to_owned());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            progress.set_style(style);
        }
        Self { machine, consoles, typed, commands: 0, progress }
    }

    /// Puts a kernel where the board's boot loader would.
    pub(crate) fn kernel(mut self, file: &Path, command_line: Option<&str>) -> Result<Self> {
        let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        self.machine.load_kernel(&bytes, command_line).with_context(|| format!("cannot load {}", file.display()))?;
        Ok(self)
    }

    /// Puts an image into the flash.
    pub(crate) fn flash(mut self, image: &[u8]) -> Result<Self> {
        self.machine.load_flash(image).context("cannot load the image")?;
        Ok(self)
    }

    /// Runs until any console has transmitted `text` (counted from the start), for at most `cycles` more cycles.
    pub(crate) fn until(&mut self, text: &str, cycles: u64) -> Result<Mark> {
        let limit = self.machine.time().saturating_add(cycles);
        let mut seen = vec![0usize; self.consoles.len()];
        loop {
            let stop = self.machine.run(limit.min(self.machine.time() + SLICE));
            self.progress.tick();
            for (console, seen) in self.consoles.iter().zip(&mut seen) {
                let console = console.borrow();
                // The text may lie across two looks.
                let fresh = &console[seen.saturating_sub(text.len())..];
                if fresh.windows(text.len()).any(|window| window == text.as_bytes()) {
                    return Ok(Mark { retired: self.machine.retired(), time: self.machine.time() });
                }
                *seen = console.len();
            }
            if stop != Stop::Limit || self.machine.time() >= limit {
                bail!(
                    "the run ended before a console said {text:?} ({stop:?})\n{}{}",
                    self.tails(),
                    self.machine.report()
                );
            }
        }
    }

    /// Lets the shell at console `port` do `command`, for at most `cycles` cycles; gives where it began, and where it had ended.
    pub(crate) fn shell(&mut self, port: usize, command: &str, cycles: u64) -> Result<(Mark, Mark)> {
        self.commands += 1;
        let begin = Mark { retired: self.machine.retired(), time: self.machine.time() };
        // The shell's echo of the command must not look like its end.
        self.enter(port, &format!("{command}\necho \"<$((1000 + {}))>\"", self.commands));
        let end = self.until(&format!("<{}>", 1000 + self.commands), cycles).with_context(|| command.to_owned())?;
        Ok((begin, end))
    }

    /// Types a line at console `port`.
    pub(crate) fn enter(&mut self, port: usize, line: &str) {
        self.typed[port].borrow_mut().extend(line.bytes().chain(*b"\n"));
    }

    /// Lets `cycles` cycles pass.
    pub(crate) fn pass(&mut self, cycles: u64) -> Result<()> {
        let limit = self.machine.time().saturating_add(cycles);
        while self.machine.time() < limit {
            let stop = self.machine.run(limit.min(self.machine.time() + 50 * SLICE));
            self.progress.tick();
            if stop != Stop::Limit {
                bail!("the run ended early ({stop:?})\n{}{}", self.tails(), self.machine.report());
            }
        }
        Ok(())
    }

    /// True once any console has transmitted `text`.
    pub(crate) fn said(&self, text: &str) -> bool {
        self.consoles.iter().any(|console| console.borrow().windows(text.len()).any(|window| window == text.as_bytes()))
    }

    /// All that console `port` has transmitted.
    pub(crate) fn console(&self, port: usize) -> String {
        String::from_utf8_lossy(&self.consoles[port].borrow()).into_owned()
    }

    fn tails(&self) -> String {
        let tail = |console: &Rc<RefCell<Vec<u8>>>| {
            let console = console.borrow();
            String::from_utf8_lossy(&console[console.len().saturating_sub(600)..]).into_owned()
        };
        let tails = self.consoles.iter().enumerate().filter(|(_, console)| !console.borrow().is_empty());
        tails.map(|(port, console)| format!("end of serial {port}:\n{}\n", tail(console))).collect()
    }
}

struct Tap {
    said: Rc<RefCell<Vec<u8>>>,
    typed: Rc<RefCell<VecDeque<u8>>>,
}

impl SerialBackend for Tap {
    fn write(&mut self, bytes: &[u8]) {
        self.said.borrow_mut().extend_from_slice(bytes);
    }

    fn read(&mut self) -> Option<u8> {
        self.typed.borrow_mut().pop_front()
    }
}

/// Symbols of an ELF file.
pub(crate) struct Symbols {
    file: String,
    bytes: Vec<u8>,
}

impl Symbols {
    /// Reads the file.
    pub(crate) fn load(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self { file: path.display().to_string(), bytes })
    }

    /// The address of `name`.
    pub(crate) fn address(&self, name: &str) -> Result<u32> {
        let elf = object::File::parse(&*self.bytes).with_context(|| format!("{} is not an ELF file", self.file))?;
        let symbol = elf.symbols().find(|symbol| symbol.name() == Ok(name));
        let symbol = symbol.with_context(|| format!("{} has no symbol {name}", self.file))?;
        u32::try_from(symbol.address()).with_context(|| format!("{name} in {} is no 32-bit address", self.file))
    }
}
