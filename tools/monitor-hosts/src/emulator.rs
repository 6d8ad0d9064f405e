//! A guest that runs on our emulator.

use std::cell::RefCell;
use std::rc::Rc;

use anyhow::{Context, Result, bail};
use monitor_api::{AccessError, Clock, Host, Memory, PhysAddr, Processors, Registers};
use provision::progress::Step;
use sh4a_emu::cpu::{Cpu, sr};
use sh4a_emu::machine::{Config, Machine, MachineKind, Stop};
use sh4a_emu::serial::SerialBackend;

use crate::dump::Dump;
use crate::target::Target;

/// Cycles between two looks at the consoles.
const SLICE: u64 = 1_000_000;

/// A machine with a kernel in it. Monitors look between two of its instructions, so what they see is one moment.
pub struct Emulator {
    machine: Machine,
    consoles: Vec<Rc<RefCell<Vec<u8>>>>,
    typing: Vec<Rc<RefCell<std::collections::VecDeque<u8>>>>,
    run_for: u64,
}

impl Emulator {
    /// A machine that is about to start `kernel` (an ELF file or a flat image) and runs `run_for` cycles between two looks.
    ///
    /// # Errors
    /// When the kernel does not fit the machine.
    pub fn new(config: Config, kernel: &[u8], run_for: u64) -> Result<Self> {
        let mut emulator = Self::empty(config, run_for);
        emulator.machine.load_kernel(kernel, None).context("cannot load the kernel")?;
        Ok(emulator)
    }

    /// The same with an image in the board's flash, such as SPUMONE's.
    ///
    /// # Errors
    /// When the image does not fit.
    pub fn flash(config: Config, image: &[u8], run_for: u64) -> Result<Self> {
        let mut emulator = Self::empty(config, run_for);
        emulator.machine.load_flash(image).context("cannot load the image")?;
        Ok(emulator)
    }

    fn empty(config: Config, run_for: u64) -> Self {
        let mut machine = Machine::new(config);
        let ports = machine.board().ports();
        let consoles: Vec<Rc<RefCell<Vec<u8>>>> = (0..ports).map(|_| Rc::default()).collect();
        let typing: Vec<Rc<RefCell<std::collections::VecDeque<u8>>>> = (0..ports).map(|_| Rc::default()).collect();
        for (port, (console, keys)) in consoles.iter().zip(&typing).enumerate() {
            machine.connect(port, Box::new(Line { console: Rc::clone(console), typing: Rc::clone(keys) }));
        }
        Self { machine, consoles, typing, run_for }
    }

    /// The machine, to set something up or to spoil it.
    pub fn machine_mut(&mut self) -> &mut Machine {
        &mut self.machine
    }

    /// The machine.
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// All that serial port `port` has transmitted.
    pub fn console(&self, port: usize) -> String {
        self.consoles.get(port).map_or_else(String::new, |text| String::from_utf8_lossy(&text.borrow()).into_owned())
    }

    /// Types a line at serial port `port`.
    pub fn enter(&mut self, port: usize, line: &str) {
        if let Some(keys) = self.typing.get(port) {
            keys.borrow_mut().extend(line.bytes().chain(*b"\r"));
        }
    }

    /// Runs until a console shows `text` in what it prints from now on.
    ///
    /// # Errors
    /// When it does not within `cycles`, or the machine ends before.
    pub fn until(&mut self, text: &str, cycles: u64) -> Result<()> {
        let limit = self.machine.time().saturating_add(cycles);
        let mut seen: Vec<usize> = self.consoles.iter().map(|console| console.borrow().len()).collect();
        while self.machine.time() < limit {
            let stop = self.machine.run(limit.min(self.machine.time() + SLICE));
            for (console, from) in self.consoles.iter().zip(&mut seen) {
                let console = console.borrow();
                let fresh = &console[from.saturating_sub(0)..];
                if fresh.windows(text.len()).any(|window| window == text.as_bytes()) {
                    return Ok(());
                }
                // The text may lie across two looks.
                *from = (*from).max(console.len().saturating_sub(text.len()));
            }
            if stop != Stop::Limit {
                bail!("the machine ended before it printed {text:?}: {stop:?}\n{}", self.tail());
            }
        }
        bail!("{text:?} was not printed within {cycles} cycles\n{}", self.tail())
    }

    /// Runs for `cycles`.
    ///
    /// # Errors
    /// When the machine ends before.
    pub fn run(&mut self, cycles: u64) -> Result<()> {
        match self.machine.run(self.machine.time().saturating_add(cycles)) {
            Stop::Limit => Ok(()),
            stop => bail!("the machine ended: {stop:?}\n{}", self.tail()),
        }
    }

    /// First address and length of the board's memory.
    pub fn memory(&self) -> (u64, u64) {
        memory_of(self.machine.config())
    }

    /// What a dump of this moment holds.
    ///
    /// # Errors
    /// When the board's memory cannot be read.
    pub fn dump(&self) -> Result<Dump> {
        let (start, length) = self.memory();
        let bytes =
            self.machine.read_memory(0, start as u32, length as usize).context("the board's memory has gaps")?;
        let cpus = (0..self.machine.cores()).filter_map(|core| self.registers(core)).collect();
        Ok(Dump::raw(start, bytes).with_cpus(cpus))
    }

    /// The ends of the consoles.
    pub fn tail(&self) -> String {
        let end = |console: &Rc<RefCell<Vec<u8>>>| {
            let console = console.borrow();
            String::from_utf8_lossy(&console[console.len().saturating_sub(1000)..]).into_owned()
        };
        self.consoles.iter().map(end).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
    }
}

/// First address and length of a board's memory.
pub(crate) fn memory_of(config: &Config) -> (u64, u64) {
    match config.kind {
        MachineKind::Rp1 => (0x0c00_0000, 128 << 20),
        MachineKind::R2d => (0x0c00_0000, 64 << 20),
    }
}

/// A kernel of `guests/linux` that has reached its shell on the emulator.
pub(crate) fn shell(config: Config, kernel: &[u8], run_for: u64, what: &str) -> Result<Emulator> {
    let step = Step::new(what);
    let mut emulator = Emulator::new(config, kernel, run_for)?;
    emulator.until("SHELL-REACHED", 20_000_000_000)?;
    emulator.until("# ", 2_000_000_000)?;
    step.done();
    Ok(emulator)
}

impl Target for Emulator {
    fn host(&self) -> &dyn Host {
        self
    }

    fn pass(&mut self) -> Result<bool> {
        match self.machine.run(self.machine.time().saturating_add(self.run_for)) {
            Stop::Limit => Ok(true),
            Stop::PowerOff | Stop::Halted => Ok(false),
            stop => bail!("the machine ended: {stop:?}\n{}", self.tail()),
        }
    }
}

impl Memory for Emulator {
    fn read(&self, address: PhysAddr, into: &mut [u8]) -> Result<(), AccessError> {
        let length = into.len();
        let outside = AccessError::OutOfRange { address, length: length as u64 };
        let (start, size) = self.memory();
        let offset = address.get().checked_sub(start).ok_or(outside)?;
        if offset.checked_add(length as u64).is_none_or(|end| end > size) {
            return Err(outside);
        }
        let bytes = self.machine.read_memory(0, address.get() as u32, length).ok_or(outside)?;
        into.copy_from_slice(&bytes);
        Ok(())
    }
}

impl Processors for Emulator {
    fn count(&self) -> usize {
        self.machine.cores()
    }

    fn registers(&self, number: usize) -> Option<Registers> {
        (number < self.machine.cores()).then(|| registers_of(self.machine.cpu(number)))
    }
}

impl Clock for Emulator {
    fn now(&self) -> u64 {
        let hz = u128::from(self.machine.config().cycles_per_second().max(1));
        u64::try_from(u128::from(self.machine.time()) * 1_000_000_000 / hz).unwrap_or(u64::MAX)
    }
}

fn registers_of(cpu: &Cpu) -> Registers {
    let bank1_in_use = cpu.sr() & (sr::MD | sr::RB) == sr::MD | sr::RB;
    let (front, back): ([u32; 8], [u32; 8]) = (std::array::from_fn(|n| cpu.r(n)), std::array::from_fn(|n| cpu.bank(n)));
    let (bank0, bank1) = if bank1_in_use { (back, front) } else { (front, back) };
    Registers {
        r: std::array::from_fn(|n| cpu.r(n)),
        bank0,
        bank1,
        pc: cpu.pc(),
        pr: cpu.pr(),
        gbr: cpu.gbr(),
        vbr: cpu.vbr(),
        sr: cpu.sr(),
        ssr: cpu.ssr(),
        spc: cpu.spc(),
        mach: cpu.mach(),
        macl: cpu.macl(),
    }
}

/// A serial line whose output is kept and whose input comes from a queue.
struct Line {
    console: Rc<RefCell<Vec<u8>>>,
    typing: Rc<RefCell<std::collections::VecDeque<u8>>>,
}

impl SerialBackend for Line {
    fn write(&mut self, bytes: &[u8]) {
        self.console.borrow_mut().extend_from_slice(bytes);
    }

    fn read(&mut self) -> Option<u8> {
        self.typing.borrow_mut().pop_front()
    }
}
